"""Which way skin moves for each expression: one smooth field a coefficient, in D, fixed by the landmarks.

Here are the numbers that people tune. A field says where a point of the resting face goes; the renderer
inverts it. What has an edge (lids, the split of the lips) is drawn elsewhere.
"""

from typing import Final

import numpy as np

from backend.engines.builtin.animation.canonical import Floats
from backend.engines.builtin.animation.coefficients import Coefficients
from backend.engines.builtin.animation.grid import PatchGrid
from backend.engines.builtin.animation.head import smooth_step
from backend.engines.builtin.animation.landmarks import Landmarks

JAW_DROP: Final = 0.30  # D that the lower lip and the chin go down per unit of `open`
LIP_RISE: Final = 0.045  # D that the upper lip goes up
_SMILE_OUT, _SMILE_UP, _CHEEK_UP, _SQUINT = 0.075, 0.075, 0.05, 0.02
_FROWN_IN, _FROWN_DOWN = 0.02, 0.10
_BROW_UP, _BROW_DOWN, _BROW_IN = 0.115, 0.075, 0.05
_PUCKER_IN, _PUCKER_SWELL = 0.14, 0.30
_WIDEN_UP: Final = 0.04
_STRETCHED: Final = 0.45  # D of a hidden mouth that give way when the jaw drops; less would fold
_HIDDEN_JAW: Final = 0.55  # of the usual drop, where a beard hides the lips or the mouth is open already


def _bump(along: Floats, down: Floats, spread_u: float, spread_v: float) -> Floats:
    """A round hill of height 1, exactly 0 beyond three spreads."""
    far = (along / spread_u) ** 2 + (down / spread_v) ** 2
    return (np.exp(-far / 2) * np.clip(1 - far / 9, 0, 1)).astype(np.float32)


class ExpressionFields:
    """All fields of one face, on its grid."""

    def __init__(self, grid: PatchGrid, face: Landmarks) -> None:
        self._grid = grid
        self._face = face
        self._fields = {
            "smile": self._smile(),
            "frown": self._frown(),
            "pucker": self._pucker(),
            "raise_left": self._brow_up(face.eye_left.middle_u, face.eye_left.base_v),
            "raise_right": self._brow_up(face.eye_right.middle_u, face.eye_right.base_v),
            "furrow_left": self._brow_down(face.eye_left.middle_u, 1.0),
            "furrow_right": self._brow_down(face.eye_right.middle_u, -1.0),
            "widen": self._widen(),
        }
        lips = face.lips
        self.below_line = (grid.v - lips.line_at(grid.u)).astype(np.float32)
        self.across_mouth = ((grid.u - lips.middle_u) / lips.half_width).astype(np.float32)
        self.jaw_below, self.jaw_above = self._jaw()

    def moves(self, c: Coefficients) -> Floats | None:
        """Where every point of the face goes, float32 (rows, columns, 2) in D; None where nothing moves."""
        amounts = {
            "smile": max(c.smile, 0.0),
            "frown": max(-c.smile, 0.0),
            "pucker": c.pucker,
            "raise_left": max(c.brow_left, 0.0),
            "raise_right": max(c.brow_right, 0.0),
            "furrow_left": max(-c.brow_left, 0.0),
            "furrow_right": max(-c.brow_right, 0.0),
            "widen": c.widen,
        }
        used = [np.float32(amount) * self._fields[name] for name, amount in amounts.items() if amount]
        return np.sum(used, axis=0, dtype=np.float32) if used else None

    def _mouth_places(self) -> tuple[Floats, Floats]:
        lips = self._face.lips
        s = (self._grid.u - lips.middle_u) / lips.half_width
        ends = 0.5 * (lips.line[0] + lips.line[-1])
        return s, self._grid.v - np.float32(0.6 * ends + 0.4 * lips.middle_v)

    def _smile(self) -> Floats:
        s, down = self._mouth_places()
        # short upwards, or the nostrils would be pulled apart
        fade = np.exp(-((down / np.where(down < 0, 0.19, 0.28)) ** 2) / 2) * smooth_step(
            1.0, 0.62, np.abs(down)
        )
        sideways = smooth_step(3.0, 1.8, np.abs(s))
        out = _SMILE_OUT * s * np.exp((1 - s * s) / 2) * fade * sideways
        # corners rise, the middle stays: that is what makes it a smile rather than a lifted mouth
        up = (
            _SMILE_UP * s * s * np.exp(1 - s * s) * fade * sideways - 0.018 * np.exp(-((s / 0.5) ** 2)) * fade
        )
        for eye in (self._face.eye_left, self._face.eye_right):
            up += _CHEEK_UP * _bump(self._grid.u - 1.18 * eye.middle_u, self._grid.v - 0.62, 0.30, 0.20)
            up += _SQUINT * _bump(self._grid.u - eye.middle_u, self._grid.v - eye.base_v - 0.12, 0.22, 0.08)
        return np.stack((out, -up), axis=-1).astype(np.float32)

    def _frown(self) -> Floats:
        s, down = self._mouth_places()
        fade = np.exp(-((down / 0.24) ** 2) / 2) * smooth_step(0.95, 0.6, np.abs(down))
        sideways = smooth_step(2.8, 1.7, np.abs(s))
        inward = -_FROWN_IN * s * np.exp((1 - s * s) / 2) * fade * sideways
        corners = _FROWN_DOWN * s * s * np.exp(1 - s * s) * fade * sideways
        chin = -0.03 * _bump(self._grid.u - self._face.lips.middle_u, down - 0.22, 0.25, 0.14)
        return np.stack((inward, corners + chin), axis=-1).astype(np.float32)

    def _pucker(self) -> Floats:
        s, down = self._mouth_places()
        fade = np.exp(-((down / 0.22) ** 2) / 2) * smooth_step(0.8, 0.5, np.abs(down))
        sideways = smooth_step(2.8, 1.6, np.abs(s))
        inward = -_PUCKER_IN * s * np.exp((1 - s * s) / 2) * fade * sideways
        swell = (
            _PUCKER_SWELL * down * np.exp(-((s / 0.8) ** 2)) * np.exp(-((down / 0.16) ** 2) / 2) * sideways
        )
        return np.stack((inward, swell), axis=-1).astype(np.float32)

    def _brow_up(self, middle_u: float, base_v: float) -> Floats:
        down = self._grid.v - np.float32(base_v)
        hill = _bump(self._grid.u - middle_u, down + 0.40, 0.36, 0.24)
        up = _BROW_UP * hill * smooth_step(-0.04, -0.26, down)  # the lid stays where it is
        return np.stack((np.zeros_like(up), -up), axis=-1)

    def _brow_down(self, middle_u: float, inward: float) -> Floats:
        inner = self._grid.u - np.float32(middle_u + 0.12 * inward)
        hill = _bump(inner, self._grid.v + 0.34, 0.27, 0.20) * smooth_step(-0.02, -0.2, self._grid.v)
        return np.stack((_BROW_IN * inward * hill, _BROW_DOWN * hill), axis=-1).astype(np.float32)

    def _widen(self) -> Floats:
        up = np.zeros_like(self._grid.u)
        for eye in (self._face.eye_left, self._face.eye_right):
            edge = self._grid.v - np.float32(eye.base_v - eye.upper)
            up += _WIDEN_UP * _bump(self._grid.u - eye.middle_u, edge, 0.17, 0.055)
        return np.stack((np.zeros_like(up), -up), axis=-1)

    def _jaw(self) -> tuple[Floats, Floats]:
        """Per unit of `open`: what hangs below the split, and what lies above it; each smooth on its own."""
        lips, s, down = self._face.lips, self.across_mouth, self.below_line
        lens = np.clip(1 - s * s, 0, 1) ** 1.2
        chin = np.exp(-(((self._grid.u - lips.middle_u * 0.6) / 0.62) ** 2) / 2)
        chin = chin * smooth_step(1.75, 1.0, np.abs(self._grid.u - lips.middle_u * 0.6))
        deeper = smooth_step(0.0, 0.42, down)
        neck = smooth_step(2.75, 1.75, self._grid.v)
        near, drop = lens, JAW_DROP
        if not lips.has_split:  # an open or a hidden mouth is stretched
            near = lens * smooth_step(-max(lips.gap, _STRETCHED), 0.0, down)
            drop = _HIDDEN_JAW * JAW_DROP
        below = drop * (near * (1 - deeper) + 0.9 * chin * deeper) * neck
        above = -LIP_RISE * lens * _bump(np.zeros_like(down), np.minimum(down, 0), 1.0, 0.11)
        still = np.zeros_like(below)
        below_moves = np.stack((still, below), axis=-1).astype(np.float32)
        return below_moves, np.stack((still, above), axis=-1).astype(np.float32)
