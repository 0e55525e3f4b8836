"""Weights where no trained files are at hand: made of a manifest and a seed, the same bits anywhere.

Two implementations of a network can be compared on any numbers, as long as both run on the same ones. A
manifest lists the tensors of an official network; every tensor depends on the seed and on its own name only.
The numbers are the raw stream of PCG64, which numpy promises not to change, made float32 by exact operations.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor


class ManifestEntry(TypedDict):
    """One tensor of an official network. role: how its numbers are spread; values: given numbers."""

    key: str
    shape: list[int]
    dtype: str
    role: NotRequired[str]
    gain: NotRequired[float]  # times the role's spread
    center: NotRequired[float | list[float]]  # instead of the role's
    values: NotRequired[list[float]]


_UNIT = math.sqrt(3.0)  # numbers even between -sqrt 3 and sqrt 3 have variance 1

# Role -> centre, and half the width; where the width depends on the inputs of one output, how many leading
# dimensions of the shape to leave out when counting them. (StyleGAN2's modulated weights lead with a 1.)
_SPREAD: Mapping[str, tuple[float, float]] = {
    "equalized": (0.0, _UNIT),
    "bias": (0.0, 0.05),
    "norm_weight": (1.0, 0.2),
    "norm_bias": (0.0, 0.1),
    "running_mean": (0.0, 0.1),
    "running_var": (1.0, 0.2),
    "prelu": (0.25, 0.15),
    "noise_strength": (0.06, 0.04),
    "noise": (0.0, _UNIT),
    "constant": (0.0, _UNIT),
    "embedding": (0.0, _UNIT),
}
_LEADING = {"conv": 1, "linear": 1, "modulated": 2}


def read_manifest(path: Path) -> list[ManifestEntry]:
    """The entries of a manifest file, in the order of the official state dict."""
    entries: list[ManifestEntry] = json.loads(path.read_text(encoding="utf-8"))["entries"]
    return entries


def seeded_state(entries: Sequence[ManifestEntry], seed: int) -> dict[str, Tensor]:
    """A whole state dict."""
    return {entry["key"]: seeded_tensor(entry, seed) for entry in entries}


def seeded_tensor(entry: ManifestEntry, seed: int) -> Tensor:
    """One tensor of the manifest's shape and dtype.

    raises: ValueError for a role that is not known, or not named
    """
    shape, role = entry["shape"], entry.get("role", "")
    if role == "counter":
        return torch.zeros(shape, dtype=getattr(torch, entry["dtype"]))
    if role == "fixed":
        return torch.from_numpy(np.array(entry["values"], entry["dtype"]).reshape(shape))
    usual_centre, half_width = _spread(role, shape)
    centre = np.asarray(entry.get("center", usual_centre), np.float32)
    width = np.float32(entry.get("gain", 1.0) * half_width)
    numbers = _even_numbers(f"{seed}|{entry['key']}", math.prod(shape)) * width + centre
    return torch.from_numpy(np.asarray(numbers, np.float32).reshape(shape))


def state_sha256(state: Mapping[str, Tensor]) -> str:
    """SHA-256 over names, shapes, dtypes and bytes in the order of the names: to tell weights apart."""
    digest = hashlib.sha256()
    for key in sorted(state):
        array = state[key].detach().cpu().contiguous().numpy()
        digest.update(f"{key}|{list(array.shape)}|{array.dtype}|".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _spread(role: str, shape: Sequence[int]) -> tuple[float, float]:
    if role in _LEADING:
        return 0.0, _UNIT / math.sqrt(math.prod(shape[_LEADING[role] :]))
    if role not in _SPREAD:
        raise ValueError(f"a manifest entry has the role {role!r}, which is not known")
    return _SPREAD[role]


def _even_numbers(name: str, count: int) -> npt.NDArray[np.float32]:
    """`count` float32 numbers, even in [-1, 1), that depend on the name alone."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "little")
    words = np.random.PCG64(seed).random_raw((count + 1) // 2).astype("<u8", copy=False).view("<u4")[:count]
    # The upper 24 bits of each word: as float32 they, the scaling and the shift are exact.
    return (words >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1.0)
