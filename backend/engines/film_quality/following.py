"""A face followed through a film: where its skin is in every frame, and the face brought back onto the photo.

All that is said of a film's faces is said of this. Every frame is held against the photo, not against the
frame before, so nothing adds up.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.faces.boxes import side
from backend.engines.film_quality.regions import Affine, FaceRegion, WatchedFace
from backend.media.types import GrayImage, RgbImage

_EVERY_PX: Final = 3  # of the skin's places, those that say how the face has moved
_LEAST_SCALE, _MOST_SCALE = 0.5, 2.0  # of a face that is still followed


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """One frame of one face.

    small:  uint8 (h, w): the surroundings of the face, at the scale that they are looked at
    back:   uint8 (n, n): the face brought back onto the photo's, by what was seen to move
    places: float64 (3, 2): where left cheek, nose and right cheek are, pixels of a face 256 pixels wide
    """

    small: GrayImage
    back: GrayImage
    places: npt.NDArray[np.float64]


class FaceFollower:
    """Follows one face, frame after frame."""

    def __init__(self, still: RgbImage, face: WatchedFace) -> None:
        """still: uint8 (H, W, 3) RGB, the photo at the film's size."""
        self.region = FaceRegion(face, still.shape[1], still.shape[0])
        self._window = self.region.home  # window -> small picture, where the last frame had the face
        self.rest = self._seen(self.region.small(still))  # uint8 (n, n), the photo's face
        self._per_px = 256.0 / side(face.box) * self.region.film_px
        length = np.arange(self.region.length, dtype=np.float32)
        self._places = np.stack(np.meshgrid(length, length), axis=-1)
        y, x = np.nonzero(self.region.skin)
        is_sparse = (x % _EVERY_PX == 0) & (y % _EVERY_PX == 0)
        self._sparse = (y[is_sparse], x[is_sparse]) if is_sparse.any() else (y, x)
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._flow.setFinestScale(1)  # tenths of a small pixel count; smoothing the flow adds nothing to that
        self._flow.setVariationalRefinementIterations(0)

    def follow(self, frame: RgbImage) -> Followed:
        """Look at the next frame, uint8 (H, W, 3) RGB."""
        small = self.region.small(frame)
        flow = self._flow.calc(self.rest, self._seen(small), np.empty(0, np.float32))
        there = np.asarray(cv2.transform(self._places + flow, self._window), np.float32)
        back = cv2.remap(small, there, np.empty(0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        places = np.array([cv2.mean(there, third)[:2] for third in self.region.thirds])
        self._window = self._next_window(there, small)
        return Followed(small=small, back=np.asarray(back, np.uint8), places=places * self._per_px)

    def _seen(self, small: GrayImage) -> GrayImage:
        """The window's part of a small picture."""
        side_px = (self.region.length, self.region.length)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        seen = cv2.warpAffine(small, self._window, side_px, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(seen, np.uint8)

    def _next_window(self, there: npt.NDArray[np.float32], small: GrayImage) -> Affine:
        """The similarity that the skin has gone by; home again where the face was lost."""
        fitted = _similarity(self._places[self._sparse], there[self._sparse])
        scale = float(np.hypot(fitted[0, 0], fitted[1, 0]))
        x, y = fitted @ (self.region.length / 2, self.region.length / 2, 1.0)
        is_followed = 0 < x < small.shape[1] and 0 < y < small.shape[0] and _LEAST_SCALE < scale < _MOST_SCALE
        return fitted if is_followed else self.region.home


def _similarity(places: npt.NDArray[np.float32], there: npt.NDArray[np.float32]) -> Affine:
    """The similarity that comes nearest to taking places there, least squares; float32 (k, 2) each."""
    start = places[:, 0].astype(np.float64) + 1j * places[:, 1]
    end = there[:, 0].astype(np.float64) + 1j * there[:, 1]
    middle = start.mean()
    spread = float((np.abs(start - middle) ** 2).sum())
    turn = (np.conj(start - middle) * (end - end.mean())).sum() / max(spread, 1e-9)
    shift = end.mean() - turn * middle
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
