"""How far every place lies outside a head, hair and hat included: what moves whole, and what must stay still.

Apart from the head's turn because it is measured once a face, from the photo's colours. A wall behind a head
that tilts must not bend with it.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.animation.canonical import Floats
from backend.engines.builtin.animation.grid import PatchGrid
from backend.media.types import RgbImage

Ellipse = tuple[float, float, float]
"""v of the middle, half width, half height; D. All are upright and lie on the face's axis."""

_FACE: Ellipse = (0.12, 0.98, 1.52)  # face and hairline, whoever it is
_HEAD: Ellipse = (0.20, 1.08, 1.62)  # ears and close hair: a head is no smaller
_HAIR: Ellipse = (0.10, 1.90, 2.30)  # hats and long hair; a head is no larger
_BODY_V: Final = 2.0  # D; below it is the body
_SIDES_V: Final = 1.3  # D; the sure background ends above the shoulders
_BODY_HALF_WIDTH: Final = 1.0
_SMOOTH: Final = (0.02, 0.06, 0.12)  # D; grain has edges too, and so has hair
_CHIN_V: Final = 1.0
_BACKGROUND, _PERSON = 1, 2
_HAIR_EDGE: Final = 0.06  # D that loose hair reaches beyond what is told apart


def outside_head(photo: RgbImage, grid: PatchGrid) -> Floats:
    """D from every cell to the head, 0 in it; float32 (rows, columns).

    A watershed (Meyer 1992) on the grid's own coarse cells finds the edge between hair and background; what a
    head must and cannot be limits its errors. photo: uint8 (H, W, 3) RGB.
    """
    is_head = _rounded(_within(grid, _HEAD) | (_told_apart(photo, grid) & _within(grid, _HAIR)), grid)
    away = cv2.distanceTransform((~is_head).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    away = cv2.GaussianBlur(away, (0, 0), 0.08 * grid.cells_per_unit) / np.float32(grid.cells_per_unit)
    return np.asarray(np.maximum(away - np.float32(_HAIR_EDGE), 0), np.float32)


def _told_apart(photo: RgbImage, grid: PatchGrid) -> npt.NDArray[np.bool_]:
    """What no edge parts from the face as clearly as from the far background; bool (rows, columns)."""
    marks = np.zeros(grid.shape, np.int32)
    marks[~_within(grid, _HAIR) & (grid.v < _SIDES_V)] = _BACKGROUND
    marks[_within(grid, _FACE) | ((np.abs(grid.u) < _BODY_HALF_WIDTH) & (grid.v > _BODY_V))] = _PERSON
    picture = grid.reduced(photo)
    person = np.zeros(grid.shape, np.bool_)
    for spread in _SMOOTH:  # hair left out tears off; background taken along only bends a little
        smooth = cv2.GaussianBlur(picture, (0, 0), spread * grid.cells_per_unit)
        person |= cv2.watershed(smooth, marks.copy()) == _PERSON
    return person


def _rounded(person: npt.NDArray[np.bool_], grid: PatchGrid) -> npt.NDArray[np.bool_]:
    """The person with the bays of the head's outline filled: a lock taken for background lies in one."""
    rows, columns = np.nonzero(person & (grid.v < _CHIN_V))
    outline = cv2.convexHull(np.stack((columns, rows), axis=-1).astype(np.int32))
    filled = cv2.fillConvexPoly(np.zeros(grid.shape, np.uint8), outline, 1)
    return np.asarray(person | (filled > 0), np.bool_)


def _within(grid: PatchGrid, ellipse: Ellipse) -> npt.NDArray[np.bool_]:
    middle_v, half_width, half_height = ellipse
    return np.asarray((grid.u / half_width) ** 2 + ((grid.v - middle_v) / half_height) ** 2 < 1, np.bool_)
