"""Relative motion: the official arithmetic, and faces that give it nothing to hold on to."""

import numpy as np
import numpy.typing as npt
import pytest

from backend.engines.first_order.relative import adapted_scale, hull_area, normalised, turn_since
from backend.engines.first_order.seams import KeypointArrays

RNG = np.random.default_rng(4)


def some_points(frames: int, spread: float = 1.0) -> KeypointArrays:
    value = (RNG.random((frames, 10, 2)) - 0.5) * spread
    jacobian = np.eye(2) + 0.3 * (RNG.random((frames, 10, 2, 2)) - 0.5)
    return KeypointArrays(value.astype(np.float32), jacobian.astype(np.float32))


def relative(source: KeypointArrays, driving: KeypointArrays, *, adapt_scale: bool = True) -> KeypointArrays:
    return normalised(
        source,
        driving,
        driving.part(0, 1),
        relative_value=True,
        relative_jacobian=True,
        adapt_scale=adapt_scale,
    )


def test_the_frame_at_rest_gives_the_source_back() -> None:
    source, driving = some_points(1), some_points(4)

    to = relative(source, driving)

    assert np.array_equal(to.value[0], source.value[0])
    # J J^-1 J_s through float32 results of float64 arithmetic.
    assert np.abs(to.jacobian[0] - source.jacobian[0]).max() < 1e-6


def test_a_face_half_as_large_moves_half_as_far() -> None:
    driving = some_points(3)
    source = KeypointArrays(driving.value[:1] * np.float32(0.5), driving.jacobian[:1])

    far, near = relative(source, driving, adapt_scale=False), relative(source, driving)

    step = driving.value[1] - driving.value[0]
    assert np.abs(far.value[1] - source.value[0] - step).max() < 1e-6
    assert np.abs(near.value[1] - source.value[0] - step / 2).max() < 1e-6


def test_absolute_motion_takes_the_driver_as_he_is_whatever_the_scale() -> None:
    source, driving = some_points(1), some_points(3)

    to = normalised(
        source, driving, driving.part(0, 1), relative_value=False, relative_jacobian=False, adapt_scale=True
    )

    assert to is driving


def test_without_relative_jacobians_the_driver_s_are_kept() -> None:
    source, driving = some_points(1), some_points(3)

    to = normalised(
        source, driving, driving.part(0, 1), relative_value=True, relative_jacobian=False, adapt_scale=True
    )

    assert np.array_equal(to.jacobian, driving.jacobian)
    assert not np.array_equal(to.value, driving.value)


@pytest.mark.parametrize(
    "value",
    [np.zeros((10, 2)), np.linspace(0, 1, 20).reshape(10, 2), np.full((10, 2), np.nan), np.zeros((2, 2))],
    ids=["one point", "a line", "no numbers", "two points"],
)
def test_points_without_a_hull_have_no_area_and_no_scale(value: npt.NDArray[np.float64]) -> None:
    area = hull_area(value.astype(np.float32))

    assert area < 1e-6
    assert adapted_scale(area, 0.3) == adapted_scale(0.3, area) == 1.0


def test_the_area_is_that_of_the_hull() -> None:
    corners = np.array([(0, 0), (2, 0), (2, 1), (0, 1), (1, 0.5)], np.float32)

    assert hull_area(corners) == pytest.approx(2.0)
    assert adapted_scale(2.0, 0.5) == pytest.approx(2.0)


def test_a_point_that_is_flat_at_rest_does_not_turn() -> None:
    start, now = some_points(1), some_points(2)
    flat = start.jacobian.copy()
    flat[0, 3] = ((1, 2), (2, 4))

    turned = turn_since(flat, now.jacobian)

    assert np.array_equal(turned[:, 3], np.broadcast_to(np.eye(2), (2, 2, 2)))
    assert np.isfinite(turned).all()
    assert not np.allclose(turned[:, 2], np.eye(2))
