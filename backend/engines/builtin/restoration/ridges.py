"""How strongly each pixel lies on a thin bright line, and how much else there is around it.

Apart from `damage_model.py`, which weighs these measurements: here stands what a line is, there what a
scratch is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from backend.media.types import FloatImage

ORIENTATIONS = 16
_PADDING_PX = 72  # more than the longest line reaches beyond a pixel


@dataclass(frozen=True, slots=True)
class _Probe:
    """A line of 2 ** doublings pixels, compared with its sides `gap_px` away."""

    doublings: int
    gap_px: float


_PROBES = (_Probe(3, 2.0), _Probe(3, 4.5), _Probe(4, 2.0), _Probe(4, 4.5), _Probe(5, 3.0))
_TOP_HAT_SIDES_PX = (5, 9, 15)


def line_means(plane: FloatImage, angle: float, doublings: int) -> Iterator[FloatImage]:
    """Mean of the plane along a straight line through each pixel, for lines of 2, 4, 8 … pixels.

    Each line is the mean of two of half the length, so a long one costs little more than a short one.

    plane: float32 (H, W); beyond its edges it is mirrored
    angle: of the line, radians in [0, pi), 0 = along a row
    yields: `doublings` planes of the same size
    """
    height_px, width_px = plane.shape
    pad_px = _PADDING_PX
    mean = cv2.copyMakeBorder(plane, pad_px, pad_px, pad_px, pad_px, cv2.BORDER_REFLECT)
    reach_x, reach_y = 0, 0
    for step in range(doublings):
        dx, dy = round(np.cos(angle) * 2**step), round(np.sin(angle) * 2**step)
        rows, columns = mean.shape[0] - dy, mean.shape[1] - abs(dx)
        near, far = max(0, -dx), max(0, dx)
        mean = 0.5 * (mean[:rows, near : near + columns] + mean[dy:, far : far + columns])
        reach_x, reach_y = reach_x + abs(dx), reach_y + dy
        top, left = max(0, pad_px - reach_y // 2), max(0, pad_px - reach_x // 2)
        yield np.asarray(mean[top : top + height_px, left : left + width_px], np.float32)


def beside(plane: FloatImage, angle: float, gap_px: float) -> tuple[FloatImage, FloatImage]:
    """The plane's values `gap_px` to the two sides of a line of this angle through each pixel."""
    dx, dy = round(-np.sin(angle) * gap_px), round(np.cos(angle) * gap_px)
    height_px, width_px = plane.shape
    pad_px = int(np.ceil(gap_px)) + 1
    wide = cv2.copyMakeBorder(plane, pad_px, pad_px, pad_px, pad_px, cv2.BORDER_REPLICATE)
    left, right = (
        wide[pad_px + y : pad_px + y + height_px, pad_px + x : pad_px + x + width_px]
        for x, y in ((dx, dy), (-dx, -dy))
    )
    return np.asarray(left, np.float32), np.asarray(right, np.float32)


def measurements(brightness: FloatImage) -> tuple[FloatImage, FloatImage]:
    """What speaks for and against a bright mark on each pixel; and the same for a dark mark.

    brightness: float32 (H, W) in [0, 255]
    returns: twice float32 (N, H, W), about [-3, 3]
    """
    low, high = np.percentile(brightness, (0.5, 99.5))
    print_ = np.asarray((brightness - low) * (100.0 / max(20.0, float(high - low))), np.float32)
    bright, dark = _ridges(print_)
    return _of_one_side(print_, bright, dark), _of_one_side(100.0 - print_, dark, bright)


def _ridges(print_: FloatImage) -> tuple[FloatImage, FloatImage]:
    """How far the best line through each pixel stands above, and below, both of its sides.

    returns: twice float32 (probes + 1, H, W); the last is of the worst orientation: a speck has no direction
    """
    count = len(_PROBES) + 1
    bright = np.full((count, *print_.shape), -50.0, np.float32)
    dark = bright.copy()
    bright[-1], dark[-1] = 50.0, 50.0
    for index in range(ORIENTATIONS):
        angle = np.pi * index / ORIENTATIONS
        lines = list(line_means(print_, angle, max(probe.doublings for probe in _PROBES)))
        for place, probe in enumerate(_PROBES):
            line = lines[probe.doublings - 1]
            left, right = beside(line, angle, probe.gap_px)
            unlike = 0.5 * np.abs(left - right)
            above = line - np.maximum(left, right) - unlike
            below = np.minimum(left, right) - line - unlike
            np.maximum(bright[place], above, out=bright[place])
            np.maximum(dark[place], below, out=dark[place])
            if place == 1:
                np.minimum(bright[-1], above, out=bright[-1])
                np.minimum(dark[-1], below, out=dark[-1])
    return bright, dark


def _of_one_side(print_: FloatImage, ridges: FloatImage, opposite: FloatImage) -> FloatImage:
    calm = _blurred(print_, 0.6)
    detail = np.abs(print_ - _blurred(print_, 1.5))
    planes = list(ridges)
    for side_px in _TOP_HAT_SIDES_PX:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side_px, side_px))
        planes.append(np.asarray(cv2.morphologyEx(calm, cv2.MORPH_TOPHAT, kernel), np.float32))
    planes += [print_ - _blurred(print_, 3.0), calm - _blurred(print_, 12.0)]
    planes += [_around(np.maximum(opposite[0], 0), side_px) for side_px in (11, 31, 81)]
    planes += [_around(np.maximum(ridges[0], 0), side_px) for side_px in (31, 81)]
    planes += [_around(np.maximum(opposite[3], 0), side_px) for side_px in (31, 81)]
    planes += [_around(detail, side_px) for side_px in (15, 41)]
    planes += [np.full_like(print_, np.median(detail))]
    planes += [_slope(print_, sigma_px) for sigma_px in (1.5, 4.0)]
    contrasts = np.arcsinh(np.stack(planes) / 3.0)
    levels = np.stack([calm, _blurred(print_, 6.0)]) / 50.0 - 1.0
    return np.asarray(np.concatenate([contrasts, levels]), np.float32)


def _blurred(plane: FloatImage, sigma_px: float) -> FloatImage:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma_px), np.float32)


def _around(plane: FloatImage, side_px: int) -> FloatImage:
    return np.asarray(cv2.blur(plane, (side_px, side_px)), np.float32)


def _slope(plane: FloatImage, sigma_px: float) -> FloatImage:
    smooth = _blurred(plane, sigma_px)
    dx, dy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(dx, dy) / 4.0, np.float32)
