"""The photo's grain on faces that came out of a network without any: or they look like stickers.

Brightness only, and the same photo always gets the same grain.
"""

import hashlib
from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.restoration.analyse import grain_of
from backend.engines.builtin.restoration.planes import luma
from backend.media.types import FloatImage, RgbImage

_TILE_PX: Final = 384  # of the photo's own pixels
_TILES_PER_SIDE: Final = 3
_SEED_STEP_PX: Final = 7  # enough pixels to tell two photos apart
_SOFTNESS_PX: Final = 0.6  # sigma: grain of film and JPEG is not as fine as single pixels
_MOST_GRAIN: Final = 8.0  # 8-bit units; more is texture that was mistaken for it
_LEAST_SEEN: Final = 0.4  # 8-bit units; less is rounded away


def measure_grain(picture: RgbImage, scale: int) -> float:
    """Standard deviation of the grain in luma, 8-bit units, at the photo's own size.

    picture: uint8 (scale * H, scale * W, 3) RGB, the photo enlarged `scale` times
    """
    return min(_MOST_GRAIN, grain_of(list(_tiles(picture, scale))))


def seed_of(photo: RgbImage) -> int:
    """A number that belongs to this photo's pixels."""
    some = np.ascontiguousarray(photo[::_SEED_STEP_PX, ::_SEED_STEP_PX])
    shape = np.array(photo.shape, np.int64).tobytes()
    return int.from_bytes(hashlib.blake2b(shape + some.tobytes(), digest_size=8).digest(), "little")


def missing_grain(
    face: FloatImage, grain: float, photo_ratio: float, size_px: tuple[int, int], scale: int, seed: int
) -> FloatImage | None:
    """What to add to a face so that it has as much grain as the picture around it; None where it has.

    face: float32 (512, 512, 3) RGB in [0, 255], as it will be pasted
    photo_ratio: photo pixels per crop pixel
    grain: of `measure_grain`
    size_px: width and height of the result's part that the face covers; scale: its pixels per photo pixel
    returns: float32 (height, width), mean about 0
    """
    side_px = max(1, round(face.shape[0] * min(1.0, photo_ratio)))
    present = grain_of([_resized(luma(face), (side_px, side_px), cv2.INTER_AREA)])
    missing = float(np.sqrt(max(0.0, grain**2 - present**2)))
    if missing < _LEAST_SEEN:
        return None
    small_px = max(1, round(size_px[0] / scale)), max(1, round(size_px[1] / scale))
    noise = np.random.default_rng(seed).standard_normal((small_px[1], small_px[0]), np.float32)
    soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), _SOFTNESS_PX), np.float32)
    soft *= missing / max(1e-3, float(soft.std()))
    return _resized(soft, size_px, cv2.INTER_CUBIC)


def _resized(plane: FloatImage, size_px: tuple[int, int], interpolation: int) -> FloatImage:
    if (plane.shape[1], plane.shape[0]) == size_px:
        return plane
    return np.asarray(cv2.resize(plane, size_px, interpolation=interpolation), np.float32)


def _tiles(picture: RgbImage, scale: int) -> Iterator[FloatImage]:
    """Luma of up to nine places, at the photo's own size."""
    side_px = _TILE_PX * scale
    for top in _starts(picture.shape[0], side_px):
        for left in _starts(picture.shape[1], side_px):
            tile = luma(picture[top : top + side_px, left : left + side_px].astype(np.float32))
            small_px = max(1, tile.shape[1] // scale), max(1, tile.shape[0] // scale)
            yield _resized(tile, small_px, cv2.INTER_AREA)


def _starts(length_px: int, side_px: int) -> list[int]:
    last = max(0, length_px - side_px)
    return sorted({int(last * share) for share in np.linspace(0.0, 1.0, _TILES_PER_SIDE)})
