"""Fetch a model file: from the first address that has the right one, going on where an earlier try ended.

Whatever happens, the file's own name is only ever given to a whole file whose checksum was right.
"""

import time
from collections.abc import Callable
from contextlib import suppress

from backend.checkpoints.arriving import ArrivingFile, disk_errors, require_room
from backend.checkpoints.checks import examine, read_record
from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.http import Interrupted, PastTheEnd, Reply, Useless, ask
from backend.checkpoints.locks import FileLock
from backend.checkpoints.manifest import WeightsFile
from backend.checkpoints.places import Places
from backend.checkpoints.rules import DownloadRules, Progress, addresses_of, ignore_progress, never
from backend.checkpoints.status import InstalledFile
from backend.domain.errors import AppError, DownloadFailed, WeightsMissing, WeightsRefused

_LONGEST_WAIT_S = 60.0
_WAIT_FOR_OTHER_S = 0.5


class _Stopped(Exception):
    """Somebody asked for the end."""


class Downloader:
    """Fetches files of one folder. Holds nothing about a download: any number may run at once."""

    def __init__(self, folder: WeightsFolder, rules: DownloadRules | None = None) -> None:
        self._folder = folder
        self._rules = rules or DownloadRules()

    def download(
        self, name: str, *, progress: Progress = ignore_progress, should_stop: Callable[[], bool] = never
    ) -> InstalledFile:
        """The file, fetched unless it is there. Waits where another process fetches it already.

        raises: NotFound, DownloadFailed, StorageFull
        """
        file = self._folder.manifest.find(name)
        while (lock := self.reserve(name)) is None:
            progress(self._folder.status(name).present_bytes, file.expected_bytes)
            if should_stop():
                raise _failure(file, "cancelled", "the download was cancelled")
            time.sleep(_WAIT_FOR_OTHER_S)
        return self.download_reserved(name, lock, progress=progress, should_stop=should_stop)

    def reserve(self, name: str) -> FileLock | None:
        """The right to fetch a file, for `download_reserved`; None while another has it.

        raises: NotFound, DownloadFailed (folder)
        """
        file = self._folder.manifest.find(name)
        places = self._folder.places(file)
        lock = self._folder.lock(file)
        with disk_errors(places):
            if not lock.try_acquire():
                return None
        with suppress(OSError):  # of an earlier download; a stop that comes from now on is meant for this one
            places.stop.unlink(missing_ok=True)
        return lock

    def download_reserved(
        self,
        name: str,
        lock: FileLock,
        *,
        progress: Progress = ignore_progress,
        should_stop: Callable[[], bool] = never,
    ) -> InstalledFile:
        """As `download`, with the right that `reserve` gave. The lock is free afterwards."""
        file = self._folder.manifest.find(name)
        places = self._folder.places(file)
        with lock:
            with suppress(WeightsMissing, WeightsRefused):  # a refused one is replaced
                return self._folder.installed(name)
            places.failure.unlink(missing_ok=True)
            try:
                self._fetch(places, progress, lambda: should_stop() or places.stop.exists())
            except AppError as error:
                with suppress(OSError):
                    places.failure.write_text(str(error.params.get("reason", error.code)), "ascii")
                raise
            return self._folder.installed(name)

    def _fetch(self, places: Places, progress: Progress, should_stop: Callable[[], bool]) -> None:
        file, told = places.file, []
        for url in addresses_of(file, self._rules.mirror):
            try:
                self._fetch_from(url, places, progress, should_stop)
                return
            except Useless as error:
                told.append((error.reason, f"{url}: {error}"))
            except _Stopped:
                raise _failure(
                    file, "cancelled", "the download was cancelled; what has arrived is kept"
                ) from None
        if not told:
            raise _failure(file, "no_address", "it has no public address: bring it with `weights import`")
        raise _failure(file, told[-1][0], "; ".join(message for _, message in told))

    def _fetch_from(
        self, url: str, places: Places, progress: Progress, should_stop: Callable[[], bool]
    ) -> None:
        """One address, until the file is in place. Raises Useless, _Stopped, StorageFull, DownloadFailed."""
        arriving = ArrivingFile(places)
        had_bytes = arriving.size > 0
        self._transfer_patiently(url, places, progress, should_stop)
        with disk_errors(places):
            finding = examine(places.part, places.file, recorded=read_record(places.record))
        if finding.refusal is None and finding.sha256 is not None:
            arriving.keep(finding.sha256)
            return
        arriving.forget()
        if had_bytes:  # what lay there from before may have been the wrong half
            self._fetch_from(url, places, progress, should_stop)
            return
        first = "" if places.file.is_pinned or not places.record.exists() else f" (see {places.record.name})"
        raise Useless("checksum", f"what the server sends is not this file: its checksum is wrong{first}")

    def _transfer_patiently(
        self, url: str, places: Places, progress: Progress, should_stop: Callable[[], bool]
    ) -> None:
        pauses, best = iter(self._rules.pauses_s), ArrivingFile(places).size
        while True:
            try:
                self._transfer(url, places, progress, should_stop)
                return
            except Interrupted as error:
                if (
                    size := ArrivingFile(places).size
                ) > best:  # a server may also start from nothing each time
                    pauses, best = iter(self._rules.pauses_s), size
                pause_s = next(pauses, None)
                if pause_s is None:
                    raise Useless("network", str(error)) from error
                _pause(max(pause_s, min(error.wait_s, _LONGEST_WAIT_S)), should_stop)

    def _transfer(
        self, url: str, places: Places, progress: Progress, should_stop: Callable[[], bool]
    ) -> None:
        """One answer of the server, into the part."""
        arriving = ArrivingFile(places)
        offset, validator = arriving.continues(url)
        if places.file.size_bytes == arriving.size:
            return  # the last try ended between the last byte and the new name
        try:
            with ask(
                url,
                offset=offset,
                validator=validator,
                timeout_s=self._rules.timeout_s,
                allow_plain=places.file.is_pinned,
            ) as reply:
                _require_plausible(places.file, reply)
                if reply.start and validator is not None and reply.validator not in (None, validator):
                    arriving.forget()
                    raise Interrupted("the server has another file now")
                if reply.total is not None:
                    require_room(places, reply.total - reply.start)
                with arriving.opened(start=reply.start, url=url, validator=reply.validator) as part:
                    for chunk in reply.chunks():
                        part.write(chunk)
                        progress(part.position, reply.total)
                        if should_stop():
                            raise _Stopped
        except PastTheEnd as error:
            if error.total != arriving.size:
                arriving.forget()
                raise Interrupted("the server's file is shorter than what was there") from error
        except Useless as error:
            if error.reason == "too_large":
                arriving.forget()
            raise


def _require_plausible(file: WeightsFile, reply: Reply) -> None:
    """An error page with status 200 is told by its length, before anything of it is written."""
    if reply.total is None:
        if not file.is_pinned and file.size_bytes is None:
            raise Useless("server", "the server does not say how long the file is")
        return
    if file.size_bytes is not None and reply.total != file.size_bytes:
        raise Useless("size", f"the server's file has {reply.total} bytes instead of {file.size_bytes}")
    if reply.total > file.most_bytes:
        raise Useless("too_large", f"the server's file has {reply.total} bytes, too many for this one")


def _pause(seconds: float, should_stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if should_stop():
            raise _Stopped
        time.sleep(min(left, 0.2))


def _failure(file: WeightsFile, reason: str, message: str) -> DownloadFailed:
    return DownloadFailed(f"{file.file}: {message}", params={"file": file.file, "reason": reason})
