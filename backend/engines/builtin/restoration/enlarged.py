"""Repair a picture that was enlarged beyond its detail, at the smaller size that holds all of it.

Its grain comes in blobs and its edges are many pixels wide: at its own size neither looks like what it is.
Kept apart from denoising and deblurring because it only decides at which size those two happen.
The limits were set on 40 enlarged portraits, with an eye on what a second restoration would do.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from backend.engines.builtin.restoration.analyse import analyse
from backend.engines.builtin.restoration.deblur import deblur, lift_detail
from backend.engines.builtin.restoration.denoise import denoise
from backend.engines.builtin.restoration.planes import luma
from backend.media.types import FloatImage

_SOFT_FROM_PX = 1.3  # of blur, at a size: a wider edge than that loses nothing on the way there
_SMOOTH_TO_GRAINY = (0.325, 0.375)  # finest detail / that of twice the width: a slope has 0.25, white grain 1
_REPAIRED_SHARE = 0.583  # of its blur at twice the size; grainy pictures that nobody repaired are softer
_REPAIRED_FROM_PX = 1.65  # below it, texture makes any picture look sharp at half the size
_HALF_BLUR_LIMIT_PX = 2.0  # what was repaired at a quarter is as soft as this at half
_WORTH_A_CLOSER_LOOK_PX = 1.0  # grain on the edges reads as sharpness, but not as more than this
_CALM_SHARE = 0.45  # of the denoising at half: detail is as small as the grain here
_SIGMA_SHARE = 1.4  # of the blur: what the denoising left of it
_LIFT_SIGMA_SHARE = 1.2
_BLURRED_TO_ENLARGED = (0.32, 0.345)  # what half the size cannot hold / what a quarter cannot, beyond it
_DOUBTFUL_SHARES = (0.8, 0.45)  # of deblurring: a picture that had been repaired changes by less than shows
_PROJECTIONS = 3  # until the enlarged change, made smaller, is the change


@dataclass(frozen=True, slots=True, kw_only=True)
class _Smaller:
    """A picture made smaller, and what is wrong with it at that size."""

    photo: FloatImage
    calm: FloatImage  # without its grain
    noise: float
    blur_px: float  # of `calm`


def repair_enlarged(
    photo: FloatImage, blur_px: float, noise: float, *, with_chroma: bool
) -> FloatImage | None:
    """The photo denoised and deblurred at a quarter or half of its size; None where it fills its own.

    Itself where that seems to have been done to it before: smooth at the smaller size, or sharper there than
    its edges let expect. Where it seems to have been done at half its size, but blur alone would look nearly
    the same, it is deblurred in part.

    At a quarter, where a face is a few pixels wide, detail is lifted and no edge is drawn: total variation
    gained more PSNR there, and gave people mouths and eyes that were not theirs.

    photo, returns: float32 (H, W, 3) RGB in [0, 255]
    blur_px, noise: sigma of the blur, and grain, at its own size
    with_chroma: smooth colour grain too
    """
    quarter = _made_smaller(photo, 4, with_chroma=with_chroma)
    if quarter.blur_px >= _SOFT_FROM_PX:
        return _lifted(photo, quarter)
    half = _made_smaller(photo, 2, with_chroma=with_chroma)
    if half.blur_px > _HALF_BLUR_LIMIT_PX or _was_repaired(half.blur_px, quarter.blur_px):
        return photo
    if half.blur_px >= _SOFT_FROM_PX:
        calm = half.photo + _CALM_SHARE * (half.calm - half.photo)
        sharp = deblur(calm, _SIGMA_SHARE * half.blur_px, (1.0 - _CALM_SHARE) * half.noise)
        return photo + _enlarged(sharp - half.photo, photo)
    if _was_repaired(blur_px, half.blur_px):
        share = np.interp(_fine_share(photo), _BLURRED_TO_ENLARGED, _DOUBTFUL_SHARES)
        return photo + np.float32(share) * (deblur(photo, blur_px, noise) - photo)
    return None


def _lifted(photo: FloatImage, quarter: _Smaller) -> FloatImage:
    """Without grain and with more of what detail is left; itself where there is no grain at that size."""
    weight = float(np.interp(_grain_share(quarter.photo), _SMOOTH_TO_GRAINY, (0.0, 1.0)))
    if weight == 0.0:
        return photo
    lifted = lift_detail(quarter.calm, _LIFT_SIGMA_SHARE * quarter.blur_px)
    return _with_exact_change(photo, weight * (lifted - quarter.photo))


def _was_repaired(blur_px: float, blur_smaller_px: float) -> bool:
    """At the smaller size; the blurs are those at twice that size and there."""
    return blur_px >= _REPAIRED_FROM_PX and blur_smaller_px < _REPAIRED_SHARE * blur_px


def _grain_share(photo: FloatImage) -> float:
    """The usual size of its finest diagonal detail, over that of detail twice as wide.

    What lens or repair made smooth has next to none: grain and coding error tell that nothing did.
    """
    return _diagonal_detail(photo) / max(_diagonal_detail(_resized(photo, 2)), 1e-3)


def _diagonal_detail(photo: FloatImage) -> float:
    plane = luma(photo)
    rows, columns = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
    cut = plane[:rows, :columns]
    detail = cut[::2, ::2] - cut[1::2, ::2] - cut[::2, 1::2] + cut[1::2, 1::2]
    return float(np.median(np.abs(detail))) if detail.size else 0.0


def _fine_share(photo: FloatImage) -> float:
    """Detail lost at half size, over that lost from there to a quarter: blur leaves little of the first."""
    plane = luma(photo)
    half = _resized(plane, 2)
    return _lost(plane, half) / max(_lost(half, _resized(half, 2)), 1e-3)


def _lost(plane: FloatImage, smaller: FloatImage) -> float:
    lost = plane - cv2.resize(smaller, plane.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return float(np.sqrt(np.mean(lost**2)))


def _made_smaller(photo: FloatImage, ratio: int, *, with_chroma: bool) -> _Smaller:
    small = _resized(photo, ratio)
    analysis = analyse(small)
    calm, blur_px = small, analysis.blur_px
    if blur_px >= _WORTH_A_CLOSER_LOOK_PX:
        calm = denoise(small, analysis.noise, with_chroma=with_chroma)
        blur_px = analyse(calm).blur_px
    return _Smaller(photo=small, calm=calm, noise=analysis.noise, blur_px=blur_px)


def _resized(picture: FloatImage, ratio: int) -> FloatImage:
    size_px = max(1, picture.shape[1] // ratio), max(1, picture.shape[0] // ratio)
    return np.asarray(cv2.resize(picture, size_px, interpolation=cv2.INTER_AREA), np.float32)


def _enlarged(change: FloatImage, photo: FloatImage) -> FloatImage:
    return np.asarray(cv2.resize(change, photo.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _with_exact_change(photo: FloatImage, change: FloatImage) -> FloatImage:
    """The photo changed so that, made smaller, it is changed by just that."""
    large = _enlarged(change, photo)
    for _ in range(_PROJECTIONS):
        missing = change - cv2.resize(large, change.shape[1::-1], interpolation=cv2.INTER_AREA)
        large += _enlarged(np.asarray(missing, np.float32), photo)
    return photo + large
