"""What a face does besides moving its head: smile, lips, brows, from the motion that the head leaves over.

Kept apart from `head_fit.py` because the order is the point: the head first, with expression frozen, and
only then expression on the remainder. A smooth part of the remainder (a real head is no paraboloid) is fitted
along and thrown away, or a nod would read as a smirk.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.animation.canonical import Floats
from backend.engines.builtin.animation.coefficients import Coefficients
from backend.engines.builtin.animation.fields import ExpressionFields
from backend.engines.builtin.animation.grid import PatchGrid
from backend.engines.builtin.animation.head_fit import Numbers, sample_points
from backend.engines.builtin.animation.landmarks import Landmarks

EXPRESSIONS: Final = ("smile", "pucker", "brow_left", "brow_right")
_PARTS: Final = (*EXPRESSIONS, "open")  # the jaw is fitted along, so that it is not taken for a smile
# What the fit shrinks, given back; measured on rendered clips of seven faces, one channel driven at a time.
_GAINS: Final = np.array([1.9, 1.6, 1.9, 1.9])
_RIDGE: Final = 0.02  # of an expression
_SMOOTH_RIDGE: Final = 3.0  # of the twelve smooth fields
_ROUNDS: Final = 5
_LEAST_MISS: Final = 0.02  # D


@dataclass(frozen=True, slots=True)
class _Model:
    """Fields at the N points that count: (K, N, 2), and their weights (N,)."""

    fields: Numbers
    weight: Numbers
    used: npt.NDArray[np.bool_]  # of all sample points


class ExpressionFit:
    """Fits one face's expressions."""

    def __init__(self, face: Landmarks, picture_width_px: int, picture_height_px: int) -> None:
        """face: in the picture that all motion is measured against, of this size."""
        u, v = sample_points()
        weight = _oval(u, v) * _away_from_eyes(face, u, v)
        used = weight > 0.0
        grid = PatchGrid(face.frame, picture_width_px, picture_height_px)
        drawn = [
            _sampled(field, grid, face, u[used], v[used]) for field in _drawn(ExpressionFields(grid, face))
        ]
        fields = np.stack([*drawn, *_smooth_fields(u[used], v[used])])
        self._model = _Model(fields=fields, weight=weight[used], used=used)
        self._ridge = np.diag([_RIDGE] * len(drawn) + [_SMOOTH_RIDGE] * (len(fields) - len(drawn)))

    def fit(self, remainder: Numbers) -> Numbers:
        """EXPRESSIONS as float64 (4,), about 1 where a face does all it can; negative: the other way.

        remainder: (N, 2), see `HeadFit`
        """
        model = self._model
        moved = remainder[model.used]
        trust = model.weight
        solved: Numbers = np.zeros(len(model.fields))
        for _ in range(_ROUNDS):
            weighted = (model.fields * trust[None, :, None]).reshape(len(model.fields), -1)
            matrix = weighted @ model.fields.reshape(len(model.fields), -1).T
            solved = np.asarray(
                np.linalg.solve(matrix + self._ridge, weighted @ moved.reshape(-1)), np.float64
            )
            missed = np.linalg.norm(moved - np.tensordot(solved, model.fields, axes=1), axis=1)
            scale = max(_LEAST_MISS, 1.5 * float(np.median(missed[model.weight > 0.5])))
            trust = model.weight / (1.0 + (missed / scale) ** 2) ** 2  # Geman-McClure, as for the head
        found: Numbers = solved[: len(EXPRESSIONS)] * _GAINS
        return found


def _drawn(fields: ExpressionFields) -> list[Floats]:
    """The renderer's own fields for one unit of each of _PARTS, (rows, columns, 2) in D."""
    up, down = fields.moves(Coefficients(smile=1.0)), fields.moves(Coefficients(smile=-1.0))
    others = [fields.moves(Coefficients(**{name: 1.0})) for name in EXPRESSIONS[1:]]
    assert up is not None and down is not None
    jaw = np.where(fields.below_line[..., None] > 0, fields.jaw_below, fields.jaw_above).astype(np.float32)
    return [(0.5 * (up - down)).astype(np.float32), *(field for field in others if field is not None), jaw]


def _sampled(field: Floats, grid: PatchGrid, face: Landmarks, u: Numbers, v: Numbers) -> Numbers:
    """A field of a grid at points in D: (N, 2); 0 beyond the picture."""
    places = np.array([face.frame.to_photo((float(x), float(y))) for x, y in zip(u, v, strict=True)])
    column = (places[:, 0] + 0.5 - grid.left) / grid.step_px - 0.5
    row = (places[:, 1] + 0.5 - grid.top) / grid.step_px - 0.5
    at = cv2.remap(
        field,
        column.astype(np.float32)[None],
        row.astype(np.float32)[None],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
    )
    return np.asarray(at[0], np.float64)


def _smooth_fields(u: Numbers, v: Numbers) -> list[Numbers]:
    """All motions up to second order of a face's place: what a head's true shape and a lens add."""
    w = v - 0.5
    zero = np.zeros_like(u)
    fields = []
    for shape in (np.ones_like(u), u, w, u * u, u * w, w * w):
        fields += [np.stack((shape, zero), axis=1), np.stack((zero, shape), axis=1)]
    return fields


def _oval(u: Numbers, v: Numbers) -> Numbers:
    oval: Numbers = np.clip(4.0 * (1.0 - (u / 1.1) ** 2 - ((v - 0.35) / 1.35) ** 2), 0.0, 1.0)
    return oval


def _away_from_eyes(face: Landmarks, u: Numbers, v: Numbers) -> Numbers:
    """Lids that close are no motion of the skin around them."""
    weight = np.ones_like(u)
    for eye in (face.eye_left, face.eye_right):
        weight = weight * (
            1.0 - 0.97 * np.exp(-(((u - eye.middle_u) / 0.32) ** 4) - ((v - eye.base_v + 0.02) / 0.17) ** 4)
        )
    return weight
