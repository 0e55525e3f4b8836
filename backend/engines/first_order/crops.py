"""The square around a face that the network sees, framed as the pictures it was trained on.

Apart from the engine because photos and driving clips are framed by the same rule: a driver who fills more
of the square than the photo's face would move it too far.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.faces.boxes import Box, side
from backend.media.types import RgbImage

Places: TypeAlias = npt.NDArray[np.int64]

# Side of the square, and how far its middle lies above the box's, in sides of the box: as our driving clips
# show their face (18 clips, boxes by the cascades: 1.945, spread 0.01; 0.070, spread 0.005).
FACE_TO_SQUARE: Final = 1.945
RISE: Final = 0.070


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """x, y, side in whole pixels of a picture; may reach beyond it."""

    x: int
    y: int
    side: int

    def shown(self, width_px: int, height_px: int) -> tuple[int, int, int, int]:
        """x1, y1, x2, y2 of what a picture of this size has of it; empty where it has nothing."""
        x1, y1 = max(0, self.x), max(0, self.y)
        return x1, y1, max(x1, min(width_px, self.x + self.side)), max(y1, min(height_px, self.y + self.side))

    def scaled(self, ratio: float, dx_px: float = 0.0, dy_px: float = 0.0) -> "Square":
        """The same square, to the nearest pixel, in a picture resized by `ratio` and then moved."""
        return Square(
            x=round(self.x * ratio + dx_px),
            y=round(self.y * ratio + dy_px),
            side=max(1, round(self.side * ratio)),
        )


def square_around(box: Box) -> Square:
    """The square that shows a face as the network knows faces.

    box: x1, y1, x2, y2 in pixels, as the cascades draw them: about brows to chin and ear to ear
    """
    box_side = side(box)
    length = max(1, round(FACE_TO_SQUARE * box_side))
    middle_x = (box[0] + box[2]) / 2
    middle_y = (box[1] + box[3]) / 2 - RISE * box_side
    return Square(x=round(middle_x - length / 2), y=round(middle_y - length / 2), side=length)


def face_box_in(side_px: float) -> Box:
    """Where the face lies in a square of this side that is framed so; the reverse of `square_around`."""
    half = side_px / FACE_TO_SQUARE / 2
    x, y = side_px / 2, side_px / 2 + RISE * 2 * half
    return x - half, y - half, x + half, y + half


def cut_square(picture: RgbImage, square: Square, side_px: int) -> RgbImage:
    """The square as the network takes it; where it leaves the picture, the picture mirrored.

    picture: uint8 (H, W, 3) RGB
    returns: uint8 (side_px, side_px, 3) RGB; pixels are averaged where it is made smaller
    raises:  ValueError where the square shows nothing of the picture
    """
    height_px, width_px = picture.shape[:2]
    x1, y1, x2, y2 = square.shown(width_px, height_px)
    if x1 >= x2 or y1 >= y2:
        raise ValueError(f"{square} lies outside a picture of {width_px} x {height_px}")
    part = mirrored(picture, square)
    if square.side == side_px:
        return part
    how = cv2.INTER_AREA if square.side > side_px else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, (side_px, side_px), interpolation=how), np.uint8)


def mirrored(picture: RgbImage, square: Square) -> RgbImage:
    """The square at the picture's own scale; a view where it lies inside, else a copy with mirrored edges."""
    height_px, width_px = picture.shape[:2]
    x1, y1, x2, y2 = square.shown(width_px, height_px)
    if (x2 - x1, y2 - y1) == (square.side, square.side):
        return picture[y1:y2, x1:x2]
    rows = _reflected(np.arange(square.y, square.y + square.side), height_px)
    columns = _reflected(np.arange(square.x, square.x + square.side), width_px)
    return picture[rows[:, None], columns]


def _reflected(places: Places, length: int) -> Places:
    """Places on a line, folded back into 0 ... length - 1; the edge itself is not repeated."""
    if length == 1:
        return np.zeros_like(places)
    period = 2 * (length - 1)
    folded = np.mod(places, period)
    return np.asarray(np.minimum(folded, period - folded), np.int64)
