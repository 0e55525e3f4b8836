"""Notices where a clip is cut: one picture unlike the one before, in a clip that otherwise hardly changes."""

from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import Final

import cv2
import numpy as np

from backend.media.types import GrayImage, RgbImage

_SIDE_PX: Final = 64
_REMEMBERED: Final = 15  # frame steps whose median is what this clip usually does
_LEAST_STEP: Final = 10.0  # grey levels; a still clip's noise is no cut
_TIMES_USUAL: Final = 6.0


def small_luma(frame: RgbImage) -> GrayImage:
    """uint8 (64, 64) luma of a frame, for telling pictures apart."""
    luma = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(luma, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA), np.uint8)


def luma_step(before: GrayImage, after: GrayImage) -> float:
    """Mean absolute difference in grey levels."""
    return float(np.mean(cv2.absdiff(before, after)))


def pattern_step(before: GrayImage, after: GrayImage) -> float:
    """The same with each picture's mean taken out: a fade or a flash is no other picture."""
    shift = float(np.mean(after)) - float(np.mean(before))
    return float(np.mean(np.abs(after.astype(np.float32) - before - shift)))


@dataclass(slots=True)
class CutDetector:
    """Takes a clip's frames in order and says where a new shot begins."""

    last: GrayImage | None = None
    steps: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def is_cut(self, frame: RgbImage) -> bool:
        """True when `frame` (uint8 RGB) does not follow from the frame given before."""
        luma, before = small_luma(frame), self.last
        self.last = luma
        if before is None:
            return False
        step = pattern_step(before, luma)
        usual = max(1.0, median(self.steps)) if self.steps else 1.0
        if step > max(_LEAST_STEP, _TIMES_USUAL * usual):
            self.steps.clear()
            return True
        self.steps.append(step)
        return False
