"""The photo's own colours and light on a face that a network painted: skin does not shift, grey stays grey.

Users' oldest complaints are red skin and tints on black and white. Apart from pasting, because it happens in
the aligned square, where the network's face and the photo's lie on each other.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.planes import luma
from backend.media.types import FloatImage, RgbImage

_CHROMA_SIGMA_PX: Final = 8.0  # of 512: lips, eyes and skin keep the photo's hue, the network only its edges
_LIGHT_SIGMA_PX: Final = (
    48.0  # of 512: light and shade of half a face are the photo's, features the network's
)
_MEASURED_SIDE_PX: Final = 384
_LEVELS: Final = 256
_BIN_LEVELS: Final = 8
_LEAST_PIXELS: Final = 20  # in a bin, for its median to mean something
_NEUTRAL_BELOW: Final = 0.75  # levels off grey, at most: rounding and JPEG, no tint

TintCurve = npt.NDArray[np.float32]
"""float32 (256, 3): what R, G and B are above the luma, for each whole luma; its own luma is 0."""


def keep_colours(face: FloatImage, crop: FloatImage) -> FloatImage:
    """The face with the large-scale colour and light of the photo's crop.

    face, crop: float32 (512, 512, 3) RGB in [0, 255], the network's face and what it was made from
    returns:    float32 (512, 512, 3); a face equal to the crop comes back as it is
    """
    difference = crop - face
    light = luma(difference)  # linear: the luma of the difference is the difference of lumas
    slow_light = _blurred(light, _LIGHT_SIGMA_PX)
    slow_colour = _blurred(difference - light[..., None], _CHROMA_SIGMA_PX)
    return np.asarray(face + slow_light[..., None] + slow_colour, np.float32)


def keep_tint(face: FloatImage, crop: FloatImage, tint: TintCurve) -> FloatImage:
    """The face of a print of one tint: the network's brightness with the photo's light, in the print's tint.

    face, crop: float32 (512, 512, 3) RGB in [0, 255]; tint: of `measure_tint`, of the picture pasted into
    returns:    float32 (512, 512, 3); the three channels equal where the tint is none
    """
    before = luma(face)
    return tinted(before + _blurred(luma(crop) - before, _LIGHT_SIGMA_PX), tint)


def tinted(brightness: FloatImage, tint: TintCurve) -> FloatImage:
    """A print of one tint from its brightness: (H, W) -> float32 (H, W, 3)."""
    levels = np.clip(np.rint(brightness), 0, _LEVELS - 1).astype(np.intp)
    return np.asarray(brightness[..., None] + tint[levels], np.float32)


def measure_tint(picture: RgbImage) -> TintCurve:
    """The tint of a print of one, for each lightness: a sepia's shadows are not as yellow as its lights.

    picture: uint8 (H, W, 3) RGB, without colours of its own
    """
    small = np.asarray(cv2.GaussianBlur(_small(picture).astype(np.float32), (0, 0), 1.0), np.float32)
    brightness = luma(small)
    offsets = (small - brightness[..., None]).reshape(-1, 3)
    bins = np.clip(brightness.reshape(-1) / _BIN_LEVELS, 0, _LEVELS // _BIN_LEVELS - 1).astype(int)
    full = [int(index) for index in np.unique(bins) if np.count_nonzero(bins == index) >= _LEAST_PIXELS]
    if not full:
        full, bins = [0], np.zeros_like(bins)
    medians = np.array([np.median(offsets[bins == index], axis=0) for index in full])
    middles = (np.array(full) + 0.5) * _BIN_LEVELS
    levels = np.arange(_LEVELS)
    curve = np.stack([np.interp(levels, middles, medians[:, channel]) for channel in range(3)], axis=1)
    curve -= (curve @ np.array([0.299, 0.587, 0.114]))[:, None]  # brightness is not the tint's business
    if np.abs(curve).max() < _NEUTRAL_BELOW:
        curve[:] = 0.0
    return curve.astype(np.float32)


def _small(picture: RgbImage) -> RgbImage:
    height_px, width_px = picture.shape[:2]
    ratio = min(1.0, _MEASURED_SIDE_PX / max(height_px, width_px))
    size_px = max(1, round(width_px * ratio)), max(1, round(height_px * ratio))
    return np.asarray(cv2.resize(picture, size_px, interpolation=cv2.INTER_AREA), np.uint8)


def _blurred(plane: FloatImage, sigma_px: float) -> FloatImage:
    """A wide blur at a quarter of the size: sixteen times less work, and nothing of it is fine."""
    height_px, width_px = plane.shape[:2]
    small_px = max(1, width_px // 4), max(1, height_px // 4)
    small = cv2.GaussianBlur(cv2.resize(plane, small_px, interpolation=cv2.INTER_AREA), (0, 0), sigma_px / 4)
    return np.asarray(cv2.resize(small, (width_px, height_px), interpolation=cv2.INTER_LINEAR), np.float32)
