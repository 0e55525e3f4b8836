"""Trembling: how far a face is, in each frame, from where the frames around it say that it should be.

What people and presets do is smooth over five frames; what shakes is not. Only the last five places are kept.
"""

from collections import deque
from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

# A place less what a cubic through its four neighbours says: a sixth of the fourth difference.
_AGAINST: Final = np.array([1.0, -4.0, 6.0, -4.0, 1.0]) / 6.0
_OF_NOISE: Final = sqrt(float((_AGAINST**2).sum()))  # how much of a trembling of 1 px that lets through


class Trembling:
    """Gathers the places of one face."""

    def __init__(self) -> None:
        self._last: deque[npt.NDArray[np.float64]] = deque(maxlen=len(_AGAINST))
        self._sum = 0.0
        self._count = 0

    def add(self, places: npt.NDArray[np.float64]) -> None:
        """places: float64 (k, 2), of the next frame."""
        self._last.append(places)
        if len(self._last) == len(_AGAINST):
            off = _AGAINST @ np.reshape(self._last, (len(_AGAINST), -1))
            self._sum += float(off @ off) / len(places)
            self._count += 1

    def px(self) -> float | None:
        """Root of the mean square, in the places' unit; None below five frames."""
        return sqrt(self._sum / self._count) / _OF_NOISE if self._count else None
