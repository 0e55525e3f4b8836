"""The generator and its motion: what must hold whatever the weights are, and the official numbers."""

import pytest
import torch
from torch import Tensor

from backend.domain.errors import WeightsRefused
from backend.networks.first_order.border import Border
from backend.networks.first_order.generator import Generator
from backend.networks.first_order.geometry import coordinate_grid
from backend.networks.first_order.keypoints import Keypoints
from tests.narrow_motion import motion_states, random_states

SIDE_PX = 64
BORDERS: tuple[Border, ...] = ("official", "frozen")


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(3)


@pytest.fixture
def generator() -> Generator:
    return Generator.from_state(random_states()["generator"])


@pytest.fixture
def photo() -> Tensor:
    return torch.rand(1, 3, SIDE_PX, SIDE_PX)


def some_points(frames: int) -> Keypoints:
    """Points with Jacobians that have inverses."""
    jacobian = torch.eye(2) + 0.3 * (torch.rand(frames, 10, 2, 2) - 0.5)
    return Keypoints(torch.rand(frames, 10, 2) - 0.5, jacobian)


@pytest.mark.parametrize("border", BORDERS)
def test_a_batch_gives_what_its_frames_give_one_by_one(
    generator: Generator, photo: Tensor, border: Border
) -> None:
    at, to = some_points(1), some_points(3)

    together = generator(photo, at, to, border=border)
    single = [
        generator(photo, at, Keypoints(to.value[i : i + 1], to.jacobian[i : i + 1]), border=border)
        for i in range(3)
    ]

    # Sums are done in another order for another batch; 2e-5 is what the whole product allows itself.
    assert torch.allclose(together, torch.cat(single), rtol=0, atol=2e-5)
    assert together.std() > 0.01


@pytest.mark.parametrize("border", BORDERS)
def test_keypoints_that_stay_move_nothing(generator: Generator, photo: Tensor, border: Border) -> None:
    at = some_points(1)
    encoded = generator.encode(photo)

    motion = generator.motion(encoded, at, at, border=border)

    identity = coordinate_grid(16, 16, torch.device("cpu"))
    # J J^-1 in float32: a few times its last digit (1.2e-7).
    assert torch.allclose(motion.deformation[0], identity, rtol=0, atol=1e-6)


def test_the_source_s_jacobian_cancels_in_relative_motion(generator: Generator, photo: Tensor) -> None:
    start, now, value = some_points(1), some_points(1), some_points(1).value
    encoded = generator.encode(photo)
    turn = now.jacobian @ torch.linalg.inv(start.jacobian)
    motions = []
    for source in (some_points(1).jacobian, some_points(1).jacobian):
        at, to = Keypoints(start.value, source), Keypoints(value, turn @ source)
        motions.append(generator.motion(encoded, at, to, border="official"))

    # J_s (J_d J_0^-1 J_s)^-1 = J_0 J_d^-1 in exact numbers; here through three float32 products.
    assert torch.allclose(motions[0].deformation, motions[1].deformation, rtol=0, atol=5e-6)


def test_a_source_is_sampled_where_the_deformation_says() -> None:
    generator = Generator.from_state(motion_states()["generator"])
    photo = torch.zeros(1, 3, SIDE_PX, SIDE_PX)
    photo[:, :, 28:36, 28:36] = 1.0
    at = Keypoints(torch.zeros(1, 10, 2), torch.eye(2).expand(1, 10, 2, 2))
    to = Keypoints(at.value + torch.tensor((0.4, 0.0)), at.jacobian)

    still, moved = generator(photo, at, both(at, to), border="official")

    # All points go right by 0.4 of half the side, and 10 of 11 motions are theirs: 0.4 * 10 / 11 * 31.5 px.
    shift_px = centre_x_px(moved) - centre_x_px(still)
    assert shift_px == pytest.approx(0.4 * 10 / 11 * 31.5, abs=0.5)


def test_a_frozen_border_holds_the_outermost_pixels_and_frees_the_middle(
    generator: Generator, photo: Tensor
) -> None:
    at, to = some_points(1), some_points(1)
    encoded = generator.encode(photo)

    official = generator.motion(encoded, at, to, border="official")
    frozen = generator.motion(encoded, at, to, border="frozen")

    identity = coordinate_grid(16, 16, torch.device("cpu"))
    assert torch.equal(frozen.deformation[0, 0], identity[0])
    assert torch.equal(frozen.occlusion[..., :5, :], torch.ones(1, 1, 5, 16))
    assert torch.equal(frozen.occlusion[..., 5:11, 5:11], official.occlusion[..., 5:11, 5:11])
    assert not torch.allclose(frozen.deformation, official.deformation)


def test_features_and_motion_of_two_sizes_are_refused() -> None:
    state = random_states()["generator"]
    state["dense_motion_network.down.weight"] = torch.zeros(3, 1, 5, 5)

    with pytest.raises(WeightsRefused, match=r"features are 4 times smaller.*motion is 2 times smaller"):
        Generator.from_state(state)


def both(first: Keypoints, second: Keypoints) -> Keypoints:
    return Keypoints(torch.cat((first.value, second.value)), torch.cat((first.jacobian, second.jacobian)))


def centre_x_px(picture: Tensor) -> float:
    light = (picture - picture.min()).sum(dim=(0, 1))
    return float((light * torch.arange(len(light))).sum() / light.sum())
