"""Twice the size without inventing anything: shrunk again, the result is the photo it was made from."""

import cv2
import numpy as np

from backend.engines.builtin.restoration.planes import luma, with_luma
from backend.media.types import FloatImage

REACH_ROWS = 16  # of the photo, that decide over one row of it enlarged four times; 14 by counting

_UNSHARP_SIGMA_PX = 1.2
_UNSHARP_AMOUNT = 0.35


def enlarge_twice(photo: FloatImage, noise: float) -> FloatImage:
    """Cubic, one back-projection, and a little sharpening that cannot overshoot.

    photo: float32 (H, W, 3) RGB in [0, 255]; returns: float32 (2H, 2W, 3)
    noise: grain left in the photo, 8-bit units; the more of it, the less is sharpened
    """
    height_px, width_px = photo.shape[:2]
    small_px, large_px = (width_px, height_px), (2 * width_px, 2 * height_px)
    large = np.asarray(cv2.resize(photo, large_px, interpolation=cv2.INTER_CUBIC), np.float32)
    missing = cv2.subtract(photo, cv2.resize(large, small_px, interpolation=cv2.INTER_AREA))
    cv2.add(large, cv2.resize(missing, large_px, interpolation=cv2.INTER_CUBIC), dst=large)
    amount = _UNSHARP_AMOUNT * max(0.0, 1.0 - noise / 4)
    return large if amount == 0 else _sharpened(large, amount)


def _sharpened(photo: FloatImage, amount: float) -> FloatImage:
    brightness = luma(photo)
    sharp = brightness + amount * (brightness - cv2.GaussianBlur(brightness, (0, 0), _UNSHARP_SIGMA_PX))
    kernel = np.ones((5, 5), np.uint8)  # the neighbours of a pixel of the photo before it was enlarged
    return with_luma(photo, np.clip(sharp, cv2.erode(brightness, kernel), cv2.dilate(brightness, kernel)))
