"""The face finders that `evaluate` measures: the cascades, and a detector where its file is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.engines.faces.finding import FindFaces

_COPY_PX = 1280  # long side that other programs shrink a photo to before they look


@dataclass(frozen=True, slots=True, kw_only=True)
class Finders:
    """best: the whole search. compared: name -> each to measure."""

    best: FindFaces
    compared: Mapping[str, FindFaces]


def finders_of(detector: Path | None) -> Finders:
    """Every finder there is. Raises WeightsRefused for a file that is no detector."""
    # OpenCV: not before it is needed
    from backend.engines.faces.detector import find_faces

    if detector is None:
        return Finders(best=find_faces, compared={"cascades": find_faces})
    from backend.engines.faces.detector_file import finder_of  # torch: seconds
    from backend.evaluation.finding import at_copy

    search = finder_of(detector)
    return Finders(
        best=search,
        compared={
            "cascades": find_faces,
            "detector, one look at full size": search.official,
            "detector, one look at a copy of 1280 px": at_copy(search.official, _COPY_PX),
            "detector, our search": search,
        },
    )
