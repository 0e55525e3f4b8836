"""How smoothly a face moves in a film: its motion is seen with optical flow and held against the curve's.

Apart from what is measured of a photo because it is arithmetic on pictures and tracks, and needs no engine.
"""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.animation.canonical import FaceFrame
from backend.media.types import GrayImage, RgbImage

Path2d = npt.NDArray[np.float64]
"""float64 (frames, 2): where the skin of a face is, px of the crop, to the right and down."""

_SEEN = ((-1.0, 1.0), (-0.6, 1.5))  # u and v, in D, of the crop
_CORE = ((-0.6, 0.6), (0.15, 0.8))  # of nose and cheeks, whose motion counts: lids and lips uncover and hide
_PX_PER_UNIT = 64.0


class SkinTracker:
    """Follows the skin of one face from frame to frame."""

    def __init__(self, rest: RgbImage, frame: FaceFrame) -> None:
        """rest: uint8 (H, W, 3) RGB, the film's first frame. frame: of the face, in it."""
        self._frame = frame
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._flow.setFinestScale(0)  # hundredths of a pixel count
        self._flow.setGradientDescentIterations(60)
        self._rest = self._crop_of(rest)

    def moved(self, picture: RgbImage) -> tuple[float, float]:
        """How far the skin is from where it rests, on average; px of the crop, right and down."""
        flow = self._flow.calc(self._rest, self._crop_of(picture), np.empty(0, np.float32))
        right, down = flow[_span(1), _span(0)].reshape(-1, 2).mean(axis=0, dtype=np.float64)
        return float(right), float(down)

    def _crop_of(self, picture: RgbImage) -> GrayImage:
        crop = self._frame.crop(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)), *_SEEN, _PX_PER_UNIT)
        return np.asarray(np.clip(crop + 0.5, 0, 255), np.uint8)


def _span(axis: int) -> slice:
    """Columns (axis 0) or rows (axis 1) of the crop that count."""
    (first, _), (low, high) = _SEEN[axis], _CORE[axis]
    return slice(round((low - first) * _PX_PER_UNIT), round((high - first) * _PX_PER_UNIT))


def asked_path(path: Path2d, channels: Mapping[str, Sequence[float]]) -> Path2d:
    """The part of a path that follows the curve: the best sum of its channels, by least squares."""
    columns = np.stack([np.asarray(values, np.float64) for values in channels.values()], axis=1)
    weights, *_ = np.linalg.lstsq(columns, path, rcond=None)
    return np.asarray(columns @ weights, np.float64)


def bending(path: Path2d) -> float:
    """How much a path changes its speed: the sum of its second differences, px."""
    return float(np.hypot(*np.diff(path, n=2, axis=0).T).sum())
