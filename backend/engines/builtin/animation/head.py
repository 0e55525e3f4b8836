"""Turn a head in 2.5 dimensions: inner features slide by their depth, the outline stays, nothing tears.

Yaw and pitch move what is nearer to the camera further, over a smooth dome that ends at the outline of the
head, so there is never background to invent. Roll, shift and size move the whole head and fade out around it
and into the shoulders.
"""

from math import cos, exp, sin
from typing import Final

import numpy as np
import numpy.typing as npt

from backend.engines.builtin.animation.canonical import Floats
from backend.engines.builtin.animation.coefficients import Coefficients
from backend.engines.builtin.animation.grid import PatchGrid

_CENTRE_V: Final = 0.42  # D below the eyes: the middle of a head
_HALF_WIDTH: Final = 1.30  # of the dome, about ear to ear
_HALF_HEIGHT: Final = 2.00
_DEPTH: Final = 1.15  # of the dome at its middle
_NOSE: Final = (0.62, 0.17, 0.26, 0.20)  # v, spread along u, along v, extra depth
_NECK_V: Final = 1.75  # what a tilting head turns about
_RIGID: Final = (1.15, 2.0)  # the head moves whole within the first, not at all beyond the second
_CROWN: Final = 3.1  # D from the neck to the top of a head
_FADE: Final = (0.30, 2.00)  # D beside the head over which its motion fades out: least and most
_FADE_OF_MOVE: Final = 1.2  # of the furthest move; a shorter way would fold the background


def smooth_step(low: npt.ArrayLike, high: npt.ArrayLike, values: npt.ArrayLike) -> Floats:
    """0 below `low`, 1 above `high`, without a kink between; `low` may be the larger one."""
    start, end = np.asarray(low, np.float32), np.asarray(high, np.float32)
    t = np.clip((np.asarray(values, np.float32) - start) / (end - start), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


class HeadTurn:
    """The motion of one head, on its grid."""

    def __init__(self, grid: PatchGrid, outside: Floats) -> None:
        """outside: D from every cell to the head, float32 (rows, columns), see `silhouette.py`."""
        self._grid = grid
        self._outside = outside
        u, v = grid.u, grid.v
        around = (u / _HALF_WIDTH) ** 2 + ((v - _CENTRE_V) / _HALF_HEIGHT) ** 2
        dome = np.clip(1 - around, 0, 1) ** 1.35
        nose_v, spread_u, spread_v, extra = _NOSE
        nose = np.exp(-((u / spread_u) ** 2 + ((v - nose_v) / spread_v) ** 2) / 2) * (dome > 0)
        self._depth = (_DEPTH * dome + extra * nose * dome).astype(np.float32)
        radius = np.sqrt((u / 1.25) ** 2 + ((v - _CENTRE_V) / 1.65) ** 2)
        self._rigid = smooth_step(_RIGID[1], _RIGID[0], radius) * smooth_step(2.9, 1.5, v)

    def moves(self, coefficients: Coefficients) -> Floats:
        """From every cell to the place whose content it shows, float32 (rows, columns, 2), in D."""
        c = coefficients
        moves = np.zeros((*self._grid.shape, 2), np.float32)
        if c.roll or c.shift_x or c.shift_y or c.scale:
            moves = self._rigid_moves(c)
        if c.yaw or c.pitch:
            reach = np.array([sin(c.yaw), sin(c.pitch)], np.float32)
            turn = self._depth[..., None] * reach
            # the inverse of "x goes to x + turn(x)", by fixed point: turn is never steeper than 0.6
            back = -turn
            for _ in range(3):
                back = -self._grid.at(turn, back)
            moves = back + self._grid.at(moves, back)
        return moves

    def _rigid_moves(self, c: Coefficients) -> Floats:
        size = exp(-c.scale)
        u = self._grid.u - np.float32(c.shift_x)
        v = self._grid.v - np.float32(c.shift_y + _NECK_V)
        turned_u = size * (cos(c.roll) * u + sin(c.roll) * v)
        turned_v = size * (cos(c.roll) * v - sin(c.roll) * u) + _NECK_V
        back = np.stack((turned_u - self._grid.u, turned_v - self._grid.v), axis=-1)
        furthest = _CROWN * (abs(c.roll) + abs(c.scale)) + abs(c.shift_x) + abs(c.shift_y)
        fade = min(max(_FADE_OF_MOVE * furthest, _FADE[0]), _FADE[1])
        moves_whole = self._rigid * smooth_step(fade, 0.0, self._outside)
        return (back * moves_whole[..., None]).astype(np.float32)
