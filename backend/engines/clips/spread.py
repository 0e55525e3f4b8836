"""How much each place of a picture changes over a clip, in one pass and one picture's memory."""

import numpy as np
import numpy.typing as npt

from backend.media.types import FloatImage


class Spread:
    """Takes pictures of one size, one after another; `deviation` is what each place varied by."""

    def __init__(self) -> None:
        self._count = 0
        self._mean: npt.NDArray[np.float64] = np.zeros(())
        self._squares: npt.NDArray[np.float64] = np.zeros(())

    def add(self, picture: FloatImage) -> None:
        """The next picture, any shape, grey levels."""
        self._count += 1
        # Welford's update: sums of squares would lose the small differences that matter here
        away = picture - self._mean
        self._mean = self._mean + away / self._count
        self._squares = self._squares + away * (picture - self._mean)

    def deviation(self) -> FloatImage:
        """float32, the pictures' shape: standard deviation over time, grey levels; 0 of one picture."""
        return np.sqrt(self._squares / max(1, self._count)).astype(np.float32)
