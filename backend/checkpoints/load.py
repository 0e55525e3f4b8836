"""A model file into tensors: checked before anything in it is believed, and never able to run code.

The only module here that knows torch; the web process must not load it.
"""

import pickle
import re
import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from backend.checkpoints.checks import digest_of
from backend.domain.errors import WeightsMissing, WeightsRefused

_WRAPPERS: Final = (
    "params_ema",
    "params",
    "state_dict",
)  # the average over training first: it is the better one
_UNSAFE = re.compile(r"\bglobals?\b|REDUCE|BUILD|\bclass\b", re.IGNORECASE)
_CUT = re.compile(
    r"EOFError|unexpected EOF|ran out of input|central directory|corrupt|truncated", re.IGNORECASE
)
_LARGEST_HEADER = 100 << 20  # of safetensors, by its specification


def load_state(path: Path, *, sha256: str | None = None) -> dict[str, Tensor]:
    """The tensors of a checkpoint by name, on the CPU, without what training programs wrap them in.

    Reads torch's two formats and safetensors. Of several sets of parameters the averaged one is taken;
    `module.` goes from names; of a Lightning file of RestoreFormer only the network itself remains.

    sha256:  what the file must have; None = a file that its owner has named
    returns: tensors that may be backed by the file itself, to be read only
    raises:  WeightsMissing; WeightsRefused with reason "truncated", "checksum", "unsafe" or "unreadable"
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise WeightsMissing(f"there is no file {path}", params={"file": path.name}) from error
    if size == 0:
        raise _refused(path, "truncated", "it is empty")
    if path.suffix == ".pdparams":
        raise _refused(path, "unreadable", "it is a file of Paddle, which this version does not read yet")
    if sha256 is not None and digest_of(path) != sha256:
        raise _refused(path, "checksum", "its checksum is not the one it should have")
    return _named(path, _unwrapped(path, _read(path, size)))


def _read(path: Path, size: int) -> object:
    with path.open("rb") as file:
        head = file.read(9)
    if head.startswith(b"PK"):
        _require_plain_zip(path, size)
        return _read_torch(path, mmap=True)
    if head.startswith(b"\x80"):
        return _read_torch(path, mmap=False)  # torch's old format cannot be mapped
    if len(head) == 9 and head[8:] == b"{" and struct.unpack("<Q", head[:8])[0] < _LARGEST_HEADER:
        return _read_safetensors(path)
    raise _refused(path, "unreadable", "it is neither torch's format nor safetensors")


def _read_torch(path: Path, *, mmap: bool) -> object:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickle protocols: what cannot be read raises
            return torch.load(path, map_location="cpu", weights_only=True, mmap=mmap)
    except Exception as error:  # broken bytes lead torch to any exception that Python has
        words = f"{type(error).__name__}: {error}"
        if isinstance(error, pickle.UnpicklingError) and _UNSAFE.search(words):
            raise _refused(path, "unsafe", "it names things that no weights need") from error
        if _CUT.search(words):
            raise _refused(path, "truncated", "it ends too early") from error
        raise _refused(path, "unreadable", "its contents make no sense") from error


def _read_safetensors(path: Path) -> object:
    try:
        return load_file(path)
    except SafetensorError as error:
        is_cut = re.search("incomplete|invalid ?header ?length", str(error), re.IGNORECASE)
        reason = "truncated" if is_cut else "unreadable"
        raise _refused(path, reason, str(error)) from error


def _require_plain_zip(path: Path, size: int) -> None:
    """Torch never compresses; an entry that is compressed could be far larger than the file."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _refused(path, "truncated", "it ends too early") from error
    is_plain = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
    if not is_plain or sum(entry.file_size for entry in entries) > size:
        raise _refused(path, "unreadable", "it is not packed as torch packs")


def _unwrapped(path: Path, loaded: object) -> Mapping[str, object]:
    for wrapper in _WRAPPERS:
        if isinstance(loaded, Mapping) and isinstance(loaded.get(wrapper), Mapping):
            loaded = loaded[wrapper]
            break
    if not isinstance(loaded, Mapping) or not all(isinstance(name, str) for name in loaded):
        raise _refused(path, "unreadable", "it holds no table of parameters")
    return loaded


def _named(path: Path, table: Mapping[str, object]) -> dict[str, Tensor]:
    state: dict[str, Tensor] = {}
    for name, value in table.items():
        if not isinstance(value, Tensor):
            raise _refused(path, "unreadable", f"{name} is no tensor")
        if not _is_plain(value):
            raise _refused(path, "unreadable", f"{name} is no plain table of numbers")
        state[name.removeprefix("module.")] = value
        if value.is_floating_point() and not _is_finite(value):
            raise _refused(path, "unreadable", f"{name} has values that are not numbers")
    if not state:
        raise _refused(path, "unreadable", "it holds no tensors")
    own = "vqvae."  # RestoreFormer's Lightning module: the network beside its losses
    if any(name.startswith(own) for name in state):
        return {name.removeprefix(own): value for name, value in state.items() if name.startswith(own)}
    return state


def _is_plain(value: Tensor) -> bool:
    """False for what torch also saves and no network of ours can calculate with."""
    is_whole = value.device.type == "cpu" and value.layout is torch.strided
    return is_whole and not value.is_quantized and not value.is_complex()


def _is_finite(value: Tensor) -> bool:
    # Tens of times quicker than isfinite().all(); neither of the two is finite where one value is not.
    return value.numel() == 0 or all(end.isfinite().item() for end in torch.aminmax(value.float()))


def _refused(path: Path, reason: str, words: str) -> WeightsRefused:
    return WeightsRefused(
        f"{path.name} is not used ({reason}): {words}", params={"file": path.name, "reason": reason}
    )
