"""From almost a paper's edge to the paper's edge: not the picture's on it, and not its shadow's.

A white border on a white scanner's lid is too faint for the search, and its shadow is not; along a whole side
even a step of two grey levels is plain in the mean. Apart from the refinement, which moves a side by pixels
and knows nothing of paper.
"""

from dataclasses import dataclass
from itertools import product
from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.prints.lines import Doubles
from backend.media.types import RgbImage

_LONG_SIDE_PX: Final = 600  # of the flat copy that is looked at
_REACH: Final = 0.17  # of the shorter side: no border is wider
_NARROWEST: Final = 0.022  # a narrower strip may be the print's shadow
_START_PX: Final = 3  # beyond the blur of an edge
_STEP: Final = 1.8  # CIELAB units between paper and what it lies on, ...
_STEP_PX: Final = 3  # ... within so many px; slower changes are the table's own
_FLAT: Final = 0.8  # deviation of a paper's mean colour, across the border
_EVEN: Final = 9.0  # deviation of its colour, along the border
_ALIKE: Final = 9.0  # between the borders of one paper
_UNEVEN_BORDERS: Final = 1.7  # widest / narrowest of the three narrower ones
_FOOT: Final = 4.0  # and of the fourth
_PICTURE: Final = 2.0  # CIELAB units a px: the edge of the picture on the paper
_EQUAL: Final = 1.2  # widest / narrowest of the two borders that the others are measured by
_WIDEST_SHADOW: Final = 0.035  # of the shorter side
_SHADE: Final = 1.0  # CIELAB lightness by which a shadow is darker than what lies outside it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """A print made flat, seen from its four sides (top, right, bottom, left).

    outward, inward: four float64 (reach, side, 3) CIELAB, row 0 at the side
    flat_px:         width, height
    to_picture:      float64 (3, 3)
    """

    outward: tuple[Doubles, ...]
    inward: tuple[Doubles, ...]
    flat_px: tuple[int, int]
    to_picture: Doubles


def out_to_paper(picture: RgbImage, corners: Doubles) -> Doubles:
    """The outline of the paper, where some or all sides of `corners` are the picture's on it.

    corners: float64 (4, 2) px indices, clockwise
    """
    sides = _seen_from_sides(picture, corners)
    least_px = _NARROWEST * min(sides.flat_px)
    inner = [_paper(strip, least_px) for strip in sides.inward]
    outer = [_border(strip, least_px) for strip in sides.outward]
    choices = []
    for border, paper in zip(outer, inner, strict=True):
        choices.append([one for one in ((0.0, paper), border) if one is not None and one[1] is not None])
    likeliest = (_ALIKE, corners)
    for chosen in product(*choices):
        widths = [width for width, _ in chosen]
        papers = np.array([paper for _, paper in chosen])
        spread = float(np.linalg.norm(papers - papers.mean(axis=0), axis=1).max())
        if not any(widths) and spread < _ALIKE:
            return corners
        if spread < likeliest[0] and _are_borders([width for width in widths if width]):
            likeliest = (spread, _moved(sides, widths))
    return likeliest[1]


def in_from_shadow(picture: RgbImage, corners: Doubles) -> Doubles:
    """The outline without strips of shadow, where the picture on the paper tells how wide its border is."""
    sides = _seen_from_sides(picture, corners)
    shorter_px = min(sides.flat_px)
    widths, papers = [], []
    for strip in sides.inward:
        change = np.linalg.norm(np.gradient(strip.mean(axis=1), axis=0), axis=1)
        first = max(_START_PX + 2, round(_NARROWEST * shorter_px))
        at = first + int(change[first:].argmax()) if len(change) > first else 0
        border = strip[at // 2 : at - 2]
        if not len(border) or change[at] < _PICTURE or _unevenness(border) > _EVEN:
            return corners
        widths.append(float(at))
        papers.append(border.mean(axis=(0, 1)))
    if np.linalg.norm(np.array(papers) - np.mean(papers, axis=0), axis=1).max() > _ALIKE:
        return corners
    least, second = sorted(widths)[:2]
    if second > _EQUAL * least:
        return corners
    moves = []
    for width, inward, outward in zip(widths, sides.inward, sides.outward, strict=True):
        excess = width - (least + second) / 2
        is_strip = 1 < excess < min(_WIDEST_SHADOW * shorter_px, 0.7 * least)
        strip_lightness = inward[: max(1, round(excess)), :, 0].mean() if is_strip else np.inf
        is_shadow = strip_lightness < outward[_START_PX : 2 * _START_PX, :, 0].mean() - _SHADE
        moves.append(-excess if is_shadow else 0.0)
    return _moved(sides, moves) if any(moves) else corners


def _seen_from_sides(picture: RgbImage, corners: Doubles) -> _Sides:
    sides_px = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    scale = min(1.0, _LONG_SIDE_PX / float(sides_px.max()))
    width_px, height_px = (max(8, round(scale * float(sides_px[[at, at + 2]].mean()))) for at in (0, 1))
    reach_px = max(2 * _START_PX + 2, round(_REACH * min(width_px, height_px)))
    flat = np.array([(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], np.float32)
    # Shrunk before it is warped: warping reads single pixels, which alias.
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    real_scale = np.array([small.shape[1] / picture.shape[1], small.shape[0] / picture.shape[0]])
    to_small = cv2.getPerspectiveTransform(flat, ((corners + 0.5) * real_scale - 0.5).astype(np.float32))
    to_picture = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    shift = np.array([[1, 0, -reach_px], [0, 1, -reach_px], [0, 0, 1]], np.float64)
    seen = cv2.warpPerspective(
        small,
        to_small @ shift,
        (width_px + 2 * reach_px, height_px + 2 * reach_px),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    lab = cv2.cvtColor(seen.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB).astype(np.float64)
    turned = [np.rot90(lab, turns)[:, reach_px:-reach_px] for turns in range(4)]
    return _Sides(
        outward=tuple(one[:reach_px][::-1] for one in turned),
        inward=tuple(one[reach_px : 2 * reach_px] for one in turned),
        flat_px=(width_px, height_px),
        to_picture=np.asarray(to_picture, np.float64),
    )


def _moved(sides: _Sides, outward_px: list[float]) -> Doubles:
    width_px, height_px = sides.flat_px
    top, right, bottom, left = outward_px
    x, y = (-left, width_px + right), (-top, height_px + bottom)
    outer = np.array([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])], np.float64)
    return np.asarray(cv2.perspectiveTransform(outer[None], sides.to_picture)[0], np.float64)


def _are_borders(widths: list[float]) -> bool:
    ordered = sorted(widths)
    narrower = ordered[: 3 if len(ordered) > 2 else 1]
    return bool(ordered) and narrower[-1] < _UNEVEN_BORDERS * ordered[0] and ordered[-1] < _FOOT * ordered[0]


def _paper(strip: Doubles, least_px: float) -> Doubles | None:
    """The one colour that a strip begins with, or None. strip: (rows, columns, 3)."""
    paper = strip[_START_PX : max(round(least_px), _START_PX + 3)]
    is_flat = np.linalg.norm(paper.mean(axis=1).std(axis=0)) < _FLAT
    return np.asarray(paper.mean(axis=(0, 1))) if is_flat and _unevenness(paper) < _EVEN else None


def _unevenness(paper: Doubles) -> float:
    return float(np.linalg.norm(paper.std(axis=(0, 1))))


def _border(strip: Doubles, least_px: float) -> tuple[float, Doubles] | None:
    """How wide a paper is that begins at row 0, and its colour; None where there is none or no end of it."""
    paper = _paper(strip, least_px)
    first = max(round(least_px), _START_PX + 3)
    if paper is None or len(strip) <= first:
        return None
    off = np.linalg.norm(strip.mean(axis=1) - paper, axis=1)
    rise = off[_STEP_PX:] - off[:-_STEP_PX]
    steep = np.flatnonzero(rise[first - _STEP_PX :] > _STEP)
    if len(steep) == 0:
        return None
    # The step's own place is where it is steepest, a little farther out than where it begins.
    start = first - _STEP_PX + int(steep[0])
    end = start + int(rise[start : start + 4].argmax()) + 1
    return float(end), np.asarray(strip[_START_PX : max(_START_PX + 1, end - 2)].mean(axis=(0, 1)))
