"""A mouth as the renderer needs it: the line between the lips, and how the mouth stands."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.engines.builtin.animation.canonical import FaceFrame, Floats
from backend.engines.builtin.animation.lip_gap import below_teeth, gap_of
from backend.engines.builtin.animation.lip_line import (
    PX_PER_UNIT,
    SAMPLES,
    U_RANGE,
    V_RANGE,
    half_width_of,
    stiff_line,
    traced_line,
    valley_of,
)
from backend.media.types import RgbImage

__all__ = ["SAMPLES", "Lips", "find_lips"]

_HIDDEN: Final = 0.78  # certainty below which a beard, a hand or blur hides the lips
_DOUBTFUL: Final = 0.35  # certainty of a line that is hardly a mouth


@dataclass(frozen=True, slots=True, kw_only=True)
class Lips:
    """A mouth in face coordinates, in D.

    middle_u, half_width: corners lie at middle_u -+ half_width.
    line: v of the split between the lips at SAMPLES places from the left corner to the right one. Where
        teeth show, the split runs along the lower edge of the teeth.
    gap: height of what shows between the lips in the middle: 0 for a closed mouth.
    shows_teeth: the gap is bright.
    certainty: 0 to 1, how clear a dark line there is.
    """

    middle_u: float
    half_width: float
    line: tuple[float, ...]
    gap: float = 0.0
    shows_teeth: bool = False
    certainty: float = 1.0

    @property
    def middle_v(self) -> float:
        """Height of the line in the middle."""
        return self.line[len(self.line) // 2]

    @property
    def is_open(self) -> bool:
        """The mouth is open in the photo, and one sees into it."""
        return self.gap > 0 and not self.shows_teeth

    @property
    def has_split(self) -> bool:
        """The lips can be parted: their line is seen and they are not apart already."""
        return self.shows_teeth or (not self.is_open and self.certainty >= _HIDDEN)

    def line_at(self, u: Floats) -> Floats:
        """Height v of the split at any u; level beyond the corners."""
        places = np.linspace(self.middle_u - self.half_width, self.middle_u + self.half_width, len(self.line))
        return np.interp(u, places, self.line).astype(np.float32)


def find_lips(photo: RgbImage, frame: FaceFrame) -> Lips:
    """The mouth of a face whose eyes are known.

    photo: uint8 (H, W, 3) RGB.
    """
    crop = frame.crop(photo, U_RANGE, V_RANGE, PX_PER_UNIT)
    valley, light = valley_of(crop, (0.06, 0.10))
    middle_u, line, certainty = stiff_line(valley)
    if certainty < _DOUBTFUL:  # a mouth wide open is a broad valley
        valley, light = valley_of(crop, (0.10, 0.16, 0.24))
        middle_u, line, certainty = stiff_line(valley)
    half_width = half_width_of(valley, middle_u, line)
    traced = traced_line(valley, middle_u, half_width, line)
    gap = gap_of(light, crop, middle_u, traced)
    # the lips meet at the corners
    lower = gap.below * (1 - np.linspace(-1, 1, SAMPLES, dtype=np.float32) ** 2)
    if gap.is_teeth:
        lower = below_teeth(light, middle_u, half_width, traced, gap)
    return Lips(
        middle_u=middle_u,
        half_width=half_width,
        line=tuple(float(v) for v in traced + lower),
        gap=gap.height,
        shows_teeth=gap.is_teeth,
        certainty=certainty,
    )
