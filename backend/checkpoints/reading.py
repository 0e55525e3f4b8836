"""A model file into the tables that it holds: checked before it is believed, and never able to run code.

Apart from `load.py`, which knows what is in such tables: this knows formats only. These two alone know torch
here; the web process must not load them.
"""

import pickle
import re
import struct
import tarfile
import warnings
import zipfile
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from backend.checkpoints.checks import digest_of
from backend.checkpoints.paddle_pickle import read_pickle
from backend.checkpoints.pickled_array import PickleRefused
from backend.domain.errors import WeightsMissing, WeightsRefused

_UNSAFE = re.compile(r"\bglobals?\b|REDUCE|BUILD|\bclass\b", re.IGNORECASE)
_CUT = re.compile(
    r"EOFError|unexpected EOF|ran out of input|central directory|corrupt|truncated", re.IGNORECASE
)
_LARGEST_HEADER = 100 << 20  # of safetensors, by its specification
_OLD_TORCH = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"  # torch's old format begins with this number, pickled
_TAR_AT, _TAR = 257, b"ustar"
_AS_DOWNLOADED: Final = (
    "use the file as it was downloaded: its name ends in .tar, but it is not to be unpacked"
)


def read_file(path: Path, *, sha256: str | None = None) -> object:
    """What a checkpoint holds, on the CPU: tables of torch's tensors, or of a Paddle file's `PickledArray`.

    sha256:  what the file must have; None = a file that its owner has named
    raises:  WeightsMissing; WeightsRefused with reason "truncated", "checksum", "unsafe" or "unreadable"
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise WeightsMissing(f"there is no file {path}", params={"file": path.name}) from error
    if path.is_dir():
        raise refused(path, "unreadable", f"it is a folder; {_AS_DOWNLOADED}")
    if size == 0:
        raise refused(path, "truncated", "it is empty")
    if sha256 is not None and digest_of(path) != sha256:
        raise refused(path, "checksum", "its checksum is not the one it should have")
    return _read(path, size)


def refused(path: Path, reason: str, words: str) -> WeightsRefused:
    """The error that says so, without the file's folder."""
    return WeightsRefused(
        f"{path.name} is not used ({reason}): {words}", params={"file": path.name, "reason": reason}
    )


def _read(path: Path, size: int) -> object:
    with path.open("rb") as file:
        head = file.read(_TAR_AT + len(_TAR))
    if head.startswith(b"PK"):
        _require_plain_zip(path, size)
        return _read_torch(path, mmap=True)
    if head.startswith(b"\x80") and _OLD_TORCH in head[:32]:
        return _read_torch(path, mmap=False)  # torch's old format cannot be mapped
    if head.startswith(b"\x80"):
        return _read_paddle(path)
    if len(head) > 8 and head[8:9] == b"{" and struct.unpack("<Q", head[:8])[0] < _LARGEST_HEADER:
        return _read_safetensors(path)
    if head[_TAR_AT:] == _TAR or tarfile.is_tarfile(path):
        raise refused(path, "unreadable", f"it is an archive made with tar; {_AS_DOWNLOADED}, nor packed")
    raise refused(path, "unreadable", "it is neither torch's format nor safetensors nor Paddle's")


def _read_torch(path: Path, *, mmap: bool) -> object:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickle protocols: what cannot be read raises
            return torch.load(path, map_location="cpu", weights_only=True, mmap=mmap)
    except Exception as error:  # broken bytes lead torch to any exception that Python has
        words = f"{type(error).__name__}: {error}"
        if isinstance(error, pickle.UnpicklingError) and _UNSAFE.search(words):
            raise refused(path, "unsafe", "it names things that no weights need") from error
        if _CUT.search(words):
            raise refused(path, "truncated", "it ends too early") from error
        raise refused(path, "unreadable", "its contents make no sense") from error


def _read_paddle(path: Path) -> object:
    try:
        return read_pickle(path)
    except PickleRefused as error:
        raise refused(path, error.reason, str(error)) from error


def _read_safetensors(path: Path) -> object:
    try:
        return load_file(path)
    except SafetensorError as error:
        is_cut = re.search("incomplete|invalid ?header ?length", str(error), re.IGNORECASE)
        reason = "truncated" if is_cut else "unreadable"
        raise refused(path, reason, str(error)) from error


def _require_plain_zip(path: Path, size: int) -> None:
    """Torch never compresses; an entry that is compressed could be far larger than the file."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise refused(path, "truncated", "it ends too early") from error
    except NotImplementedError as error:  # a version of the format that nobody writes yet
        raise refused(path, "unreadable", "its contents make no sense") from error
    is_plain = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
    if not is_plain or sum(entry.file_size for entry in entries) > size:
        raise refused(
            path, "unreadable", "it is not packed as torch packs; use the file as it was downloaded"
        )
