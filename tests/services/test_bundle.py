import subprocess
import sys


def test_the_services_load_without_the_engines_libraries() -> None:
    program = (
        "import sys, backend.services.bundle; "
        "sys.exit(' '.join({'torch', 'cv2', 'scipy'} & set(sys.modules)) or 0)"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (loaded.returncode, loaded.stderr) == (0, "")
