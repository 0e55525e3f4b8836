import numpy as np
import pytest

from backend.engines.first_order.limits import held_turns, held_ways


def test_usual_ways_are_left_alone() -> None:
    ways = np.random.default_rng(0).uniform(-0.2, 0.2, (10, 5, 2))

    held, is_held = held_ways(ways)

    assert np.array_equal(held, ways)
    assert not is_held


def test_a_long_way_is_bent_and_keeps_its_direction() -> None:
    ways = np.array([[[0.3, 0.4], [3.0, 4.0]]])

    held, is_held = held_ways(ways)

    lengths = np.linalg.norm(held, axis=-1)[0]
    assert is_held
    assert 0.35 < lengths[0] < lengths[1] <= 0.5
    assert np.allclose(held[..., 1] / held[..., 0], 4 / 3)


def test_usual_turns_are_left_alone() -> None:
    turns = np.eye(2) + np.random.default_rng(0).normal(0.0, 0.1, (50, 10, 2, 2))

    held, is_held = held_turns(turns)

    assert np.allclose(held, turns, atol=1e-15)
    assert not is_held


@pytest.mark.parametrize(
    "turn", [np.diag([3.0, 3.0]), np.diag([1.0, -1.0]), np.diag([0.1, 0.1]), np.diag([-2.0, -2.0])]
)
def test_what_folds_or_stretches_is_held(turn: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    held, is_held = held_turns(turn[None, None])

    assert is_held
    assert 0.5 - 1e-9 <= np.linalg.det(held[0, 0]) <= 2.0 + 1e-9


def test_any_turn_ends_within_the_limits() -> None:
    turns = np.random.default_rng(1).normal(0.0, 2.0, (500, 1, 2, 2))

    held, _ = held_turns(turns)

    areas = np.linalg.det(held)
    assert areas.min() >= 0.5 - 1e-9
    assert areas.max() <= 2.0 + 1e-9
