"""One look of a detector at a picture, and what it saw, moved to where the picture was cut from.

The seam between the search (`retinaface.py`), which knows no networks, and a network (`torch_look.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from backend.engines.api import FivePoints
from backend.engines.faces.boxes import Box
from backend.media.types import RgbImage

Matrix: TypeAlias = npt.NDArray[np.float64]
"""float64 (2, 3): x, y, 1 of a copy -> x, y of the photo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a detector takes for a face. score: 0 to 1. points: as in `FoundFace.landmarks`."""

    box: Box
    score: float
    points: FivePoints

    def mapped(self, matrix: Matrix, *, mirrored: bool = False) -> "Seen":
        """The same in another picture's pixels. mirrored: left and right change places, the points' too."""
        corners = np.array([[self.box[0], self.box[1]], [self.box[2], self.box[3]]])
        x, y = (corners @ matrix[:, :2].T + matrix[:, 2]).T
        points = np.array(self.points) @ matrix[:, :2].T + matrix[:, 2]
        if mirrored:
            points = points[[1, 0, 2, 4, 3]]
        return Seen(
            box=(float(x.min()), float(y.min()), float(x.max()), float(y.max())),
            score=self.score,
            points=five(points),
        )


class Look(Protocol):
    """Every face that a detector takes for one, best first, those that overlap a better one left out.

    pictures:  uint8 (H, W, 3) RGB, all of one size
    threshold: least score, exclusive
    returns:   for each picture, what was seen in its pixels
    """

    def __call__(self, pictures: Sequence[RgbImage], threshold: float) -> list[list[Seen]]: ...


def five(points: npt.NDArray[np.floating]) -> FivePoints:
    """(5, 2) or (10,) numbers as five points."""
    (a, b), (c, d), (e, f), (g, h), (i, j) = points.reshape(5, 2).tolist()
    return (a, b), (c, d), (e, f), (g, h), (i, j)


def scaling(ratio: float, x: float = 0.0, y: float = 0.0) -> Matrix:
    """From a copy to the photo where a pixel of the copy is `ratio` of the photo's, and its corner at x, y.

    Detectors measure from the corner of the first pixel, so half pixels need no care.
    """
    return np.array([[ratio, 0.0, x], [0.0, ratio, y]])


def turning(quarters: int, width_px: int, height_px: int) -> Matrix:
    """From `numpy.rot90(picture, quarters)` back to the picture, which has this size."""
    return np.array(
        [
            [[1.0, 0, 0], [0, 1.0, 0]],
            [[0, -1.0, width_px], [1.0, 0, 0]],
            [[-1.0, 0, width_px], [0, -1.0, height_px]],
            [[0, 1.0, 0], [-1.0, 0, height_px]],
        ][quarters]
    )


def mirroring(width_px: int) -> Matrix:
    """From the mirrored picture back."""
    return np.array([[-1.0, 0.0, width_px], [0.0, 1.0, 0.0]])
