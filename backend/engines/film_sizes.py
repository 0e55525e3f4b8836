"""How large a film is and which part of the photo it shows; the same for every engine that animates.

Never larger than the photo. Sides are even, because H.264 with 4:2:0 colour needs it: an odd side gets one
more row or column that repeats the last.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from backend.engines.animation_api import FilmSize
from backend.engines.faces.boxes import Box, side
from backend.media.types import RgbImage

_AUTO_LONG_SIDE_PX: Final = 1280
_FACE_CROP: Final = 2.4  # side of the square / side of the face box
_FACE_CENTRE: Final = 0.54  # of the box's height that lies in the middle of the square
_FACE_LONGEST_PX: Final = 1280


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """Cut x1, y1, x2, y2 (pixels) out of the photo, resize to width x height, then pad to even sides."""

    x1: int
    y1: int
    x2: int
    y2: int
    width_px: int
    height_px: int

    @property
    def ratio(self) -> float:
        """Film pixels per photo pixel."""
        return self.width_px / (self.x2 - self.x1)

    @property
    def film_width_px(self) -> int:
        """With padding."""
        return self.width_px + self.width_px % 2

    @property
    def film_height_px(self) -> int:
        """With padding."""
        return self.height_px + self.height_px % 2

    def shows(self, x: float, y: float) -> bool:
        """Whether a place of the photo, in pixels, is in the film."""
        return self.x1 <= x < self.x2 and self.y1 <= y < self.y2

    def in_film(self, box: Box) -> Box:
        """A box of the photo in pixels of the film."""
        x1, y1, x2, y2 = box
        return (
            (x1 - self.x1) * self.ratio,
            (y1 - self.y1) * self.ratio,
            (x2 - self.x1) * self.ratio,
            (y2 - self.y1) * self.ratio,
        )


def framing_of(width_px: int, height_px: int, size: FilmSize, largest_face: Box) -> Framing:
    """The framing of a film of a photo.

    size: "auto" = long side at most 1280; "photo" = as it is; "1080" and "720" = short side at most that;
        "face" = a square around the largest face, side at most 1280.
    """
    x1, y1, x2, y2 = 0, 0, width_px, height_px
    if size == "face":
        x1, y1, x2, y2 = _square_around(largest_face, width_px, height_px)
    long_side, short_side = max(x2 - x1, y2 - y1), min(x2 - x1, y2 - y1)
    ratio = {
        "auto": _AUTO_LONG_SIDE_PX / long_side,
        "face": _FACE_LONGEST_PX / long_side,
        "1080": 1080 / short_side,
        "720": 720 / short_side,
        "photo": 1.0,
    }[size]
    ratio = min(ratio, 1.0)
    width, height = max(1, round((x2 - x1) * ratio)), max(1, round((y2 - y1) * ratio))
    return Framing(x1=x1, y1=y1, x2=x2, y2=y2, width_px=width, height_px=height)


def framed(photo: RgbImage, framing: Framing) -> RgbImage:
    """The part of the photo that is filmed, at the film's size; uint8 (H, W, 3) RGB, a new array."""
    part = photo[framing.y1 : framing.y2, framing.x1 : framing.x2]
    if part.shape[:2] != (framing.height_px, framing.width_px):
        # OpenCV wants (width, height)
        size = (framing.width_px, framing.height_px)
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    more_rows, more_columns = (
        framing.film_height_px - framing.height_px,
        framing.film_width_px - framing.width_px,
    )
    return np.pad(part, ((0, more_rows), (0, more_columns), (0, 0)), mode="edge")


def _square_around(face: Box, width_px: int, height_px: int) -> tuple[int, int, int, int]:
    """A square that shows the head, moved rather than cut where it meets the photo's edge."""
    length = min(round(_FACE_CROP * side(face)), width_px, height_px)
    middle_x = (face[0] + face[2]) / 2
    middle_y = face[1] + _FACE_CENTRE * (face[3] - face[1])
    x1 = min(max(round(middle_x - length / 2), 0), width_px - length)
    y1 = min(max(round(middle_y - length / 2), 0), height_px - length)
    return x1, y1, x1 + length, y1 + length
