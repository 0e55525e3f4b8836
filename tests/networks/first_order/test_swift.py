"""The fast form gives what the plain networks give, on numbers where every one takes part."""

import numpy as np
import pytest
import torch
from torch import Tensor

from backend.evaluation.parity.seeded_weights import read_manifest, seeded_state
from backend.networks.first_order.border import Border
from backend.networks.first_order.generator import Generator
from backend.networks.first_order.keypoints import KeypointDetector, Keypoints
from backend.networks.first_order.swift import SwiftGenerator, SwiftSource, swift_detector
from tests.narrow_motion import random_states
from tests.shared_data import SHARED, needs_shared

SIDE_PX = 64
WITHIN = (
    2e-5  # float32 sums in another order, norms folded into weights; what the whole product allows itself
)


@pytest.fixture(autouse=True)
def without_gradients() -> None:
    torch.manual_seed(3)


@pytest.fixture
def generator() -> Generator:
    return Generator.from_state(random_states()["generator"])


@pytest.fixture
def photo() -> Tensor:
    return torch.rand(1, 3, SIDE_PX, SIDE_PX)


def some_points(frames: int) -> Keypoints:
    jacobian = torch.eye(2) + 0.3 * (torch.rand(frames, 10, 2, 2) - 0.5)
    return Keypoints(torch.rand(frames, 10, 2) - 0.5, jacobian)


@torch.no_grad()
def pictures(fast: SwiftGenerator, source: SwiftSource, to: Keypoints, border: Border) -> Tensor:
    return fast.drawn(fast.refined(fast.moved(source, fast.motion(source, to, border=border))))


@pytest.mark.parametrize("border", ["official", "frozen"])
@torch.no_grad()
def test_motion_and_pictures_are_those_of_the_plain_generator(
    generator: Generator, photo: Tensor, border: Border
) -> None:
    at, to = some_points(1), some_points(3)
    expected = generator.motion(generator.encode(photo), at, to, border=border)
    fast = SwiftGenerator(generator, torch.float32)
    source = fast.encode(photo, at)

    motion = fast.motion(source, to, border=border)
    made = pictures(fast, source, to, border)

    assert torch.allclose(source.features, generator.encode(photo).features, rtol=0, atol=WITHIN)
    assert torch.allclose(motion.deformation, expected.deformation, rtol=0, atol=WITHIN)
    assert torch.allclose(motion.occlusion, expected.occlusion, rtol=0, atol=WITHIN)
    assert torch.allclose(motion.mask, expected.mask, rtol=0, atol=WITHIN)
    assert torch.allclose(made, generator(photo, at, to, border=border), rtol=0, atol=WITHIN)
    assert made.std() > 0.01


@torch.no_grad()
def test_points_that_stay_move_nothing(generator: Generator, photo: Tensor) -> None:
    at, fast = some_points(1), SwiftGenerator(generator, torch.float32)
    source = fast.encode(photo, at)

    motion = fast.motion(source, at, border="official")

    # J J^-1 in float32: a few times its last digit (1.2e-7)
    assert torch.allclose(motion.deformation[0], source.grid, rtol=0, atol=1e-6)


@torch.no_grad()
def test_what_is_still_neither_moves_nor_hides(generator: Generator, photo: Tensor) -> None:
    at, to, fast = some_points(1), some_points(2), SwiftGenerator(generator, torch.float32)
    source, still = fast.encode(photo, at), torch.zeros(16, 16)
    still[:, :4], still[:, 4:8] = 1.0, 0.5

    free = fast.motion(source, to, border="official")
    motion = fast.motion(source, to, border="official", still=still)

    assert torch.equal(motion.deformation[:, :, :4], source.grid[:, :4].expand(2, -1, -1, -1))
    assert torch.equal(motion.occlusion[..., :4], torch.ones(2, 1, 16, 4))
    halfway = (free.deformation[:, :, 4:8] + source.grid[:, 4:8]) / 2
    assert torch.allclose(motion.deformation[:, :, 4:8], halfway, rtol=0, atol=1e-6)
    assert torch.equal(motion.deformation[:, :, 8:], free.deformation[:, :, 8:])
    assert not torch.allclose(free.deformation, source.grid.expand(2, -1, -1, -1), atol=0.01)


@torch.no_grad()
def test_the_detector_finds_the_same_points() -> None:
    detector = KeypointDetector.from_state(random_states()["kp_detector"])
    faces = torch.rand(2, 3, SIDE_PX, SIDE_PX)

    expected, found = detector(faces), swift_detector(detector)(faces)

    # the bound of the official points themselves, times ten for folding
    assert torch.allclose(found.value, expected.value, rtol=0, atol=WITHIN)
    assert torch.allclose(found.jacobian, expected.jacobian, rtol=0, atol=WITHIN)


def test_the_plain_networks_are_left_as_they_are(generator: Generator) -> None:
    before = {name: tensor.clone() for name, tensor in generator.state_dict().items()}

    SwiftGenerator(generator, torch.bfloat16)

    assert all(torch.equal(tensor, before[name]) for name, tensor in generator.state_dict().items())


@needs_shared("parity")
@torch.no_grad()
def test_at_full_size_float32_is_within_2e_5_and_bfloat16_above_45_db() -> None:
    states = {
        part: seeded_state(read_manifest(SHARED / f"parity/manifests/fomm_{part}.json"), 0)
        for part in ("generator", "kp_detector")
    }
    plain, detector = (
        Generator.from_state(states["generator"]),
        KeypointDetector.from_state(states["kp_detector"]),
    )
    photo = torch.nn.functional.interpolate(torch.rand(1, 3, 32, 32), (256, 256), mode="bicubic").clamp(0, 1)
    at = detector(photo)
    to = Keypoints(at.value + 0.1 * (torch.rand(1, 10, 2) - 0.5), at.jacobian * 1.05)
    expected = plain(photo, at, to, border="frozen")

    made = {}
    for dtype in (torch.float32, torch.bfloat16):
        fast = SwiftGenerator(plain, dtype)
        made[dtype] = pictures(fast, fast.encode(photo, at), to, "frozen")

    assert expected.std() > 0.05
    assert (made[torch.float32] - expected).abs().max() < WITHIN
    error = float((made[torch.bfloat16] - expected).square().mean())
    assert -10 * np.log10(error) > 45  # 51 to 53 measured
