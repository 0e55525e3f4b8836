"""Repair a picture that was enlarged beyond its detail, at the smaller size that holds all of it.

Its grain comes in blobs and its edges are many pixels wide: at its own size neither looks like what it is.
Kept apart from denoising and deblurring because it only decides at which size those two happen.
The limits were set on 40 enlarged portraits, with an eye on what a second restoration would do.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from backend.engines.builtin.restoration.analyse import analyse
from backend.engines.builtin.restoration.deblur import deblur
from backend.engines.builtin.restoration.denoise import denoise
from backend.media.types import FloatImage

_SOFT_FROM_PX = 1.3  # of blur, at a size: a wider edge than that loses nothing on the way there
_ROUNDS = 4  # most pictures need one, hardly any a third
_REPAIRED_SHARE = 0.583  # of its blur at twice the size; grainy pictures that nobody repaired are softer
_REPAIRED_FROM_PX = 1.65  # below it, texture makes any picture look sharp at half the size
_HALF_BLUR_LIMIT_PX = 2.0  # only what was repaired at a quarter is as soft as this at half
_WORTH_A_CLOSER_LOOK_PX = 1.0  # grain on the edges reads as sharpness, but not as more than this
_CALM_SHARE = 0.45  # of the denoising: detail is as small as the grain here
_SIGMA_SHARE = 1.4  # of the blur: what the denoising left of it
_DOUBTFUL_SHARE = 0.45  # of deblurring: a picture that had been repaired is changed by less than shows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Smaller:
    """A picture made smaller, and what is wrong with it at that size."""

    ratio: int  # pixels a side to one of these
    photo: FloatImage
    calm: FloatImage  # without its grain
    noise: float
    blur_px: float  # of `calm`


def repair_enlarged(
    photo: FloatImage, blur_px: float, noise: float, *, with_chroma: bool
) -> FloatImage | None:
    """The photo denoised and deblurred at a quarter or half of its size; None where it fills its own.

    Itself where that seems to have been done to it before: it is sharper at the smaller size than its edges
    let expect. Where it seems to have been done at half its size, but blur alone would look the same, it is
    deblurred in part.

    photo, returns: float32 (H, W, 3) RGB in [0, 255]
    blur_px, noise: sigma of the blur, and grain, at its own size
    with_chroma: smooth colour grain too
    """
    quarter = _made_smaller(photo, 4, with_chroma=with_chroma)
    if quarter.blur_px >= _SOFT_FROM_PX:
        return _repaired(photo, quarter, with_chroma=with_chroma)
    half = _made_smaller(photo, 2, with_chroma=with_chroma)
    if half.blur_px > _HALF_BLUR_LIMIT_PX or _was_repaired(half.blur_px, quarter.blur_px):
        return photo
    if half.blur_px >= _SOFT_FROM_PX:
        return _repaired(photo, half, with_chroma=with_chroma)
    if _was_repaired(blur_px, half.blur_px):
        return photo + _DOUBTFUL_SHARE * (deblur(photo, blur_px, noise) - photo)
    return None


def _was_repaired(blur_px: float, blur_smaller_px: float) -> bool:
    """At the smaller size; the blurs are those at twice that size and there."""
    return blur_px >= _REPAIRED_FROM_PX and blur_smaller_px < _REPAIRED_SHARE * blur_px


def _repaired(photo: FloatImage, smaller: _Smaller, *, with_chroma: bool) -> FloatImage:
    for _ in range(_ROUNDS):
        photo = _with_change(photo, smaller)
        smaller = _made_smaller(photo, smaller.ratio, with_chroma=with_chroma)
        if smaller.blur_px < _SOFT_FROM_PX:
            break
    return photo


def _made_smaller(photo: FloatImage, ratio: int, *, with_chroma: bool) -> _Smaller:
    size_px = max(1, photo.shape[1] // ratio), max(1, photo.shape[0] // ratio)
    small = np.asarray(cv2.resize(photo, size_px, interpolation=cv2.INTER_AREA), np.float32)
    analysis = analyse(small)
    calm, blur_px = small, analysis.blur_px
    if blur_px >= _WORTH_A_CLOSER_LOOK_PX:
        calm = denoise(small, analysis.noise, with_chroma=with_chroma)
        blur_px = analyse(calm).blur_px
    return _Smaller(ratio=ratio, photo=small, calm=calm, noise=analysis.noise, blur_px=blur_px)


def _with_change(photo: FloatImage, smaller: _Smaller) -> FloatImage:
    """The photo with what denoising and deblurring change at the smaller size."""
    calm = smaller.photo + _CALM_SHARE * (smaller.calm - smaller.photo)
    sharp = deblur(calm, _SIGMA_SHARE * smaller.blur_px, (1.0 - _CALM_SHARE) * smaller.noise)
    size_px = photo.shape[1], photo.shape[0]
    change = cv2.resize(sharp - smaller.photo, size_px, interpolation=cv2.INTER_CUBIC)
    return np.asarray(photo + change, np.float32)
