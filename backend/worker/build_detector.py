"""The face detector with weights, built where its file is installed; without one no torch is loaded."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from backend.engines.faces.cascade_boxes import with_cascade_boxes
from backend.engines.faces.finding import FindFaces

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from backend.engines.faces.retinaface import RetinaFaceFinder


class LoadState(Protocol):
    """Reads a weights file: `checkpoints/load.py`."""

    def __call__(self, path: Path) -> "Mapping[str, Tensor]": ...


def build_detector(
    path: Path,
    load_state: LoadState,
    *,
    device: "torch.device | None" = None,
    dtype: "torch.dtype | None" = None,
    only_upright: bool = False,
) -> "RetinaFaceFinder":
    """The finder in a RetinaFace file of either trunk; how to read it is told by the file's checksum.

    device, dtype: of the search; None = the CPU and float32. The official single look is float32 always.
    raises: WeightsRefused, and what `load_state` raises
    """
    # torch: not before it is needed
    import torch

    from backend.engines.faces.torch_look import finder_from
    from backend.networks.retinaface.variants import variant_of

    with path.open("rb") as file:
        variant = variant_of(hashlib.file_digest(file, "sha256").hexdigest())
    return finder_from(
        load_state(path),
        variant,
        device=device,
        fast_dtype=dtype or torch.float32,
        only_upright=only_upright,
    )


def build_builtin_detector(path: Path, load_state: LoadState) -> FindFaces:
    """The same as the built-in engines take it: upright faces only, in boxes as they are used to."""
    return with_cascade_boxes(build_detector(path, load_state, only_upright=True))
