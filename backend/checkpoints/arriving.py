"""The part of a model file that has arrived: appended to, never more than fits, put in place when whole.

Apart from the download because it is the disk's side: an OSError here means the folder, never the line.
"""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from backend.checkpoints.checks import write_record, write_stamp
from backend.checkpoints.http import Useless
from backend.checkpoints.places import Places
from backend.domain.errors import DownloadFailed, StorageFull

KEEP_FREE_BYTES: Final = 64 << 20  # photos and the database may live on the same disk
_LOOK_EVERY_BYTES = 16 << 20
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class ArrivingFile:
    """`FILE.part` and the note where it came from. Its writer holds the file's lock."""

    def __init__(self, places: Places) -> None:
        self._places = places

    @property
    def size(self) -> int:
        """Bytes that are there."""
        try:
            return self._places.part.stat().st_size
        except FileNotFoundError:
            return 0

    def continues(self, url: str) -> tuple[int, str | None]:
        """Offset and ETag to continue with from this address; 0 where that might mix two files.

        With a known checksum any mirror may continue; without one only the address it came from, by ETag.
        """
        size = self.size
        source, validator = self._source()
        if size == 0 or size >= self._places.file.most_bytes:
            return 0, None
        if source == url and validator:
            return size, validator
        return (size, None) if self._places.file.is_pinned else (0, None)

    @contextmanager
    def opened(self, *, start: int, url: str, validator: str | None) -> Iterator["PartWriter"]:
        """Write from byte `start` (the present end, or 0). What was written stays, however the block ends."""
        with disk_errors(self._places):
            self._places.journal.parent.mkdir(parents=True, exist_ok=True)
            self._places.journal.write_text(json.dumps({"url": url, "validator": validator}), "ascii")
            file = self._places.part.open("ab" if start else "wb")
        try:
            yield PartWriter(self._places, file, start)
        finally:
            with disk_errors(self._places):
                file.close()

    def forget(self) -> None:
        """Start from nothing."""
        with disk_errors(self._places):
            self._places.part.unlink(missing_ok=True)
            self._places.journal.unlink(missing_ok=True)

    def keep(self, sha256: str) -> None:
        """Give the whole, checked file its name. Afterwards it is there even if the power fails."""
        put_in_place(self._places, self._places.part, sha256)
        with suppress(OSError):
            self._places.journal.unlink(missing_ok=True)

    def _source(self) -> tuple[str | None, str | None]:
        with suppress(OSError, ValueError, KeyError, TypeError):
            note = json.loads(self._places.journal.read_text("ascii"))
            return note["url"], note["validator"]
        return None, None


class PartWriter:
    """Appends to the part, and stops before the disk is full or the file is larger than it can be."""

    def __init__(self, places: Places, file: BinaryIO, start: int) -> None:
        self.position = start
        self._places, self._file = places, file
        self._look_at = start

    def write(self, chunk: bytes) -> None:
        """Raises StorageFull, DownloadFailed (folder), Useless (more than the file can have)."""
        if self.position + len(chunk) > self._places.file.most_bytes:
            raise Useless("too_large", "the server sends more bytes than the file has")
        if self.position >= self._look_at:
            require_room(self._places, 0)
            self._look_at = self.position + _LOOK_EVERY_BYTES
        with disk_errors(self._places):
            self._file.write(chunk)
            self._file.flush()  # a process that is killed keeps it
        self.position += len(chunk)


def put_in_place(places: Places, whole: Path, sha256: str) -> None:
    """Give a checked file its name in one step, and note its checksum. Raises StorageFull, DownloadFailed."""
    with disk_errors(places):
        with whole.open("r+b") as file:
            os.fsync(file.fileno())
        if not places.file.is_pinned:
            write_record(places.record, sha256, places.file.file)
        whole.replace(places.final)
        _sync_folder(places.folder)
    write_stamp(places.stamp, places.final, sha256)


def require_room(places: Places, size_bytes: int) -> None:
    """Raise StorageFull where `size_bytes` more would fill the disk."""
    with disk_errors(places):
        free = shutil.disk_usage(places.folder).free
    if free < size_bytes + KEEP_FREE_BYTES:
        raise StorageFull(
            f"{places.file.file} needs {(size_bytes + KEEP_FREE_BYTES) / 1e6:.0f} MB of free disk, "
            f"{free / 1e6:.0f} MB are left in {places.folder}"
        )


@contextmanager
def disk_errors(places: Places) -> Iterator[None]:
    """Name what the disk refuses. Raises StorageFull, DownloadFailed (folder)."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull(f"no room left for {places.file.file} in {places.folder}") from error
        raise DownloadFailed(
            f"{places.folder} cannot be written to: {error.strerror or error}",
            params={"file": places.file.file, "reason": "folder"},
        ) from error


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there; a rename is kept in its journal
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
