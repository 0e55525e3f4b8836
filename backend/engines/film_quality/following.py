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

Floats = npt.NDArray[np.float32]

_EVERY_PX: Final = 3  # of the skin's places, those that say how the face has moved
_LEAST_SCALE, _MOST_SCALE = 0.5, 2.0  # of a face that is still followed


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """One frame of one face.

    small:  uint8 (h, w): the surroundings of the face, at the scale that they are looked at
    skin:   uint8 (r, c): nose and cheeks brought back onto the photo's, by what was seen to move
    places: float64 (3, 2): where left cheek, nose and right cheek are, pixels of a face 256 pixels wide
    whole:  uint8 (n, n): all of the face brought back, where it was asked for
    """

    small: GrayImage
    skin: GrayImage
    places: npt.NDArray[np.float64]
    whole: GrayImage | None


class FaceFollower:
    """Follows one face, frame after frame."""

    def __init__(self, still: RgbImage, face: WatchedFace) -> None:
        """still: uint8 (H, W, 3) RGB, the photo at the film's size."""
        self.region = FaceRegion(face, still.shape[1], still.shape[0])
        self._per_px = 256.0 / side(face.box) * self.region.film_px
        self._window = self.region.home  # window -> small picture, where the last frame had the face
        small = self.region.small(still)
        length = self.region.length
        self._whole = _Patch(small, self._window, slice(0, length), slice(0, length))
        self._skin = _Patch(small, self._window, *self.region.skin_part)
        self.rest = self._whole.rest  # uint8 (n, n), the photo's face
        y, x = np.nonzero(self.region.skin)
        is_sparse = (x % _EVERY_PX == 0) & (y % _EVERY_PX == 0)
        self._sparse = (y[is_sparse], x[is_sparse]) if is_sparse.any() else (y, x)
        self._similarity = _Similarity(self._skin.places[self._sparse])

    def follow(self, frame: RgbImage, *, with_whole: bool = False) -> Followed:
        """Look at the next frame, uint8 (H, W, 3) RGB."""
        small = self.region.small(frame)
        there, skin = self._skin.back(small, self._window)
        whole = self._whole.back(small, self._window)[1] if with_whole else None
        places = np.array([cv2.mean(there, third)[:2] for third in self.region.thirds])
        self._window = self._next_window(there, small)
        return Followed(small=small, skin=skin, places=places * self._per_px, whole=whole)

    def _next_window(self, there: Floats, small: GrayImage) -> Affine:
        """The similarity that the skin has gone by; home again where the face was lost."""
        fitted = self._similarity.to(there[self._sparse])
        scale = float(np.hypot(fitted[0, 0], fitted[1, 0]))
        x, y = fitted @ (self.region.length / 2, self.region.length / 2, 1.0)
        is_followed = 0 < x < small.shape[1] and 0 < y < small.shape[0] and _LEAST_SCALE < scale < _MOST_SCALE
        return fitted if is_followed else self.region.home


class _Patch:
    """A part of the window: as it is in the photo, and found again in frames.

    rest:   uint8 (r, c), the photo's
    places: float32 (r, c, 2), x and y in the window
    """

    def __init__(self, small: GrayImage, window: Affine, rows: slice, columns: slice) -> None:
        x, y = np.arange(columns.start, columns.stop), np.arange(rows.start, rows.stop)
        self.places = np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)
        self.rest = self._seen(small, window)
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._flow.setFinestScale(1)  # tenths of a small pixel count; smoothing the flow adds nothing to that
        self._flow.setVariationalRefinementIterations(0)

    def back(self, small: GrayImage, window: Affine) -> tuple[Floats, GrayImage]:
        """Where in a small picture each place is, float32 (r, c, 2), and what is seen there, uint8 (r, c)."""
        flow = self._flow.calc(self.rest, self._seen(small, window), np.empty(0, np.float32))
        there = np.asarray(cv2.transform(self.places + flow, window), np.float32)
        back = cv2.remap(small, there, np.empty(0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return there, np.asarray(back, np.uint8)

    def _seen(self, small: GrayImage, window: Affine) -> GrayImage:
        """What a small picture shows in this part of a window."""
        corner = np.array(window)
        corner[:, 2] += window[:, :2] @ self.places[0, 0]
        size = (self.places.shape[1], self.places.shape[0])  # OpenCV wants (width, height)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        seen = cv2.warpAffine(small, corner, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(seen, np.uint8)


class _Similarity:
    """The similarity that comes nearest to taking places elsewhere, least squares."""

    def __init__(self, places: Floats) -> None:
        """places: float32 (k, 2)."""
        start = places[:, 0].astype(np.float64) + 1j * places[:, 1]
        self._middle = start.mean()
        away = np.conj(start - self._middle)
        self._away = away / max(float((np.abs(away) ** 2).sum()), 1e-9)

    def to(self, there: Floats) -> Affine:
        """there: float32 (k, 2)."""
        end = np.ascontiguousarray(there, np.float32).view(np.complex64)[:, 0].astype(np.complex128)
        turn = self._away @ end  # the mean of `end` takes no part: what it is multiplied by adds up to 0
        shift = end.sum() / len(end) - turn * self._middle
        return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
