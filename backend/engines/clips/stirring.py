"""Does the face in a clip move at all? A still picture that was saved as a film drives nothing.

Told from the pictures, not from what an engine reads in them, so that every engine refuses the same clips: a
cut-out of the face that stays in one place is watched, and what counts is the part of it that changes most.
"""

from typing import Final

import cv2
import numpy as np

from backend.domain.errors import NoMotionFound
from backend.engines.clips.spread import Spread
from backend.media.types import GrayImage

_SIDE_PX: Final = 32  # small, so that grain and coding average out; a lid is a row of it
_LIVELIEST: Final = 99.8  # percentile: a wink changes two places of a thousand
_GRAIN: Final = 2.0  # times the usual place's: grain is everywhere, motion is not
_LEAST_STIR: Final = 3.0  # grey levels; a still with grain of 8 has up to 2.9, people have 18 and more
_LEAST_S: Final = 0.4  # a blink takes that long
_FEWEST_FRAMES: Final = 3


def require_length(seconds: float) -> None:
    """Raises NoMotionFound for a part of a clip that is too short to move in."""
    if seconds < _LEAST_S - 1e-6:
        raise NoMotionFound(f"the clip shows a face for {seconds:.2f} s; it takes {_LEAST_S:g} s")


class Stirring:
    """Watches a face through a clip. Give it the same cut-out of every picture, in any order."""

    def __init__(self) -> None:
        self._spread = Spread()
        self._count = 0

    def add(self, face: GrayImage) -> None:
        """uint8 (h, w): the face in the next picture, of one size."""
        small = cv2.resize(face, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
        self._spread.add(small - small.mean())  # a light that wavers is no motion
        self._count += 1

    @property
    def amount(self) -> float:
        """Grey levels that the liveliest part of the face varies by, grain taken off."""
        if not self._count:
            return 0.0
        deviation = self._spread.deviation()
        return float(np.percentile(deviation, _LIVELIEST) - _GRAIN * np.median(deviation))

    def require_motion(self) -> None:
        """Raises NoMotionFound where the face held still."""
        if self._count < _FEWEST_FRAMES or self.amount < _LEAST_STIR:
            raise NoMotionFound("nothing moves in this clip")
