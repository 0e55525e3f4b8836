"""Bring back the blacks that fading took.

Dyes fade unevenly, so the darkest parts of an old colour print are grey and tinted; setting them back to
black channel by channel removes the tint everywhere. Highlights are left alone: a warm lamp or a blue sky is
no fault.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.planes import luma, shrunk
from backend.media.types import FloatImage

_MEASURED_SIDE_PX = 512
_BORDER_SHARE = 0.03  # mounts and scanner lids are not part of the picture
_FADED_FROM = 42.0  # sound photos, old and new, have their darkest 0.5 % below 40
_FADED_TO = 90.0  # and fog has it above
_BLACK = 18.0  # where the darkest parts are put
_SHARE = 0.7  # of the way there
_CAST_FROM = 8.0  # grey levels between the channels' blacks that make a tint


@dataclass(frozen=True, slots=True, kw_only=True)
class Fade:
    """What is missing to black. `offsets`: grey levels to take from R, G and B."""

    offsets: tuple[float, float, float]
    is_cast: bool  # the channels faded unevenly


def measure_fade(photo: FloatImage, *, is_mono: bool) -> Fade | None:
    """How far the blacks have faded; None where they have not.

    photo: float32 (H, W, 3) RGB in [0, 255]
    """
    small = cv2.GaussianBlur(shrunk(photo, _MEASURED_SIDE_PX), (0, 0), 1.0)
    border_px = round(_BORDER_SHARE * max(small.shape[:2]))
    inner = small[border_px : small.shape[0] - border_px, border_px : small.shape[1] - border_px]
    if inner.size == 0:
        return None
    brightness = luma(np.ascontiguousarray(inner))
    darkest, dark = np.percentile(brightness, (0.5, 2.0))
    if not _FADED_FROM <= darkest <= _FADED_TO:
        return None
    blacks = inner[brightness <= dark].mean(axis=0)
    if is_mono:
        blacks = np.full(3, darkest)  # the tint of a sepia print is meant
    offsets = np.maximum(0.0, _SHARE * (blacks - _BLACK))
    is_cast = not is_mono and float(np.ptp(offsets)) >= _CAST_FROM
    return Fade(offsets=(float(offsets[0]), float(offsets[1]), float(offsets[2])), is_cast=is_cast)


def restore_tone(photo: FloatImage, fade: Fade) -> FloatImage:
    """The photo with its blacks back in place and its whites where they were.

    photo, returns: float32 (H, W, 3) RGB in [0, 255]
    """
    offsets: npt.NDArray[np.float32] = np.array(fade.offsets, np.float32)
    stretched = (photo - offsets) * (255.0 / (255.0 - offsets))
    # Below the new black, tones are pressed together instead of cut off.
    toe = 12.0
    return np.where(stretched < toe, toe * np.exp(np.minimum(stretched - toe, 0.0) / toe), stretched)
