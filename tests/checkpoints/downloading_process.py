"""A process that downloads one file, for tests that kill it or run two: FOLDER NAME."""

import sys
from pathlib import Path

from backend.checkpoints.download import Downloader
from backend.checkpoints.folder import open_weights_folder

if __name__ == "__main__":
    folder = open_weights_folder(Path(sys.argv[1]))
    sys.stdout.write(Downloader(folder).download(sys.argv[2]).sha256)
