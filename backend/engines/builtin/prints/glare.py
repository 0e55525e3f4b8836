"""Take the haze of a lamp's reflection off a print: light that was added, and can be subtracted again.

Apart from evening out light, because uneven light multiplies and this adds. Only haze around a burnt-out core
counts as glare: bright, without colour, soft all around and away from the edges. White dresses, skies and
windows end sharply somewhere.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.media.types import FloatImage, RgbImage

_COPY_SIDE_PX: Final = 512
_BURNT: Final = 246  # of the least of the three channels
_LEAST_CORE, _MOST_CORE = 0.0004, 0.12  # of the print's area
_HAZE_REACH: Final = 0.22  # of the copy's long side, from the core
_SOFT_AT: Final = 0.012  # of the long side: this far from the core ...
_SOFT: Final = 0.55  # ... the light is still this strong (of the core's) ...
_SOFT_SHARE: Final = 0.9  # ... nearly all around
_FADES: Final = 0.5  # of the core's light, at the end of the haze
_PERCENTILE: Final = 30  # of the light at one distance: dark things in the haze show it best
_LINEAR: Final = ((np.arange(256) / 255.0) ** 2.2).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutGlare:
    """A print, its haze reduced (or not), and whether burnt-out cores are left in it."""

    image: RgbImage
    is_reduced: bool
    is_left: bool


def reduce_glare(print_: RgbImage) -> WithoutGlare:
    """print_: uint8 (H, W, 3) RGB; returned as it is where there is no glare."""
    height_px, width_px = print_.shape[:2]
    ratio = min(1.0, _COPY_SIDE_PX / max(height_px, width_px))
    copy = np.asarray(cv2.resize(print_, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA), np.uint8)
    light = np.asarray(_LINEAR[copy].mean(axis=2), np.float32)
    haze = np.zeros_like(light)
    for core in _cores(copy):
        haze = np.maximum(haze, _haze_around(core, light))
    if not haze.any():
        return WithoutGlare(image=print_, is_reduced=False, is_left=False)
    soft = cv2.GaussianBlur(haze, (0, 0), 0.006 * max(haze.shape))
    added = cv2.resize(soft, (width_px, height_px), interpolation=cv2.INTER_LINEAR)[..., None]
    linear = _LINEAR[print_]
    below = np.maximum(linear - added, 0.25 * linear)  # never to black
    # What is burnt out holds nothing: it stays white, with a soft edge.
    burnt = np.clip((print_.min(axis=2, keepdims=True).astype(np.float32) - 236) / 16, 0, 1)
    result = below + cv2.GaussianBlur(burnt, (0, 0), 1.0 / ratio)[..., None] * (linear - below)
    image = np.rint(255 * np.clip(result, 0, 1) ** np.float32(1 / 2.2)).astype(np.uint8)
    return WithoutGlare(image=image, is_reduced=True, is_left=True)


def _cores(copy: RgbImage) -> list[npt.NDArray[np.bool_]]:
    burnt = cv2.morphologyEx((copy.min(axis=2) >= _BURNT).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(burnt)
    height_px, width_px = burnt.shape
    cores = []
    for label in range(1, count):
        left, top, width, height, area = stats[label]
        is_at_edge = left < 3 or top < 3 or left + width > width_px - 3 or top + height > height_px - 3
        if not is_at_edge and _LEAST_CORE < area / burnt.size < _MOST_CORE:
            cores.append(np.asarray(labels == label, np.bool_))
    return cores


def _haze_around(core: npt.NDArray[np.bool_], light: FloatImage) -> FloatImage:
    """float32 (H, W) linear light that was added, 0 everywhere where this core is no glare."""
    nothing = np.zeros_like(light)
    long_px = max(light.shape)
    away_px = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    near = np.abs(away_px - max(2.0, _SOFT_AT * long_px)) < 0.8
    end_px = int(_HAZE_REACH * long_px)
    end = np.abs(away_px - end_px) < 2
    strongest = float(light[core].mean())
    if not near.any() or not end.any():
        return nothing
    if (light[near] > _SOFT * strongest).mean() < _SOFT_SHARE:
        return nothing
    if np.median(light[end]) > _FADES * strongest:
        return nothing
    ring = np.minimum(away_px, end_px).astype(np.int64)
    darkest = np.array([np.percentile(light[ring == step], _PERCENTILE) for step in range(1, end_px + 1)])
    lifted = np.minimum.accumulate(darkest) - darkest.min()
    lifted = cv2.GaussianBlur(lifted[:, None].astype(np.float32), (0, 0), 2.0)[:, 0]
    profile = np.concatenate([lifted[:1], lifted])
    profile[-1] = 0
    return np.asarray(np.interp(away_px, np.arange(len(profile)), profile), np.float32)
