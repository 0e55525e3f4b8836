import numpy as np
import pytest
from scipy.linalg import fractional_matrix_power

from backend.engines.first_order.algebra import (
    closed,
    face_size,
    invertible,
    powered,
    resampled,
    smoothed,
)
from backend.engines.first_order.seams import KeypointArrays
from tests.engines.first_order.motions import a_motion


def turned_by(angle: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def some_matrices(count: int = 50) -> np.ndarray[tuple[int, int, int], np.dtype[np.float64]]:
    return np.eye(2) + np.random.default_rng(3).normal(0.0, 0.2, (count, 2, 2))


def single(track: np.ndarray[tuple[int], np.dtype[np.float64]]) -> KeypointArrays:
    """One keypoint that moves along x."""
    value = np.zeros((len(track), 1, 2), np.float32)
    value[:, 0, 0] = track
    return KeypointArrays(value, np.broadcast_to(np.eye(2, dtype=np.float32), (len(track), 1, 2, 2)))


def test_no_power_is_the_identity_and_the_first_the_matrix_itself() -> None:
    matrices = some_matrices()

    assert np.allclose(powered(matrices, 0.0), np.eye(2), atol=1e-12)
    assert np.array_equal(powered(matrices, 1.0), matrices)


@pytest.mark.parametrize("exponent", [-0.5, 0.3, 1.4])
def test_powers_are_those_of_matrices(exponent: float) -> None:
    matrices = some_matrices()

    expected = np.array([fractional_matrix_power(matrix, exponent) for matrix in matrices])

    assert np.allclose(
        powered(matrices, exponent), expected, atol=1e-9
    )  # of float64 with conditions below 10


def test_half_a_turn_twice_is_the_turn() -> None:
    assert np.allclose(powered(turned_by(0.8)[None], 0.5), turned_by(0.4), atol=1e-12)


def test_eigenvalues_that_are_one_are_no_trouble() -> None:
    shear = np.array([[1.2, 0.5], [0.0, 1.2]])

    assert np.allclose(powered(shear[None], 0.5)[0] @ powered(shear[None], 0.5)[0], shear, atol=1e-9)


def test_a_mirror_has_no_root_and_goes_along_a_line() -> None:
    mirror = np.diag([1.0, -1.0])

    assert np.allclose(powered(mirror[None], 0.5), np.diag([1.0, 0.0]))


def test_smoothing_keeps_an_even_motion_and_still_points() -> None:
    even = single(np.linspace(0.0, 0.5, 30))

    assert np.allclose(smoothed(even, 25.0).value, even.value, atol=1e-6)  # float32


def test_smoothing_takes_trembling_away_and_keeps_a_blink() -> None:
    random = np.random.default_rng(1)
    trembling = random.normal(0.0, 0.01, 100)
    at = np.arange(100) / 25.0
    blink = np.exp(-0.5 * ((at - 2.0) / 0.075) ** 2)  # a quarter of a second, as most blinks take

    calmer = smoothed(single(trembling), 25.0).value[:, 0, 0]
    kept = smoothed(single(blink), 25.0).value[:, 0, 0]

    assert np.abs(np.diff(calmer, 2)).mean() < 0.5 * np.abs(np.diff(trembling, 2)).mean()
    assert kept.max() > 0.9
    assert int(kept.argmax()) == 50  # not late


@pytest.mark.parametrize("count", [1, 2, 3])
def test_too_few_frames_stay_as_they_are(count: int) -> None:
    motion = a_motion(count)

    assert np.array_equal(smoothed(motion, 25.0).value, motion.value)
    assert len(closed(motion, rests=False)) == count


def test_a_nearly_closed_motion_is_closed() -> None:
    seen = a_motion(20)
    drift = np.linspace(0.0, 0.01, 20, dtype=np.float32)
    lean = np.stack([turned_by(float(angle)) for angle in np.linspace(0.0, 0.02, 20)])
    open_motion = KeypointArrays(
        seen.value + drift[:, None, None], (lean[:, None] @ seen.jacobian).astype(np.float32)
    )

    motion = closed(open_motion, rests=False)

    # a step short of the first, which is shown next: no picture stands still for two frames
    assert np.allclose(motion.value[-1] - motion.value[0], 0.01 / 20, atol=1e-6)
    assert np.allclose(motion.jacobian[-1], turned_by(0.02 / 20) @ motion.jacobian[0], atol=1e-5)
    assert np.array_equal(motion.value[0], open_motion.value[0])


def test_a_head_that_ends_elsewhere_is_not_pushed_back() -> None:
    seen = a_motion(20)
    away = KeypointArrays(
        seen.value + np.linspace(0.0, 0.3, 20, dtype=np.float32)[:, None, None], seen.jacobian
    )

    assert np.array_equal(closed(away, rests=False).value, away.value)


def test_a_closed_motion_stays_as_it_is() -> None:
    seen = a_motion(20)

    assert np.allclose(closed(seen, rests=True).value, seen.value, atol=1e-6)


def test_twice_the_rate_has_every_old_frame_and_one_between() -> None:
    seen = a_motion(5)

    motion = resampled(seen, 2)

    assert len(motion) == 10
    assert np.allclose(motion.value[::2], seen.value)
    assert np.allclose(motion.value[1], (seen.value[0] + seen.value[1]) / 2, atol=1e-6)
    assert np.allclose(motion.jacobian[9], seen.jacobian[4])


def test_a_single_frame_can_be_had_at_any_rate() -> None:
    assert np.allclose(resampled(a_motion(1), 3).value, a_motion(1).value)


def test_a_singular_jacobian_counts_as_the_identity() -> None:
    jacobian = np.stack([np.zeros((2, 2)), np.diag([2.0, 3.0])]).astype(np.float32)

    assert np.array_equal(invertible(jacobian), np.stack([np.eye(2), np.diag([2.0, 3.0])]))


def test_points_on_a_line_have_no_size() -> None:
    assert face_size(np.zeros((10, 2), np.float32)) == 1.0
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    assert face_size(square) == pytest.approx(1.0)
    assert face_size(2 * square) == pytest.approx(2.0)
