"""Repair a picture that was enlarged beyond its detail, at the smaller size that holds all of it.

Its grain comes in blobs and its edges are many pixels wide: at its own size neither looks like what it is.
Kept apart from denoising and deblurring because it only decides at which size those two happen.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from backend.engines.builtin.restoration.analyse import analyse
from backend.engines.builtin.restoration.deblur import deblur
from backend.engines.builtin.restoration.denoise import denoise
from backend.media.types import FloatImage

_WORTH_A_CLOSER_LOOK_PX = 1.0  # grain on the edges reads as sharpness, but not as more than this
_CALM_SHARE = {2: 0.45, 4: 0.55}  # of the denoising, by ratio: detail is as small as the grain here
_SIGMA_SHARE = 1.4  # of the blur: what the denoising left of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Smaller:
    """A picture made smaller, and what is wrong with it at that size."""

    ratio: int  # pixels a side to one of these
    photo: FloatImage
    calm: FloatImage  # without its grain
    noise: float
    blur_px: float  # of `calm`


def made_smaller(photo: FloatImage, ratio: int, *, with_chroma: bool) -> Smaller:
    """The photo with one pixel a side for `ratio`.

    photo: float32 (H, W, 3) RGB in [0, 255]
    with_chroma: smooth colour grain too
    """
    size_px = max(1, photo.shape[1] // ratio), max(1, photo.shape[0] // ratio)
    small = np.asarray(cv2.resize(photo, size_px, interpolation=cv2.INTER_AREA), np.float32)
    analysis = analyse(small)
    if analysis.blur_px < _WORTH_A_CLOSER_LOOK_PX:
        return Smaller(ratio=ratio, photo=small, calm=small, noise=analysis.noise, blur_px=analysis.blur_px)
    calm = denoise(small, analysis.noise, with_chroma=with_chroma)
    return Smaller(ratio=ratio, photo=small, calm=calm, noise=analysis.noise, blur_px=analyse(calm).blur_px)


def repaired_smaller(photo: FloatImage, smaller: Smaller) -> FloatImage:
    """The photo with what denoising and deblurring change at that size.

    photo, returns: float32 (H, W, 3) RGB in [0, 255]
    """
    share = _CALM_SHARE[smaller.ratio]
    calm = smaller.photo + share * (smaller.calm - smaller.photo)
    sharp = deblur(calm, _SIGMA_SHARE * smaller.blur_px, (1.0 - share) * smaller.noise)
    size_px = photo.shape[1], photo.shape[0]
    change = cv2.resize(sharp - smaller.photo, size_px, interpolation=cv2.INTER_CUBIC)
    return np.asarray(photo + change, np.float32)
