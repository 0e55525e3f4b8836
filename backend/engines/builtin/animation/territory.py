"""How far a face may move its surroundings: to the edge of its patch, and not into a neighbour's.

Faces are drawn one by one. Their motions never overlap, so the order does not matter and nobody gets a ghost.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from backend.engines.builtin.animation.canonical import FaceFrame, Floats
from backend.engines.builtin.animation.grid import PatchGrid
from backend.engines.builtin.animation.head import smooth_step
from backend.engines.builtin.animation.landmarks import Landmarks

_CENTRE_V: Final = 0.5
_HEAD: Final = (1.3, 1.75)  # half width and half height of a head, D


def territory_of(grid: PatchGrid, face: Landmarks, others: Sequence[Landmarks]) -> Floats:
    """1 where the face moves freely, 0 where it must not move anything; float32 (rows, columns, 1)."""
    own = _distance(grid.u, grid.v)
    # exactly 0 before the patch ends, however the patch is cut
    free = (
        smooth_step(2.35, 2.05, np.abs(grid.u))
        * smooth_step(-2.4, -2.1, grid.v)
        * smooth_step(3.2, 2.9, grid.v)
    )
    for other in others:
        x, y = _photo_places(grid, face.frame)
        theirs = _distance(*other.frame.face_grids(x, y))
        free = free * smooth_step(1.05, 1.75, theirs / np.maximum(own, 0.05))
    return free[..., None].astype(np.float32)


def _distance(u: Floats, v: Floats) -> Floats:
    """How far a place is from the middle of a head; 1 at its outline."""
    return np.sqrt((u / _HEAD[0]) ** 2 + ((v - _CENTRE_V) / _HEAD[1]) ** 2).astype(np.float32)


def _photo_places(grid: PatchGrid, frame: FaceFrame) -> tuple[Floats, Floats]:
    moved = grid.to_pixels(np.stack((grid.u, grid.v), axis=-1))
    return moved[..., 0] + np.float32(frame.origin[0]), moved[..., 1] + np.float32(frame.origin[1])
