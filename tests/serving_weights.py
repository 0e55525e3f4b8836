"""A whole server whose weights can be fetched from this machine: for the tests in a browser.

    python -m tests.serving_weights PORT FOLDER

FOLDER gets `var`, what people send, and `weights`, whose manifest has the narrow models; none is installed.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.checkpoints.file_server import serving
from tests.narrow_weights import narrow_files, narrow_folder


def main(port: str, folder: Path) -> int:
    """Serve until SIGTERM."""
    files = narrow_files(animating=True)
    with serving(files=files) as shelf:
        narrow_folder(folder / "weights", shelf.address, files)
        settings = {
            "JIUYING_DATA_DIR": str(folder / "var"),
            "JIUYING_WEIGHTS_DIR": str(folder / "weights"),
            "JIUYING_LOG_LEVEL": "warning",
        }
        command = [sys.executable, "-m", "backend", "serve", "--port", port]
        with subprocess.Popen(command, env=os.environ | settings) as server:
            signal.signal(signal.SIGTERM, lambda *_: server.terminate())
            return server.wait()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], Path(sys.argv[2])))
