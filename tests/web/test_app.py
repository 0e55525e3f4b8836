"""The application as a whole: what building it loads."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from backend.web.app import create_app
from tests.web.studio import open_studio, a_guest, a_file
studio = open_studio(Path(sys.argv[1]))
assert a_guest(studio).submit()["state"] == "queued"
print(sorted({"cv2", "scipy", "torch"} & set(sys.modules)))
"""


def test_serving_requests_loads_no_engine_library(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "[]"
