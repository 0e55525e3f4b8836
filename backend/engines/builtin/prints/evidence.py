"""How likely a quadrilateral is the outline of a paper print, and no window, sign, door or tile.

Apart from the search, because these few numbers decide what people are asked about. They were fitted (by
logistic regression, then rounded) to the outlines of 175 prints in `evaluation/print_scenes.py` against all
quadrilaterals in 200 photographs that show no print, of which none reaches ENOUGH.
"""

from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.prints.edges import Edges
from backend.engines.builtin.prints.lines import Doubles
from backend.engines.builtin.prints.quads import Quads

ENOUGH: Final = 0.9
LEAST_PICTURED: Final = 6.0  # `pictured` is 9 or more for prints, 4 or less for tiles and checks
SURELY_PICTURED: Final = 9.0  # beside a print, where smaller things are looked at

_CHANNELS: Final = np.array([0.6, 1.0, 1.0])  # shadows change lightness, which therefore says less
_LEAST_CONTRAST: Final = 4.0  # of every side, or it is a joint, a fold, a shadow
_INSET: Final = 0.015  # of the way to the middle
_SAMPLES: Final = 50  # a side
_SQUARE_PX: Final = 9
_GRID: Final = np.linspace(0.04, 0.96, 14)
_FAR: Final = 30.0  # a colour this far off is another surface; farther says no more


def likelihood(quads: Quads, ground: Doubles) -> Doubles:
    """float64 (N,) in [0, 1].

    Speaking for a print: four sides that are edges without a gap, and differ from what lies outside. Against:
    an outside that is not one surface all around, or not the one the picture (or the album page) ends in.

    ground: float64 (M, 3) colours along that end, of `colours_along`
    """
    contrast = _distance(quads.inside, quads.outside)
    unlike = _distance(quads.outside, quads.outside.mean(axis=1, keepdims=True))
    # One quadrilateral at a time: all at once would take gigabytes where there are thousands.
    elsewhere = np.array([_elsewhere(outside, ground) for outside in quads.outside])
    logit = (
        10.5 * quads.seen.min(axis=1)
        + 6.4 * quads.seen.mean(axis=1)
        + 1.6 * np.log1p(contrast.min(axis=1))
        + 1.5 * np.log1p(contrast.mean(axis=1))
        - 2.2 * np.log1p(unlike.mean(axis=1))
        - 1.8 * np.log1p(unlike.max(axis=1))
        - 3.4 * np.log1p(elsewhere)
        - 7.3
    )
    likely = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
    return np.where(contrast.min(axis=1) < _LEAST_CONTRAST, 0.0, likely)


def pictured(quads: Quads, edges: Edges) -> Doubles:
    """float64 (N,) how far the colours within each outline are from those around it; near 0 for a tile."""
    soft = cv2.blur(edges.lab, (_SQUARE_PX, _SQUARE_PX))
    height_px, width_px = soft.shape[:2]
    across, down = (axis.reshape(-1, 1) for axis in np.meshgrid(_GRID, _GRID))
    distances = []
    for corners, outside in zip(quads.corners, quads.outside, strict=True):
        top = corners[0] + across * (corners[1] - corners[0])
        bottom = corners[3] + across * (corners[2] - corners[3])
        x, y = np.rint(top + down * (bottom - top)).astype(np.int64).T
        colours = soft[y.clip(0, height_px - 1), x.clip(0, width_px - 1)].astype(np.float64)
        distances.append(_elsewhere(outside, colours))
    return np.array(distances)


def colours_along(corners: Doubles, edges: Edges) -> Doubles:
    """float64 (M, 3) CIELAB colours on a line a little inside an outline.

    corners: float64 (4, 2) px indices
    """
    soft = cv2.blur(edges.lab, (_SQUARE_PX, _SQUARE_PX))
    inset = corners + _INSET * (corners.mean(axis=0) - corners)
    share = np.linspace(0, 1, _SAMPLES, endpoint=False)[:, None, None]
    places = (inset + share * (np.roll(inset, -1, axis=0) - inset)).reshape(-1, 2)
    x, y = np.rint(places).astype(np.int64).T
    height_px, width_px = soft.shape[:2]
    return np.asarray(soft[y.clip(0, height_px - 1), x.clip(0, width_px - 1)], np.float64)


def least_seen(corners: Doubles, edges: Edges) -> float:
    """The share of its weakest side on which an outline lies on an edge, to a pixel.

    corners: float64 (4, 2) px indices
    """
    is_edge = cv2.dilate((edges.strength > 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    height_px, width_px = is_edge.shape
    share = np.linspace(0, 1, _SAMPLES + 2)[1:-1, None, None]
    x, y = np.rint(corners + share * (np.roll(corners, -1, axis=0) - corners)).astype(np.int64).T
    return float(is_edge[y.clip(0, height_px - 1), x.clip(0, width_px - 1)].mean(axis=1).min())


def _elsewhere(outside: Doubles, colours: Doubles) -> float:
    """How far colours are on average from the nearest of those around a quadrilateral."""
    distance = _distance(colours[:, None], outside[None]).min(axis=1)
    return float(np.minimum(distance, _FAR).mean())


def _distance(a: Doubles, b: Doubles) -> Doubles:
    return np.asarray(np.linalg.norm((a - b) * _CHANNELS, axis=-1), np.float64)
