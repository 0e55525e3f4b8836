import numpy as np
import pytest

from backend.engines.builtin.animation.canonical import FaceFrame, Floats
from backend.engines.builtin.animation.coefficients import Coefficients
from backend.engines.builtin.animation.grid import PatchGrid
from backend.engines.builtin.animation.head import HeadTurn, smooth_step

GRID = PatchGrid(FaceFrame(origin=(300.0, 300.0), unit_px=60.0, roll=0.0), 600, 640)
NOTHING_OUTSIDE = np.zeros(GRID.shape, np.float32)
OUTSIDE = np.maximum(np.hypot(GRID.u / 1.1, (GRID.v - 0.2) / 1.6) - 1, 0).astype(
    np.float32
)  # of an egg, about D


def _at(moves: Floats, u: float, v: float) -> Floats:
    nearest = np.unravel_index(np.argmin((GRID.u - u) ** 2 + (GRID.v - v) ** 2), GRID.shape)
    return np.asarray(moves[nearest])


def test_smooth_step_is_flat_outside_and_half_in_the_middle() -> None:
    assert smooth_step(1.0, 3.0, [0.0, 1.0, 2.0, 3.0, 9.0]).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_smooth_step_can_fall() -> None:
    assert smooth_step(3.0, 1.0, [1.0, 2.0, 3.0]).tolist() == [1.0, 0.5, 0.0]


def test_a_head_at_rest_does_not_move() -> None:
    assert not HeadTurn(GRID, NOTHING_OUTSIDE).moves(Coefficients()).any()


def test_turning_right_shows_at_the_nose_what_was_left_of_it() -> None:
    moves = HeadTurn(GRID, NOTHING_OUTSIDE).moves(Coefficients(yaw=0.25))

    assert _at(moves, 0.2, 0.6)[0] < -0.15
    assert _at(moves, 0.2, 0.6)[1] == pytest.approx(0.0, abs=1e-6)


def test_nodding_moves_the_nose_down() -> None:
    assert _at(HeadTurn(GRID, NOTHING_OUTSIDE).moves(Coefficients(pitch=0.2)), 0.0, 0.7)[1] < -0.1


@pytest.mark.parametrize("place", [(-1.35, 0.4), (1.35, 0.4), (0.0, -1.7), (0.0, 2.6)])
def test_the_outline_stays_while_the_head_turns(place: tuple[float, float]) -> None:
    moves = HeadTurn(GRID, NOTHING_OUTSIDE).moves(Coefficients(yaw=0.3, pitch=0.28))

    assert _at(moves, *place).tolist() == [0.0, 0.0]


def test_a_turn_never_folds_the_face() -> None:
    moves = HeadTurn(GRID, NOTHING_OUTSIDE).moves(Coefficients(yaw=0.3))
    shown_u = GRID.u + moves[..., 0]

    assert (np.diff(shown_u, axis=1) > 0).all()


def test_tilting_clockwise_moves_the_forehead_right_and_keeps_the_shoulders() -> None:
    moves = HeadTurn(GRID, NOTHING_OUTSIDE).moves(Coefficients(roll=0.2))

    assert _at(moves, 0.0, -0.6)[0] < -0.2
    assert _at(moves, 0.0, 3.0).tolist() == [0.0, 0.0]


def test_a_shift_moves_the_whole_face_by_as_much() -> None:
    moves = HeadTurn(GRID, NOTHING_OUTSIDE).moves(Coefficients(shift_x=0.1, shift_y=-0.2))

    assert _at(moves, 0.0, 0.5) == pytest.approx([-0.1, 0.2], abs=1e-3)


def test_growing_shows_places_nearer_to_the_neck() -> None:
    moves = HeadTurn(GRID, NOTHING_OUTSIDE).moves(Coefficients(scale=0.1))

    assert _at(moves, 0.5, 0.0)[0] < 0
    assert _at(moves, 0.5, 0.0)[1] > 0


def test_a_tilting_head_leaves_what_is_well_outside_it_where_it_is() -> None:
    moves = HeadTurn(GRID, OUTSIDE).moves(Coefficients(roll=0.06))

    assert _at(moves, 1.6, 0.2).tolist() == [0.0, 0.0]
    assert (
        _at(moves, 0.0, -1.2).tolist()
        == _at(HeadTurn(GRID, NOTHING_OUTSIDE).moves(Coefficients(roll=0.06)), 0.0, -1.2).tolist()
    )


@pytest.mark.parametrize("roll", [-0.15, 0.02, 0.15])
def test_a_tilting_head_never_folds_the_background(roll: float) -> None:
    moves = HeadTurn(GRID, OUTSIDE).moves(Coefficients(roll=roll, shift_x=roll / 3))
    shown_u, shown_v = GRID.u + moves[..., 0], GRID.v + moves[..., 1]

    area = np.gradient(shown_u, axis=1) * np.gradient(shown_v, axis=0)
    area -= np.gradient(shown_u, axis=0) * np.gradient(shown_v, axis=1)

    assert (area > 0).all()
