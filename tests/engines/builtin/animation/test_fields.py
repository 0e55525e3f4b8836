import numpy as np
import pytest

from backend.engines.builtin.animation.canonical import Floats
from backend.engines.builtin.animation.coefficients import Coefficients
from backend.engines.builtin.animation.fields import JAW_DROP, ExpressionFields
from backend.engines.builtin.animation.grid import PatchGrid
from tests.engines.builtin.animation.known_faces import known_landmarks

FACE = known_landmarks(origin=(300.0, 260.0), unit_px=72.0)
GRID = PatchGrid(FACE.frame, 700, 700)
FIELDS = ExpressionFields(GRID, FACE)


def _moves(u: float, v: float, **coefficients: float) -> Floats:
    moves = FIELDS.moves(Coefficients(**coefficients))
    assert moves is not None
    return np.asarray(moves[np.unravel_index(np.argmin((GRID.u - u) ** 2 + (GRID.v - v) ** 2), GRID.shape)])


def test_a_resting_face_has_no_motion_at_all() -> None:
    assert FIELDS.moves(Coefficients()) is None


def test_a_smile_draws_the_corners_out_and_up_and_leaves_the_middle() -> None:
    assert _moves(-0.4, 1.08, smile=1.0) == pytest.approx([-0.075, -0.075], abs=0.01)
    assert _moves(0.4, 1.08, smile=1.0) == pytest.approx([0.075, -0.075], abs=0.01)
    assert abs(_moves(0.0, 1.08, smile=1.0)[1]) < 0.03


def test_a_frown_draws_the_corners_down() -> None:
    assert _moves(0.4, 1.08, smile=-1.0)[1] == pytest.approx(0.1, abs=0.02)


def test_a_pucker_draws_the_corners_together() -> None:
    assert _moves(-0.4, 1.08, pucker=1.0)[0] > 0.1
    assert _moves(0.4, 1.08, pucker=1.0)[0] < -0.1


def test_a_raised_brow_lifts_its_own_side_and_not_the_lid() -> None:
    assert _moves(-0.5, -0.4, brow_left=1.0)[1] < -0.08
    assert abs(_moves(0.5, -0.4, brow_left=1.0)[1]) < 0.01
    assert _moves(-0.5, 0.0, brow_left=1.0)[1] == pytest.approx(0.0, abs=1e-6)


def test_furrowed_brows_come_down_and_together() -> None:
    left, right = _moves(-0.38, -0.34, brow_left=-1.0), _moves(0.38, -0.34, brow_right=-1.0)

    assert left[1] > 0.05
    assert right[1] > 0.05
    assert left[0] > 0 > right[0]


@pytest.mark.parametrize("coefficient", ["smile", "pucker", "brow_left", "brow_right", "widen"])
def test_no_expression_folds_the_skin(coefficient: str) -> None:
    moves = FIELDS.moves(Coefficients(**{coefficient: 1.0}))

    assert moves is not None
    assert (np.diff(GRID.u + moves[..., 0], axis=1) > 0).all()
    assert (np.diff(GRID.v + moves[..., 1], axis=0) > 0).all()


def test_the_jaw_carries_the_lower_lip_and_the_chin_and_nothing_above_the_mouth() -> None:
    below, above = FIELDS.jaw_below[..., 1], FIELDS.jaw_above[..., 1]

    def at(field: Floats, u: float, v: float) -> float:
        return float(field[np.unravel_index(np.argmin((GRID.u - u) ** 2 + (GRID.v - v) ** 2), GRID.shape)])

    assert at(below, 0.0, 1.1) == pytest.approx(JAW_DROP, abs=0.02)
    assert at(below, 0.0, 1.7) > 0.8 * JAW_DROP
    assert at(below, 0.0, 3.0) == 0.0
    assert at(above, 0.0, 1.06) < 0
    assert at(above, 0.0, 0.6) == 0.0
