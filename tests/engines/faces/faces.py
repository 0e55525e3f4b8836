"""A detector that sees painted squares, and the mean face to check points with."""

from collections.abc import Sequence
from math import cos, radians, sin

import numpy as np

from backend.engines.api import FivePoints
from backend.engines.faces.looking import Seen
from backend.media.types import RgbImage

MEAN_FACE: FivePoints = (
    (192.98138, 239.94708),
    (318.90277, 240.1936),
    (256.63416, 314.01935),
    (201.26117, 371.41043),
    (313.08905, 371.15118),
)


def moved(ratio: float, roll_degrees: float, x: float, y: float) -> FivePoints:
    """The mean face scaled and turned about the origin, then moved."""
    along, across = ratio * cos(radians(roll_degrees)), ratio * sin(radians(roll_degrees))
    a, b, c, d, e = ((along * u - across * v + x, across * u + along * v + y) for u, v in MEAN_FACE)
    return a, b, c, d, e


FACE_RGB = (250, 40, 40)  # its upper half
CHIN_RGB = (40, 40, 250)  # its lower half, so that a detector can tell which way up it is


def paint_face(photo: RgbImage, x: int, y: int, side_px: int) -> None:
    """A square that `SquareLook` takes for a face."""
    photo[y : y + side_px // 2, x : x + side_px] = FACE_RGB
    photo[y + side_px // 2 : y + side_px, x : x + side_px] = CHIN_RGB


class SquareLook:
    """A fake `Look`: the painted squares that stand upright and are large enough in the picture it is shown.

    score: by side in the picture, as a real detector's: none below `least_px`
    """

    def __init__(self, least_px: float = 12.0, score: float = 0.999) -> None:
        self.least_px = least_px
        self.score = score
        self.sizes_px: list[tuple[int, int]] = []  # of the pictures shown, height and width

    def __call__(self, pictures: Sequence[RgbImage], threshold: float) -> list[list[Seen]]:
        self.sizes_px += [picture.shape[:2] for picture in pictures]
        return [self._seen(picture.astype(np.int16), threshold) for picture in pictures]

    def _seen(self, picture: np.ndarray[tuple[int, ...], np.dtype[np.int16]], threshold: float) -> list[Seen]:
        tops, chins = (np.abs(picture - rgb).max(axis=2) < 60 for rgb in (FACE_RGB, CHIN_RGB))
        seen = []
        columns = np.nonzero(tops.any(axis=0) & chins.any(axis=0))[0]
        for run in np.split(columns, np.nonzero(np.diff(columns) > 1)[0] + 1) if columns.size else []:
            x1, x2 = int(run[0]), int(run[-1]) + 1
            top_rows = np.nonzero(tops[:, x1:x2].any(axis=1))[0]
            chin_rows = np.nonzero(chins[:, x1:x2].any(axis=1))[0]
            side_px = x2 - x1
            if top_rows.mean() < chin_rows.mean() and side_px >= self.least_px and self.score > threshold:
                y1, y2 = int(top_rows[0]), int(chin_rows[-1]) + 1
                ratio = side_px / 256
                points = moved(ratio, 0.0, x1 - 128 * ratio, y1 - 160 * ratio)
                seen.append(
                    Seen(box=(float(x1), float(y1), float(x2), float(y2)), score=self.score, points=points)
                )
        return seen
