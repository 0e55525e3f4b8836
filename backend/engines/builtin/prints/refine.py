"""A print's sides to a fraction of a pixel, from the picture at its full size.

The search sees a small copy; a pixel of that is five of the picture. Apart from it, because here only a
narrow band along four known lines is read.
"""

from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.prints.lines import Doubles
from backend.media.types import RgbImage

_POSITIONS: Final = 160  # along a side
_CORNER_SHARE: Final = 0.04  # of a side that is left out at either end, where fingers and bends are
_SIGMA_POSITIONS: Final = 5.0  # along a side, over letters, threads and a deckle's waves
_ROUNDS: Final = 6
_HUBER: Final = 1.5  # deviations beyond which a position counts less


def refined(picture: RgbImage, corners: Doubles, band_px: float) -> Doubles:
    """Move each side to where the colour changes most, within `band_px`.

    corners: float64 (4, 2) pixel indices of `picture`, clockwise
    returns: the same, moved; a side that shows no clear change stays
    """
    lines = []
    for index in range(4):
        lines.append(_side(picture, corners[index], corners[(index + 1) % 4], band_px))
    moved = np.array([_crossing(lines[index - 1], lines[index]) for index in range(4)])
    return moved if np.abs(moved - corners).max() < 2 * band_px else corners


def _side(picture: RgbImage, start: Doubles, end: Doubles, band_px: float) -> tuple[Doubles, Doubles]:
    """Two points of the side's better line."""
    along = (end - start) / np.linalg.norm(end - start)
    inward = np.array([-along[1], along[0]])
    share = np.linspace(_CORNER_SHARE, 1 - _CORNER_SHARE, _POSITIONS)[:, None]
    feet = start + share * (end - start)
    offsets = np.arange(-np.ceil(2 * band_px), np.ceil(2 * band_px) + 1)
    places = (feet[:, None] + offsets[:, None] * inward).astype(np.float32)
    across, down = np.ascontiguousarray(places[..., 0]), np.ascontiguousarray(places[..., 1])
    strip = cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    colours = cv2.GaussianBlur(
        strip, (0, 0), sigmaX=max(0.8, 0.25 * band_px), sigmaY=_SIGMA_POSITIONS
    ).astype(np.float64)
    change = np.linalg.norm(np.gradient(colours, axis=1), axis=2)
    change[:, np.abs(offsets) > band_px] = 0
    # All positions together first: a stain at one of them must not draw the line away.
    common = change.mean(axis=0)
    near = np.abs(offsets - offsets[common.argmax()]) <= max(1.5, 0.5 * band_px)
    change[:, ~near] = 0
    weight = change.max(axis=1)
    at = _peaks(change, offsets)
    line = np.zeros(2)
    design = np.column_stack([np.ones(_POSITIONS), share[:, 0] - 0.5])
    weights = weight.copy()
    for _ in range(_ROUNDS):
        weighted = design * weights[:, None]
        line = np.linalg.lstsq(weighted.T @ design + 1e-9 * np.eye(2), weighted.T @ at, rcond=None)[0]
        off = np.abs(at - design @ line)
        scale = max(0.25, 1.48 * float(np.median(off)))
        weights = weight / np.maximum(1, off / (_HUBER * scale)) ** 2
    first, last = line[0] - 0.5 * line[1], line[0] + 0.5 * line[1]
    return start + first * inward, end + last * inward


def _peaks(change: Doubles, offsets: Doubles) -> Doubles:
    """Where each position's change is greatest: the vertex of a parabola through three samples."""
    top = change.argmax(axis=1).clip(1, len(offsets) - 2)
    rows = np.arange(len(top))
    before, here, after = (change[rows, top + off] for off in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = np.where(bend < 0, 0.5 * (before - after) / np.where(bend < 0, bend, 1), 0)
    return np.asarray(offsets[top] + np.clip(shift, -0.5, 0.5), np.float64)


def _crossing(first: tuple[Doubles, Doubles], second: tuple[Doubles, Doubles]) -> Doubles:
    """Where two lines, each through two points, cross."""
    (a, b), (c, d) = first, second
    u, v = b - a, d - c
    cross = u[0] * v[1] - u[1] * v[0]
    if abs(cross) < 1e-9:
        return c
    share = ((c[0] - a[0]) * v[1] - (c[1] - a[1]) * v[0]) / cross
    return np.asarray(a + share * u, np.float64)
