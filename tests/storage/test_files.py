import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.domain.errors import StorageCorrupt, StorageFull
from backend.domain.ids import new_id
from backend.storage.encryption import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES
from backend.storage.files import MediaFiles

SEALED_BYTES = CHUNK_BYTES + TAG_BYTES
A_KEY = "01960000-0000-7000-8000-00000000000a"
MAGICS = (b"\xff\xd8\xff", b"\x89PNG", b"ftyp", b"RIFF", b"WEBP")


def keep(files: MediaFiles, content: bytes) -> str:
    with files.writer() as writer:
        writer.write(content)
    return writer.key


def path_of(tmp_path: Path, key: str) -> Path:
    (path,) = (tmp_path / "media").glob(f"??/??/{key}")
    return path


def all_files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


@pytest.mark.parametrize("size_bytes", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_a_file_comes_back_as_it_was_written(files: MediaFiles, size_bytes: int) -> None:
    content = os.urandom(size_bytes)

    key = keep(files, content)

    assert files.open(key).size_bytes == size_bytes
    assert files.read_all(key) == content


def test_writing_in_small_pieces_gives_the_same_file(files: MediaFiles) -> None:
    content = os.urandom(CHUNK_BYTES + 5000)

    with files.writer() as writer:
        for start in range(0, len(content), 7001):
            writer.write(content[start : start + 7001])

    assert files.read_all(writer.key) == content
    assert writer.size_bytes == len(content)


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (0, 10),
        (CHUNK_BYTES - 3, CHUNK_BYTES + 3),
        (CHUNK_BYTES, 2 * CHUNK_BYTES),
        (2 * CHUNK_BYTES + 99, 10 * CHUNK_BYTES),
        (5, 5),
        (3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 1),
    ],
)
def test_any_range_can_be_read(files: MediaFiles, start: int, stop: int) -> None:
    content = os.urandom(2 * CHUNK_BYTES + 100)
    key = keep(files, content)

    assert b"".join(files.open(key).read(start, stop)) == content[start:stop]


def test_a_range_opens_only_the_chunks_it_needs(files: MediaFiles, tmp_path: Path) -> None:
    content = os.urandom(3 * CHUNK_BYTES)
    key = keep(files, content)
    damage(path_of(tmp_path, key), HEADER_BYTES)  # the first chunk no longer opens

    assert (
        b"".join(files.open(key).read(CHUNK_BYTES, CHUNK_BYTES + 9)) == content[CHUNK_BYTES : CHUNK_BYTES + 9]
    )
    with pytest.raises(StorageCorrupt):
        list(files.open(key).read(0, 1))


def test_no_plain_content_is_on_the_disk(files: MediaFiles, tmp_path: Path) -> None:
    keep(files, b"".join(MAGICS) * 500)

    stored = b"".join(path.read_bytes() for path in all_files(tmp_path))

    assert all(stored.count(magic) <= 1 for magic in MAGICS)  # three random bytes may agree by chance


def damage(path: Path, offset: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)


def swap_first_chunks(stored: bytes) -> bytes:
    first, second = HEADER_BYTES + SEALED_BYTES, HEADER_BYTES + 2 * SEALED_BYTES
    return stored[:HEADER_BYTES] + stored[first:second] + stored[HEADER_BYTES:first] + stored[second:]


@pytest.mark.parametrize(
    "change",
    [
        swap_first_chunks,
        lambda stored: stored[: HEADER_BYTES + SEALED_BYTES],  # cut between two chunks
        lambda stored: stored[:-1],
        lambda stored: stored[: HEADER_BYTES + 3],
        lambda stored: stored[:10],
        lambda stored: b"",
        lambda stored: stored + stored[HEADER_BYTES : HEADER_BYTES + SEALED_BYTES],  # a chunk repeated
        lambda stored: b"X" + stored[1:],
        lambda stored: (
            stored[: HEADER_BYTES - 1] + bytes([stored[HEADER_BYTES - 1] ^ 1]) + stored[HEADER_BYTES:]
        ),
    ],
)
def test_a_changed_file_is_refused(
    files: MediaFiles, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    key = keep(files, os.urandom(2 * CHUNK_BYTES + 100))
    path = path_of(tmp_path, key)
    path.write_bytes(change(path.read_bytes()))

    with pytest.raises(StorageCorrupt):
        files.read_all(key)


def test_a_file_in_the_place_of_another_is_refused(files: MediaFiles, tmp_path: Path) -> None:
    key, other = keep(files, b"mine"), keep(files, b"other")
    path_of(tmp_path, key).write_bytes(path_of(tmp_path, other).read_bytes())

    with pytest.raises(StorageCorrupt):
        files.read_all(key)


def test_another_master_key_opens_nothing(files: MediaFiles, tmp_path: Path) -> None:
    key = keep(files, b"photo")
    others = MediaFiles(tmp_path / "media", master_key=bytes(32))

    with pytest.raises(StorageCorrupt, match="another master key"):
        others.open(key)


def test_a_missing_file_is_corruption(files: MediaFiles) -> None:
    with pytest.raises(StorageCorrupt, match="missing"):
        files.open(new_id())


@pytest.mark.parametrize(
    "key", ["../../../etc/passwd", "..", "", "a/b", f"{A_KEY}/..", A_KEY.upper(), A_KEY + "\n", A_KEY[:-1]]
)
def test_keys_that_are_not_ours_are_refused(files: MediaFiles, key: str) -> None:
    with pytest.raises(StorageCorrupt, match="not a storage key"):
        files.open(key)


def test_an_exception_while_writing_leaves_nothing(files: MediaFiles, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), files.writer() as writer:
        writer.write(os.urandom(2 * CHUNK_BYTES))
        raise RuntimeError

    assert all_files(tmp_path) == []


class FullDisk(io.BytesIO):
    """Takes so many bytes, then is full."""

    room = CHUNK_BYTES + 1000

    def write(self, content: Any) -> int:
        if self.tell() + len(content) > self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(content)


def test_a_full_disk_is_named_and_leaves_nothing(files: MediaFiles, tmp_path: Path) -> None:
    writer = files.writer()

    with pytest.raises(StorageFull), writer:
        assert writer._file is not None
        writer._file.close()
        writer._file = FullDisk()
        writer.write(os.urandom(3 * CHUNK_BYTES))

    assert all_files(tmp_path) == []
    assert files.read_all(keep(files, b"room again")) == b"room again"


class FullDiskBehindABuffer(FullDisk):
    """Keeps what did not fit, and fails again when it is closed, as a file's buffer does."""

    room = 0

    def close(self) -> None:
        super().close()
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_that_cannot_even_be_closed_leaves_nothing(files: MediaFiles, tmp_path: Path) -> None:
    writer = files.writer()

    with pytest.raises(StorageFull), writer:
        assert writer._file is not None
        writer._file.close()
        writer._file = FullDiskBehindABuffer()
        writer.write(os.urandom(2 * CHUNK_BYTES))

    assert all_files(tmp_path) == []


def test_deleting_twice_is_fine(files: MediaFiles, tmp_path: Path) -> None:
    key = keep(files, b"photo")

    files.delete(key)
    files.delete(key)

    assert all_files(tmp_path) == []


def test_a_film_that_is_still_written_after_hours_is_not_swept(files: MediaFiles) -> None:
    with files.scratch_folder() as folder:
        (folder / "film.mp4").write_bytes(b"the latest frames")
        age(folder, 7200)

        count = files.sweep_unfinished(3600)

        assert (count, (folder / "film.mp4").exists()) == (0, True)


def test_scratch_folders_are_private_and_go(files: MediaFiles, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), files.scratch_folder() as folder:
        (folder / "clip").write_bytes(b"plain")
        assert folder.stat().st_mode & 0o077 == 0
        assert folder.is_relative_to(tmp_path / "media")
        raise RuntimeError

    assert not folder.exists()


def test_only_old_leftovers_are_swept(files: MediaFiles, tmp_path: Path) -> None:
    with files.scratch_folder():
        pass
    unfinished = tmp_path / "media" / "unfinished"
    for name, age_s in (("old.part", 7200), ("young.part", 10)):
        (unfinished / name).write_bytes(b"")
        age(unfinished / name, age_s)
    (unfinished / "scratch-old").mkdir()
    age(unfinished / "scratch-old", 7200)

    count = files.sweep_unfinished(3600)

    assert count == 2
    assert [path.name for path in unfinished.iterdir()] == ["young.part"]


def age(path: Path, age_s: float) -> None:
    then_s = path.stat().st_mtime - age_s
    os.utime(path, (then_s, then_s))


def test_keys_are_listed_by_age(files: MediaFiles, tmp_path: Path) -> None:
    old, _young = keep(files, b"old"), keep(files, b"young")
    age(path_of(tmp_path, old), 7200)

    assert list(files.keys_older_than(3600)) == [old]


def test_a_folder_that_cannot_be_made_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    assert MediaFiles(tmp_path / "media", bytes(32)).is_writable()
    assert not MediaFiles(tmp_path / "file" / "media", bytes(32)).is_writable()
