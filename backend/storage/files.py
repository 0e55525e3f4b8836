"""Photos and films on disk: encrypted, under our own ids, whole or not at all."""

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from backend.domain.errors import StorageCorrupt, StorageFull
from backend.domain.ids import is_id, new_id
from backend.storage.encryption import (
    CHUNK_BYTES,
    HEADER_BYTES,
    MASTER_KEY_BYTES,
    TAG_BYTES,
    FileCipher,
    plain_size,
)

MIN_FREE_BYTES = 64 << 20  # below this the disk counts as full
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class FileWriter:
    """A new file. Leaving the `with` block keeps it; an exception leaves nothing behind."""

    def __init__(self, final: Path, temporary: Path, cipher: FileCipher, key: str) -> None:
        self.key = key
        self.size_bytes = 0
        self._final, self._temporary, self._cipher = final, temporary, cipher
        self._digest = hashlib.sha256()
        self._pending = bytearray()
        self._chunk_index = 0
        self._file: BinaryIO | None = None

    @property
    def sha256(self) -> str:
        """Of the content so far, in hexadecimal."""
        return self._digest.hexdigest()

    def __enter__(self) -> Self:
        with _room_errors():
            self._temporary.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = self._temporary.open("xb")
        return self

    def write(self, content: bytes) -> None:
        """Append; StorageFull where the disk is."""
        self._digest.update(content)
        self.size_bytes += len(content)
        self._pending += content
        while len(self._pending) > CHUNK_BYTES:  # the last chunk waits: it is sealed differently
            self._seal(bytes(self._pending[:CHUNK_BYTES]), is_last=False)
            del self._pending[:CHUNK_BYTES]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        try:
            if error is None:
                self._keep(self._file)
        finally:
            try:
                with _room_errors():  # closing writes what is still buffered
                    self._file.close()
            finally:
                self._temporary.unlink(missing_ok=True)

    def _keep(self, file: BinaryIO) -> None:
        self._seal(bytes(self._pending), is_last=True)
        with _room_errors():
            file.flush()
            os.fsync(file.fileno())
            file.close()
            self._final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._temporary.replace(self._final)
            _sync_folder(self._final.parent)

    def _seal(self, content: bytes, *, is_last: bool) -> None:
        assert self._file is not None
        with _room_errors():
            if self._chunk_index == 0:
                self._file.write(self._cipher.header)
            self._file.write(self._cipher.seal(self._chunk_index, content, is_last=is_last))
        self._chunk_index += 1


class FileReader:
    """A kept file. Only the chunks that are asked for are read and opened."""

    def __init__(self, path: Path, cipher: FileCipher, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._path, self._cipher = path, cipher

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The content from byte `start` up to, not including, byte `stop`. Raises StorageCorrupt."""
        stop = self.size_bytes if stop is None else min(stop, self.size_bytes)
        if start >= stop:
            return
        last_index = max(self.size_bytes - 1, 0) // CHUNK_BYTES
        try:
            file = self._path.open("rb")
        except FileNotFoundError as error:
            raise StorageCorrupt("a stored file is missing") from error
        with file:
            for index in range(start // CHUNK_BYTES, (stop - 1) // CHUNK_BYTES + 1):
                file.seek(HEADER_BYTES + index * (CHUNK_BYTES + TAG_BYTES))
                sealed = file.read(CHUNK_BYTES + TAG_BYTES)
                content = self._cipher.open(index, sealed, is_last=index == last_index)
                offset = index * CHUNK_BYTES
                yield content[max(start - offset, 0) : stop - offset]


class MediaFiles:
    """A folder of encrypted files. A key is one of our own ids and says nothing about the content."""

    def __init__(self, root: Path, master_key: bytes) -> None:
        if len(master_key) != MASTER_KEY_BYTES:
            raise ValueError(f"the master key must have {MASTER_KEY_BYTES} bytes")
        self._root = root.absolute()
        self._master_key = master_key

    def writer(self) -> FileWriter:
        """For a new file."""
        key = new_id()
        cipher = FileCipher.create(self._master_key, key)
        return FileWriter(self._path(key), self._temporary_root / f"{key}.part", cipher, key)

    def open(self, key: str) -> FileReader:
        """A file that is there; StorageCorrupt where it is not, or was changed."""
        path = self._path(key)
        try:
            with path.open("rb") as file:
                header = file.read(HEADER_BYTES)
                size_bytes = plain_size(os.fstat(file.fileno()).st_size)
        except FileNotFoundError as error:
            raise StorageCorrupt("a stored file is missing") from error
        return FileReader(path, FileCipher.from_header(header, self._master_key, key), size_bytes)

    def read_all(self, key: str) -> bytes:
        """The whole content."""
        return b"".join(self.open(key).read())

    def delete(self, key: str) -> None:
        """Remove a file; no matter whether it is there."""
        self._path(key).unlink(missing_ok=True)

    @contextmanager
    def scratch_folder(self) -> Iterator[Path]:
        """A private folder for programs that need real files, such as ffmpeg; gone afterwards."""
        with _room_errors():
            self._temporary_root.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder = Path(tempfile.mkdtemp(prefix="scratch-", dir=self._temporary_root))
        try:
            with _room_errors():
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keys_older_than(self, age_s: float) -> Iterator[str]:
        """Keys of files that were written at least `age_s` seconds ago."""
        newest = time.time() - age_s
        for path in self._root.glob("??/??/*"):
            if is_id(path.name) and _modified_at(path) <= newest:
                yield path.name

    def sweep_unfinished(self, age_s: float) -> int:
        """Remove what writers that died left behind at least `age_s` seconds ago; returns how many things."""
        newest = time.time() - age_s
        left = [path for path in self._temporary_root.glob("*") if _written_at(path) <= newest]
        for path in left:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return len(left)

    def is_writable(self) -> bool:
        """True when a file can be written and there is room for more."""
        try:
            self._temporary_root.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=self._temporary_root) as probe:
                probe.write(b"ready")
                probe.flush()
            return shutil.disk_usage(self._root).free >= MIN_FREE_BYTES
        except OSError:
            return False

    @property
    def _temporary_root(self) -> Path:
        return self._root / "unfinished"

    def _path(self, key: str) -> Path:
        # The end of an id is random, its start is the time: the end spreads files over folders.
        path = self._root / key[-2:] / key[-4:-2] / key
        if not is_id(key) or not path.is_relative_to(self._root):
            raise StorageCorrupt("not a storage key")
        return path


@contextmanager
def _room_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull from error
        raise


def _modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # gone meanwhile
        return float("inf")


def _written_at(path: Path) -> float:
    """Of a folder, when anything in it was: a film is written for longer than its folder changes."""
    try:
        within = list(path.iterdir()) if path.is_dir() else []
    except FileNotFoundError:  # gone meanwhile
        return float("inf")
    return max(map(_modified_at, (path, *within)))


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut; Windows neither needs nor allows it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
