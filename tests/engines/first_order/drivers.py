"""People for driving clips that need no search: a finder that knows where they are."""

from collections.abc import Sequence

import numpy as np

from backend.engines.api import FivePoints
from backend.engines.faces.boxes import Box, FoundFace
from backend.media.types import RgbImage


def points_in(box: Box, *, nose: float = 0.5) -> FivePoints:
    """The five points of a face that fills its box; nose: how far across the tip is."""
    x1, y1, x2, y2 = box
    width, height = x2 - x1, y2 - y1
    shares = ((0.3, 0.35), (0.7, 0.35), (nose, 0.6), (0.35, 0.82), (0.65, 0.82))
    a, b, c, d, e = ((x1 + across * width, y1 + down * height) for across, down in shares)
    return a, b, c, d, e


def a_face(box: Box, *, id_: int = 0, nose: float = 0.5) -> FoundFace:
    return FoundFace(id=id_, box=box, score=0.99, landmarks=points_in(box, nose=nose))


class Finder:
    """A `FindFaces` with an answer for each look in turn; the last one goes on.

    Boxes are shares of the picture's long side.
    """

    def __init__(self, *looks: Sequence[Box]) -> None:
        self._looks = looks
        self.count = 0

    def __call__(self, photo: RgbImage) -> tuple[FoundFace, ...]:
        boxes = self._looks[min(self.count, len(self._looks) - 1)]
        self.count += 1
        long_px = max(photo.shape[:2])
        x1y1x2y2 = [np.array(box) * long_px for box in boxes]
        return tuple(
            a_face((float(box[0]), float(box[1]), float(box[2]), float(box[3])), id_=index)
            for index, box in enumerate(x1y1x2y2)
        )
