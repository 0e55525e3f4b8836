"""The mean face fitted to five points: exact where the points are a mean face, telling where they are not."""

from math import cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.engines.api import FivePoints
from backend.engines.faces.geometry import eye_distance_px, pose_of
from tests.engines.faces.faces import MEAN_FACE, moved


@given(st.floats(0.05, 8.0), st.floats(-179.0, 179.0), st.floats(-500.0, 500.0), st.floats(-500.0, 500.0))
def test_a_mean_face_is_found_as_it_was_placed(ratio: float, roll: float, x: float, y: float) -> None:
    pose = pose_of(moved(ratio, roll, x, y))

    assert pose.roll_degrees == pytest.approx(roll, abs=1e-6)
    assert pose.unit_px == pytest.approx(125.9216 * ratio, rel=1e-5)
    assert pose.residual < 1e-9


def test_a_point_out_of_place_shows_in_units_of_the_eyes_distance() -> None:
    left, right, nose, *mouth = MEAN_FACE
    pushed: FivePoints = (left, right, (nose[0] + 125.9, nose[1]), mouth[0], mouth[1])

    # one of five points off by one unit: at most 1 / sqrt(5), and the fit takes up some of it
    assert 0.35 < pose_of(pushed).residual < 0.45


def test_points_in_a_heap_are_no_face() -> None:
    heap: FivePoints = ((3.0, 3.0),) * 5

    assert pose_of(heap).residual == float("inf")


def test_the_eyes_distance_is_measured_along_their_line() -> None:
    turned = moved(1.0, 30.0, 0.0, 0.0)

    assert eye_distance_px(turned) == pytest.approx(125.9216, rel=1e-5)
    assert turned[1][1] - turned[0][1] == pytest.approx(
        125.92137 * sin(radians(30)) + 0.24652 * cos(radians(30)), abs=1e-3
    )
