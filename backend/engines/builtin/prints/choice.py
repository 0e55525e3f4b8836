"""One outline a print, of the many that are likely: its paper, the picture on it, its shadow, its page.

Apart from the evidence, which judges each outline by itself.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.prints.lines import Doubles

_MOST: Final = 40
_SAME: Final = 0.012  # of the mean side, between corners: the same outline twice
_MOST_OVERLAP: Final = 0.1
_LARGER_SAYS: Final = 4.0  # logits per e-fold of area: the paper, not the picture on it
_WITHIN: Final = 0.9  # of an outline's area in another
_PART_OF_PAGE: Final = 0.5  # of the outline around it; a picture covers more of its own paper
_OWN_BORDER: Final = 0.07  # of the picture: a margin this narrow on three sides ...
_OWN_MARGIN: Final = 0.05  # margins that are all narrower than this make no cut worth while
_OWN_FOOT: Final = 0.2  # ... and this on the fourth, where cards have their maker's name ...
_OWN_BORDER_PX: Final = 2.5  # ... of an outline this parallel to the frame is the photo's own border


def choose(corners: Doubles, scores: Doubles, size: tuple[int, int]) -> list[int]:
    """Indices of outlines that do not overlap, likeliest first; of a paper and its picture the paper.

    corners: float64 (N, 4, 2) px indices, clockwise
    scores:  float64 (N,) in [0, 1]
    size:    width and height of the picture in px
    """
    leaders = _without_repeats(corners, scores, size)
    areas = np.array([cv2.contourArea(corners[index].astype(np.float32)) for index in leaders])
    logits = np.log(scores[leaders] / np.maximum(1 - scores[leaders], 1e-12))
    worth = logits + _LARGER_SAYS * np.log(np.maximum(areas, 1))
    chosen: list[int] = []
    for at in np.argsort(-worth, kind="stable").tolist():
        if all(overlap(corners[leaders[at]], corners[other]) < _MOST_OVERLAP for other in chosen):
            chosen.append(leaders[at])
    return sorted(chosen, key=lambda index: (-scores[index], index))


def parts(corners: Doubles, whole: Doubles) -> npt.NDArray[np.int64]:
    """Indices of the outlines that lie in `whole` and leave much of it free, like prints on a page."""
    whole_area = area(whole)
    takes = [area(one) < _PART_OF_PAGE * whole_area and overlap(one, whole) > _WITHIN for one in corners]
    return np.flatnonzero(takes)


def area(corners: Doubles) -> float:
    """In px."""
    return cv2.contourArea(corners.astype(np.float32))


def overlap(first: Doubles, second: Doubles) -> float:
    """Common area of two outlines / area of the smaller.

    By hand: OpenCV's `intersectConvexConvex` sees nothing in common in some that lie within each other.
    """
    common = first
    for start, end in zip(second, np.roll(second, -1, axis=0), strict=True):
        common = _clipped(common, start, end)
    return _area(common) / max(min(_area(first), _area(second)), 1.0)


def _clipped(outline: Doubles, start: Doubles, end: Doubles) -> Doubles:
    """The part of a clockwise outline that lies inside the side from `start` to `end` of another."""
    along, from_start = end - start, outline - start
    depths = along[0] * from_start[:, 1] - along[1] * from_start[:, 0]
    kept = []
    for at in range(len(outline)):
        if (depths[at] >= 0) != (depths[at - 1] >= 0):
            share = depths[at - 1] / (depths[at - 1] - depths[at])
            kept.append(outline[at - 1] + share * (outline[at] - outline[at - 1]))
        if depths[at] >= 0:
            kept.append(outline[at])
    return np.array(kept, np.float64).reshape(-1, 2)


def _area(outline: Doubles) -> float:
    if len(outline) < 3:
        return 0.0
    x, y = outline.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def _without_repeats(corners: Doubles, scores: Doubles, size: tuple[int, int]) -> list[int]:
    leaders: list[int] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        if _is_own_border(corners[index], size):
            continue
        if all(_apart(corners[index], corners[other]) > _SAME for other in leaders):
            leaders.append(index)
        if len(leaders) == _MOST:
            break
    return leaders


def _apart(first: Doubles, second: Doubles) -> float:
    """Largest distance of corresponding corners, in mean sides."""
    side_px = np.linalg.norm(first - np.roll(first, 1, axis=0), axis=1).mean()
    turns = [np.linalg.norm(np.roll(second, turn, axis=0) - first, axis=1).max() for turn in range(4)]
    return float(min(turns) / side_px)


def _is_own_border(corners: Doubles, size: tuple[int, int]) -> bool:
    """Whether the picture is itself the print, its border or its card included."""
    limits = np.array(size, np.float64) - 1
    ordered = np.sort(corners, axis=0)  # per axis: two left (top) corners, two right (bottom) ones
    is_parallel = (np.diff(ordered, axis=0)[[0, 2]] < _OWN_BORDER_PX).all()
    margins = np.sort(np.concatenate([ordered[1] / limits, 1 - ordered[2] / limits]))
    return bool(
        margins[3] < _OWN_MARGIN or (is_parallel and margins[2] < _OWN_BORDER and margins[3] < _OWN_FOOT)
    )
