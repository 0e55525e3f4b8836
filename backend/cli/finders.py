"""The face finders that `evaluate` measures: the cascades, and a detector where its file is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.engines.faces.finding import FindFaces

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Finders:
    """builtin: as the built-in engines take it. best: the whole search. compared: name -> each to measure."""

    builtin: FindFaces
    best: FindFaces
    compared: Mapping[str, FindFaces]


def finders_of(detector: Path | None) -> Finders:
    """Every finder there is. Raises WeightsRefused for a file that is no detector."""
    # OpenCV: not before it is needed
    from backend.engines.faces.detector import find_faces
    from backend.worker.build_detector import build_builtin_detector, build_detector

    if detector is None:
        return Finders(builtin=find_faces, best=find_faces, compared={"cascades": find_faces})
    search = build_detector(detector, _load_state)
    return Finders(
        builtin=build_builtin_detector(detector, _load_state),
        best=search,
        compared={
            "cascades": find_faces,
            "detector, one look at full size": search.official,
            "detector, our search": search,
        },
    )


def _load_state(path: Path) -> "Mapping[str, Tensor]":
    import torch

    state: Mapping[str, Tensor] = torch.load(path, weights_only=True, map_location="cpu")
    return state
