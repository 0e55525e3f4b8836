"""Fill thin damage by carrying what is on its two sides across it.

Nothing is spread along a scratch: every pixel is bridged the way on which the two rims are nearest and most
alike, so an eyelid or an eyebrow goes on under a line that crosses it.
"""

import cv2
import numpy as np
import numpy.typing as npt

from backend.media.types import FloatImage

BoolMask = npt.NDArray[np.bool_]
"""bool (H, W)."""

_DIRECTIONS = 16
_RIM_SIGMA_PX = 0.8  # a rim's colour is a small mean, or its grain would be drawn across as stripes
_LENGTH_POWER = 2.0  # how much shorter bridges are preferred
_UNLIKE_LEVELS = 8.0  # grey levels between two rims that halve a bridge's weight or so


def fill_across(photo: FloatImage, damaged: BoolMask, reach_px: int) -> FloatImage:
    """The photo with its thin damage bridged.

    photo: float32 (H, W, 3) in [0, 255]
    damaged: the pixels to fill
    reach_px: how far a rim is looked for; what lies deeper is filled smoothly from around
    """
    rows, columns = np.nonzero(damaged)
    if rows.size in (0, damaged.size):
        return photo.copy()
    rims = _rim_colours(photo, damaged)
    total = np.zeros((rows.size, 3), np.float32)
    weight = np.zeros((rows.size, 1), np.float32)
    for index in range(_DIRECTIONS):
        angle = np.pi * index / _DIRECTIONS
        one, one_px = _rim_from(rims, damaged, rows, columns, angle, reach_px)
        other, other_px = _rim_from(rims, damaged, rows, columns, angle + np.pi, reach_px)
        between = np.flatnonzero(np.isfinite(one_px + other_px))
        one, other, one_px, other_px = one[between], other[between], one_px[between], other_px[between]
        length_px = one_px + other_px
        unlike = np.abs(one - other).mean(1) / _UNLIKE_LEVELS
        share = 1.0 / (length_px**_LENGTH_POWER * (1.0 + unlike**2))
        bridge = (one * other_px[:, None] + other * one_px[:, None]) / length_px[:, None]
        total[between] += share[:, None] * bridge
        weight[between, 0] += share
    filled = photo.copy()
    filled[rows, columns] = total / np.maximum(weight, 1e-12)
    stranded = np.zeros_like(damaged)
    stranded[rows, columns] = weight[:, 0] == 0
    return _smoothed_over(filled, stranded) if stranded.any() else filled


def _rim_colours(photo: FloatImage, damaged: BoolMask) -> FloatImage:
    whole = (~damaged).astype(np.float32)
    share = cv2.GaussianBlur(whole, (0, 0), _RIM_SIGMA_PX)[..., None]
    colours = cv2.GaussianBlur(photo * whole[..., None], (0, 0), _RIM_SIGMA_PX)
    return np.asarray(colours / np.maximum(share, 1e-6), np.float32)


def _rim_from(
    rims: FloatImage,
    damaged: BoolMask,
    rows: npt.NDArray[np.intp],
    columns: npt.NDArray[np.intp],
    angle: float,
    reach_px: int,
) -> tuple[FloatImage, FloatImage]:
    """Colour and distance of the first whole pixel in one direction; distance inf where there is none."""
    height_px, width_px = damaged.shape
    colours = np.zeros((rows.size, 3), np.float32)
    away_px = np.full(rows.size, np.inf, np.float32)
    left = np.arange(rows.size)
    dx, dy = np.cos(angle), np.sin(angle)
    for step in range(1, reach_px + 1):
        y = rows[left] + round(dy * step)
        x = columns[left] + round(dx * step)
        inside = (y >= 0) & (y < height_px) & (x >= 0) & (x < width_px)
        left, y, x = left[inside], y[inside], x[inside]
        arrived = ~damaged[y, x]
        colours[left[arrived]] = rims[y[arrived], x[arrived]]
        away_px[left[arrived]] = step
        left = left[~arrived]
        if left.size == 0:
            break
    return colours, away_px


def _smoothed_over(photo: FloatImage, damaged: BoolMask) -> FloatImage:
    """What no bridge reaches (a corner, a middle): pulled in from a pyramid of what is known."""
    whole = (~damaged).astype(np.float32)
    size_px = (photo.shape[1] + 1) // 2, (photo.shape[0] + 1) // 2
    share = cv2.resize(whole, size_px, interpolation=cv2.INTER_AREA)
    known = cv2.resize(photo * whole[..., None], size_px, interpolation=cv2.INTER_AREA)
    small = np.asarray(known / np.maximum(share, 1e-6)[..., None], np.float32)
    unknown = np.asarray(share < 1e-6, np.bool_)
    if unknown.any():
        small = _smoothed_over(small, unknown)
    wide = cv2.resize(small, photo.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.where(damaged[..., None], wide, photo), np.float32)
