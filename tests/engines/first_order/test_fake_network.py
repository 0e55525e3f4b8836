"""The network without weights keeps what the seam promises."""

import numpy as np
import pytest

from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.residual import identity_flow
from backend.engines.first_order.seams import KeypointArrays, MotionNetwork
from backend.media.types import RgbImage
from tests.builders import a_portrait

SIDE_PX = 64


def a_picture() -> RgbImage:
    return a_portrait()[60:188:2, 60:188:2].copy()


@pytest.fixture
def network() -> MotionNetwork:
    return FakeMotionNetwork(side_px=SIDE_PX)


def test_keypoints_follow_what_moves_in_the_picture(network: MotionNetwork) -> None:
    picture = a_picture()

    seen = network.keypoints([picture, np.roll(picture, 6, axis=1), picture])

    assert seen.value.shape == (3, 10, 2) and seen.jacobian.shape == (3, 10, 2, 2)
    assert np.array_equal(seen.value[0], seen.value[2])
    assert (np.abs(seen.value[1] - seen.value[0]) > 1e-3).any()
    assert (np.linalg.det(seen.jacobian) > 0).all()


def test_to_its_own_keypoints_nothing_moves(network: MotionNetwork) -> None:
    source = network.encode(a_picture())

    (moved,) = network.move(source, source.keypoints, border="official")

    assert np.array_equal(moved.flow, identity_flow(SIDE_PX // 4))
    assert moved.picture.shape == (SIDE_PX, SIDE_PX, 3)
    assert np.abs(moved.picture * 255 - a_picture()).mean() < 25  # levels; blurred, but the same picture


def test_the_picture_goes_where_its_keypoints_go(network: MotionNetwork) -> None:
    source = network.encode(a_picture())
    to = KeypointArrays(source.keypoints.value + np.array([0.25, 0], np.float32), source.keypoints.jacobian)

    (moved,) = network.move(source, to, border="official")

    assert np.allclose(moved.flow - identity_flow(SIDE_PX // 4), [-0.25, 0], atol=1e-4)  # least squares


def test_frozen_borders_and_still_places_hold_still(network: MotionNetwork) -> None:
    source = network.encode(a_picture())
    to = KeypointArrays(source.keypoints.value + np.float32(0.25), source.keypoints.jacobian)
    still = np.zeros((SIDE_PX // 4, SIDE_PX // 4), np.float32)
    still[:, 8:] = 1

    (moved,) = network.move(source, to, border="frozen", still=still)

    shift = moved.flow - identity_flow(SIDE_PX // 4)
    assert (shift[0] == 0).all() and (shift[:, 8:] == 0).all()
    assert (shift[7, 7] < -0.1).all()


def test_a_picture_of_another_size_is_an_error(network: MotionNetwork) -> None:
    with pytest.raises(ValueError, match="64"):
        network.keypoints([a_portrait()])
