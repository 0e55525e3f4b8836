"""Model files as a person sees them: what there is, what may be fetched, and fetching it in the background.

Where a download stands is written in the folder, so that every process of the server shows the same.
"""

import threading

import structlog

from backend.checkpoints.download import Downloader
from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.locks import FileLock
from backend.checkpoints.status import FileState, FileStatus
from backend.domain.errors import AppError, Conflict, InvalidOption

logger = structlog.get_logger(__name__)


class Weights:
    """One folder of model files. Who may download is the caller's to decide."""

    def __init__(self, folder: WeightsFolder, downloader: Downloader) -> None:
        self._folder = folder
        self._downloader = downloader

    def list(self) -> tuple[FileStatus, ...]:
        """Every file that is known."""
        return self._folder.list()

    def start_download(self, name: str, *, accept_non_commercial: bool = False) -> FileStatus:
        """Begin to fetch a file and come back at once.

        raises: NotFound; Conflict where it is there, on its way, or has no address; InvalidOption where its
                terms exclude commercial use and nobody has accepted that; DownloadFailed (folder)
        """
        status = self._folder.status(name)
        if not status.file.commercial_use and not accept_non_commercial:
            raise InvalidOption(
                f"{name} is not for commercial use: accept_non_commercial says that you know",
                option="accept_non_commercial",
            )
        if status.state is FileState.INSTALLED or not status.file.urls:
            raise Conflict(f"{name} is there already, or has no public address")
        lock = self._downloader.reserve(name)
        if lock is None:
            raise Conflict(f"{name} is being downloaded already")
        # A daemon: the server may end at any time, and the next download goes on where this one was.
        threading.Thread(
            target=self._download, args=(name, lock), name=f"download-{name}", daemon=True
        ).start()
        return FileStatus(file=status.file, state=FileState.DOWNLOADING, present_bytes=_carried_over(status))

    def cancel_download(self, name: str) -> FileStatus:
        """Ask the download to end, in whichever process it runs; what has arrived is kept.

        raises: NotFound; Conflict where nothing is being downloaded
        """
        if not self._folder.ask_to_stop(name):
            raise Conflict(f"{name} is not being downloaded")
        return self._folder.status(name)

    def _download(self, name: str, lock: FileLock) -> None:
        try:
            self._downloader.download_reserved(name, lock)
        except AppError as error:  # the folder remembers it for whoever looks
            reason = error.params.get("reason", error.code)
            logger.warning("download failed", weights=name, reason=reason)
        else:
            logger.info("download done", weights=name)


def _carried_over(status: FileStatus) -> int:
    return status.present_bytes if status.state is FileState.PARTIAL else 0
