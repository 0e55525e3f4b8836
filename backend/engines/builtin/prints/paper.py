"""From a picture's edge to its paper's: a white border on a white scanner's lid is too faint for the search.

Along a whole side even a step of two grey levels is plain in the mean. Apart from the refinement, which moves
a side by pixels and knows nothing of paper.
"""

from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.prints.edges import Edges
from backend.engines.builtin.prints.lines import Doubles

_REACH: Final = 0.17  # of the shorter side: no border is wider
_NARROWEST: Final = 0.03  # a narrower strip may be the print's shadow
_START_PX: Final = 3  # beyond the blur of the picture's own edge
_STEP: Final = 1.8  # CIELAB units between paper and what it lies on, ...
_STEP_PX: Final = 3  # ... within so many px; slower changes are the table's own
_FLAT: Final = 0.8  # deviation of a paper's mean colour, across the border
_EVEN: Final = 9.0  # deviation of its colour, along the border
_ALIKE: Final = 9.0  # between the borders of one paper
_UNEVEN_BORDERS: Final = 1.7  # widest / narrowest of the three narrower ones
_FOOT: Final = 4.0  # and of the fourth


def with_border(corners: Doubles, edges: Edges) -> Doubles:
    """The outline of the paper around a picture, where there is paper on all four sides; else `corners`.

    corners: float64 (4, 2) px indices, clockwise
    """
    sides_px = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width_px, height_px = round(float(sides_px[[0, 2]].mean())), round(float(sides_px[[1, 3]].mean()))
    reach_px = round(_REACH * min(width_px, height_px))
    flat = np.array([(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], np.float32)
    to_picture = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    shift = np.array([[1, 0, -reach_px], [0, 1, -reach_px], [0, 0, 1]], np.float64)
    size = (width_px + 2 * reach_px, height_px + 2 * reach_px)
    around = cv2.warpPerspective(
        edges.lab,
        to_picture @ shift,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderValue=(-99, 0, 0),
    )
    widths, papers = [], []
    for turns in range(4):  # top, right, bottom, left
        strip = np.rot90(around, turns)[:reach_px, reach_px:-reach_px][::-1]
        border_px = _border_px(strip.astype(np.float64), _NARROWEST * min(width_px, height_px))
        if border_px is None:
            return corners
        widths.append(border_px)
        papers.append(strip[_START_PX : max(_START_PX + 1, border_px - 2)].mean(axis=(0, 1)))
    ordered = sorted(widths)
    spread = np.linalg.norm(np.array(papers) - np.mean(papers, axis=0), axis=1).max()
    if ordered[2] > _UNEVEN_BORDERS * ordered[0] or ordered[3] > _FOOT * ordered[0] or spread > _ALIKE:
        return corners
    top, right, bottom, left = widths
    outer = np.array(
        [
            (-left, -top),
            (width_px + right, -top),
            (width_px + right, height_px + bottom),
            (-left, height_px + bottom),
        ],
        np.float32,
    )
    return np.asarray(cv2.perspectiveTransform(outer[None], to_picture)[0], np.float64)


def _border_px(strip: Doubles, least_px: float) -> int | None:
    """Where paper ends that begins at row 0; None where there is none. strip: (rows outward, columns, 3)."""
    profile = strip.mean(axis=1)
    first = max(round(least_px), _START_PX + 3)
    paper = profile[_START_PX:first]
    if len(profile) <= first or np.linalg.norm(paper.std(axis=0)) > _FLAT:
        return None
    if np.linalg.norm(strip[_START_PX:first].std(axis=(0, 1))) > _EVEN:
        return None
    off = np.linalg.norm(profile - paper.mean(axis=0), axis=1)
    rise = off[_STEP_PX:] - off[:-_STEP_PX]
    steep = np.flatnonzero(rise[first - _STEP_PX :] > _STEP)
    if len(steep) == 0:
        return None
    # The step's own place is where it is steepest, a little farther out than where it begins.
    start = first - _STEP_PX + int(steep[0])
    return start + int(rise[start : start + 4].argmax()) + 1
