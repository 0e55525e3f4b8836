"""Whether a lamp's reflection has burnt a hole into a print: worth another photograph, from another side.

It is only told, not taken away. Subtracting the haze around such a hole gained 1 to 8 dB on made reflections
and looked worse to the eye: the hole got a hard edge and dark surroundings.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.media.types import FloatImage, RgbImage

_COPY_SIDE_PX: Final = 512
_BURNT: Final = 246  # of the least of the three channels
_LEAST_CORE, _MOST_CORE = 0.0004, 0.12  # of the print's area
_REACH: Final = 0.22  # of the copy's long side: haze ends nearer than this to the core
_SOFT_AT: Final = 0.012  # of the long side: this far from the core ...
_SOFT: Final = 0.55  # ... the light is still this strong (of the core's) ...
_SOFT_SHARE: Final = 0.9  # ... nearly all around
_FADES: Final = 0.5  # of the core's light, at the end of the haze
_STEEPEST: Final = 0.045  # fall of the light a px, of the core's, where it is half: haze 0.02 to 0.04
_SECTORS: Final = 12
_MOST_ELONGATED: Final = 3.0  # widest / narrowest reach of the haze: clouds and dresses stretch farther
_LINEAR: Final = ((np.arange(256) / 255.0) ** 2.2).astype(np.float32)


def has_glare(print_: RgbImage) -> bool:
    """True where a burnt-out spot without colour fades out softly and evenly, all around.

    print_: uint8 (H, W, 3) RGB

    White dresses, skies and windows end sharply, or farther one way than another.
    """
    height_px, width_px = print_.shape[:2]
    ratio = min(1.0, _COPY_SIDE_PX / max(height_px, width_px))
    size = (max(1, round(width_px * ratio)), max(1, round(height_px * ratio)))
    copy = np.asarray(cv2.resize(print_, size, interpolation=cv2.INTER_AREA), np.uint8)
    light = np.asarray(cv2.GaussianBlur(_LINEAR[copy].mean(axis=2), (0, 0), 1.0), np.float32)
    return any(_is_glare(core, light) for core in _cores(copy))


def _cores(copy: RgbImage) -> list[npt.NDArray[np.bool_]]:
    burnt = cv2.morphologyEx(
        (copy.min(axis=2) >= _BURNT).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(burnt)
    height_px, width_px = burnt.shape
    cores = []
    for label in range(1, count):
        left, top, width, height, area = stats[label]
        is_at_edge = left < 3 or top < 3 or left + width > width_px - 3 or top + height > height_px - 3
        if not is_at_edge and _LEAST_CORE < area / burnt.size < _MOST_CORE:
            cores.append(np.asarray(labels == label, np.bool_))
    return cores


def _is_glare(core: npt.NDArray[np.bool_], light: FloatImage) -> bool:
    long_px = max(light.shape)
    away_px = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    near = np.abs(away_px - max(2.0, _SOFT_AT * long_px)) < 0.8
    end = np.abs(away_px - _REACH * long_px) < 2
    strongest = float(light[core].mean())
    if not near.any() or not end.any():
        return False
    is_soft = (light[near] > _SOFT * strongest).mean() >= _SOFT_SHARE
    fades = np.median(light[end]) <= _FADES * strongest
    if not is_soft or not fades:
        return False
    _, labels = cv2.connectedComponents((light > 0.5 * strongest).astype(np.uint8))
    bright = (labels == labels[core].max()).astype(np.uint8)
    rim = cv2.dilate(bright, np.ones((3, 3), np.uint8)) > bright
    fall = np.hypot(*(cv2.Sobel(light, cv2.CV_32F, *axis, scale=1 / 8) for axis in ((1, 0), (0, 1))))
    is_gentle = np.median(fall[rim]) < _STEEPEST * strongest
    return bool(is_gentle and _elongation(core, rim) < _MOST_ELONGATED)


def _elongation(core: npt.NDArray[np.bool_], rim: npt.NDArray[np.bool_]) -> float:
    """Farthest / nearest median distance of the rim from the core's middle, over sectors."""
    middle = np.argwhere(core).mean(axis=0)
    off = np.argwhere(rim) - middle
    turn = np.arctan2(off[:, 0], off[:, 1]) / (2 * np.pi) % 1
    sector = np.minimum((turn * _SECTORS).astype(np.int64), _SECTORS - 1)
    away_px = np.hypot(off[:, 0], off[:, 1])
    reaches = [np.median(away_px[sector == number]) for number in range(_SECTORS) if (sector == number).any()]
    return float(max(reaches) / max(min(reaches), 1)) if len(reaches) >= _SECTORS - 2 else np.inf
