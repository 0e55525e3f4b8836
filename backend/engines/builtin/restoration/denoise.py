"""Take most of the grain out, and leave some of it in: skin without any looks like wax."""

import cv2
import numpy as np

from backend.engines.builtin.restoration.planes import luma, to_bytes, with_luma
from backend.media.types import FloatImage, GrayImage

STRENGTH_LIMIT = 8.0  # grain above this is texture that was mistaken for it
_KEPT_GRAIN = 0.2  # of luma
_KEPT_MONO_GRAIN = 0.35  # of prints without colour: with less, faces at three times the size look like wax
_FINE_GRAIN, _COARSE_GRAIN = 3.0, 6.0  # 8-bit units; coarse grain is kept as in colour prints
_KEPT_CHROMA_GRAIN = 0.10
_H_PER_NOISE = 1.25  # best of 0.6 to 1.7 at every noise level that was measured
_TEMPLATE_PX = 5
_SEARCH_PX = 15


def kept_grain_share(noise: float, *, is_mono: bool) -> float:
    """How much of the grain should stay in a photo, of 1.0. noise: its standard deviation, 8-bit units."""
    if not is_mono:
        return _KEPT_GRAIN
    return float(np.interp(noise, (_FINE_GRAIN, _COARSE_GRAIN), (_KEPT_MONO_GRAIN, _KEPT_GRAIN)))


def denoise(
    photo: FloatImage,
    noise: float,
    *,
    with_chroma: bool,
    at_half_size: bool = False,
    kept_grain: float = _KEPT_GRAIN,
) -> FloatImage:
    """The photo with its grain reduced to `kept_grain` of what it was. Looks at most 32 rows up and down.

    photo, returns: float32 (H, W, 3) RGB in [0, 255]
    noise: standard deviation of the grain, 8-bit units
    with_chroma: smooth colour grain too
    at_half_size: for large scans, whose grain is coarser than a pixel: searching there costs a quarter
    """
    strength = _H_PER_NOISE * min(noise, STRENGTH_LIMIT)
    before = luma(photo)
    calm = _calm_at_half_size(before, strength) if at_half_size else _non_local_means(before, strength)
    brightness = calm + kept_grain * (before - calm)
    if with_chroma:
        photo = _calm_chroma(photo, before, noise)
    return with_luma(photo, brightness)


def _calm_at_half_size(brightness: FloatImage, strength: float) -> FloatImage:
    size_px = brightness.shape[1], brightness.shape[0]
    half_px = max(1, size_px[0] // 2), max(1, size_px[1] // 2)
    half = np.asarray(cv2.resize(brightness, half_px, interpolation=cv2.INTER_AREA), np.float32)
    calm = cv2.resize(_non_local_means(half, strength), size_px, interpolation=cv2.INTER_LINEAR)
    detail = brightness - cv2.resize(half, size_px, interpolation=cv2.INTER_LINEAR)
    return np.asarray(calm + _above_grain(np.asarray(detail, np.float32), 0.8 * strength), np.float32)


def _above_grain(detail: FloatImage, threshold: float) -> FloatImage:
    """Nothing of what is weaker than `threshold`, all of what is three times as strong."""
    share = np.clip((np.abs(detail) - threshold) / (2.0 * threshold + 1e-3), 0.0, 1.0)
    return np.asarray(detail * share, np.float32)


def _non_local_means(brightness: FloatImage, strength: float) -> FloatImage:
    pixels: GrayImage = to_bytes(brightness)
    calm = cv2.fastNlMeansDenoising(pixels, None, strength, _TEMPLATE_PX, _SEARCH_PX)
    return np.asarray(calm, np.float32)


def _calm_chroma(photo: FloatImage, brightness: FloatImage, noise: float) -> FloatImage:
    """Colour grain is coarser than that of luma, and nobody misses it: smooth it, but not over edges."""
    difference = photo - brightness[..., None]
    smooth = cv2.bilateralFilter(cv2.GaussianBlur(difference, (0, 0), 1.0), 7, 3.0 * max(noise, 2.0), 3.0)
    return np.asarray(brightness[..., None] + smooth + _KEPT_CHROMA_GRAIN * (difference - smooth), np.float32)
