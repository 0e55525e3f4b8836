"""Films by torch: the plain network's pictures, whatever the mode, the batch and the memory."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from backend.domain.errors import OutOfMemory, WeightsRefused
from backend.engines.animation_api import AnimateMode, Border
from backend.engines.first_order.drawing import Hold, Pace, whole_frames
from backend.engines.first_order.seams import KeypointArrays, MovedFace
from backend.engines.first_order.torch_network import TorchMotionNetwork
from backend.engines.first_order.torch_values import to_faces, to_keypoints
from backend.engines.gfpgan.sample_face import draw_sample_face
from backend.networks.first_order.border import Border as NetworkBorder
from backend.networks.first_order.dense_motion import Motion
from backend.networks.first_order.generator import Generator
from backend.networks.first_order.keypoints import KeypointDetector, Keypoints
from backend.networks.first_order.swift import SwiftGenerator, SwiftSource
from tests.narrow_motion import random_states

States = dict[str, dict[str, torch.Tensor]]

SIDE_PX = 64
CPU = torch.device("cpu")
FACE = draw_sample_face(SIDE_PX)
WITHIN = 2e-5  # float32 sums in another order; what the whole product allows itself


def network(
    precision: torch.dtype = torch.float32, *, of: States | None = None, **more: object
) -> TorchMotionNetwork:
    states = of or random_states()
    return TorchMotionNetwork(
        Generator.from_state(states["generator"]),
        KeypointDetector.from_state(states["kp_detector"]),
        model="narrow",
        fingerprint="f",
        device=CPU,
        precision=precision,
        side_px=SIDE_PX,
        **more,  # type: ignore[arg-type]
    )


def some_motion(frames: int) -> KeypointArrays:
    """Points that go round in circles, each its own."""
    time = np.linspace(0, 2 * np.pi, frames, endpoint=False)[:, None]
    phase = np.arange(10)
    value = 0.5 * np.stack((np.cos(phase), np.sin(phase)), axis=-1)
    value = value + 0.1 * np.stack((np.cos(time + phase), np.sin(time + phase)), axis=-1)
    jacobian = np.eye(2) * (1 + 0.1 * np.sin(time + phase))[..., None, None]
    return KeypointArrays(value.astype(np.float32), jacobian.astype(np.float32))


def film(
    of: TorchMotionNetwork, to: KeypointArrays, mode: AnimateMode = "best", border: Border = "frozen"
) -> list[MovedFace]:
    return list(of.move(of.encode(FACE), to, border=border, mode=mode))


def farthest(one: list[MovedFace], other: list[MovedFace]) -> float:
    pairs = list(zip(one, other, strict=True))
    pictures = max(float(np.abs(a.picture - b.picture).max()) for a, b in pairs)
    return max(pictures, *(float(np.abs(a.flow - b.flow).max()) for a, b in pairs))


@pytest.mark.parametrize("border", ["official", "frozen"])
def test_every_frame_is_the_plain_network_s(border: Border) -> None:
    of, to = network(), some_motion(11)  # more than go through dense motion together

    made, plain = film(of, to, border=border), film(of, to, "parity", border)

    assert farthest(made, plain) < WITHIN
    assert made[0].picture.shape == (SIDE_PX, SIDE_PX, 3)
    assert made[0].flow.shape == (SIDE_PX // 4, SIDE_PX // 4, 2)
    assert made[0].occlusion.shape == (SIDE_PX // 4, SIDE_PX // 4)
    assert {array.dtype for array in (made[0].picture, made[0].flow, made[0].occlusion)} == {
        np.dtype(np.float32)
    }
    assert np.abs(made[0].picture - made[5].picture).max() > 0.01


def test_parity_is_the_plain_network_to_the_byte() -> None:
    of, to = network(torch.bfloat16), some_motion(2)
    states = random_states()
    plain = Generator.from_state(states["generator"])
    picture = torch.from_numpy(FACE.transpose(2, 0, 1)[None].copy()).float() / 255
    points = to_keypoints(to, CPU)
    with torch.no_grad():
        at = to_keypoints(of.encode(FACE).keypoints, CPU)
        expected = plain(picture, at, Keypoints(points.value[1:], points.jacobian[1:]), border="official")

    made = film(of, to, "parity", "official")

    assert np.array_equal(made[1].picture, expected[0].permute(1, 2, 0).numpy())


@pytest.mark.parametrize("mode", ["best", "fast"])
def test_the_same_film_is_the_same_bytes(mode: AnimateMode) -> None:
    of, to = network(torch.bfloat16), some_motion(10)
    once = film(of, to, mode)

    with ThreadPoolExecutor(2) as pool:  # two at a time share the network
        again = list(pool.map(lambda _: film(of, to, mode), range(2)))

    for other in again:
        assert all(np.array_equal(a.picture, b.picture) for a, b in zip(once, other, strict=True))


@pytest.mark.parametrize("at_once", [1, 3, 16, 64])
def test_the_number_at_a_time_changes_nothing(at_once: int) -> None:
    of, to = network(), some_motion(20)
    fast = SwiftGenerator(Generator.from_state(random_states()["generator"]), torch.float32)
    expected = film(of, to)

    pace = Pace(at_once, at_once)
    made = list(whole_frames(fast, of.encode(FACE).encoded, to_keypoints(to, CPU), Hold("frozen"), pace))

    assert farthest(made, expected) < WITHIN


def test_points_of_many_frames_are_those_of_each() -> None:
    of = network()
    frames = [np.roll(FACE, step, axis=1) for step in range(10)]

    together = of.keypoints(frames)

    each = [of.keypoints([frame]) for frame in frames]
    assert np.abs(together.value - np.concatenate([one.value for one in each])).max() < WITHIN
    assert np.abs(together.jacobian - np.concatenate([one.jacobian for one in each])).max() < WITHIN
    assert together.value.std(axis=0).max() > 1e-4


@pytest.mark.parametrize("mode", ["best", "fast", "parity"])
def test_what_is_still_does_not_move(mode: AnimateMode) -> None:
    of, still = network(), np.zeros((16, 16), np.float32)
    still[:8] = 1.0
    source = of.encode(FACE)

    [first, *_] = of.move(source, some_motion(2), border="official", still=still, mode=mode)

    places = np.linspace(-1, 1, 16, dtype=np.float32)
    assert np.abs(first.flow[:8, :, 0] - places).max() < 1e-6  # the float32 grid, made another way
    assert np.array_equal(first.occlusion[:8], np.ones((8, 16)))
    assert np.abs(first.flow[8:, :, 0] - places).max() > 0.01


class Small(SwiftGenerator):
    """A machine with memory for the motion of `fits` frames."""

    fits = 2

    def motion(
        self,
        source: SwiftSource,
        to: Keypoints,
        *,
        border: NetworkBorder,
        still: torch.Tensor | None = None,
    ) -> Motion:
        if len(to.value) > self.fits:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return super().motion(source, to, border=border, still=still)


@pytest.mark.parametrize("mode", ["best", "fast"])
def test_a_film_that_needs_too_much_is_made_with_less_at_a_time(mode: AnimateMode) -> None:
    to = some_motion(7)

    assert farthest(film(network(rearrange=Small), to, mode), film(network(), to, mode)) < WITHIN


def test_a_frame_that_is_too_much_is_out_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    of = network(rearrange=Small)
    monkeypatch.setattr(Small, "fits", 0)

    with pytest.raises(OutOfMemory):
        film(of, some_motion(2))


@pytest.mark.parametrize(("least_db", "precision"), [(30.0, torch.bfloat16), (1000.0, torch.float32)])
def test_bfloat16_is_taken_where_it_is_close_to_float32(
    monkeypatch: pytest.MonkeyPatch, least_db: float, precision: torch.dtype
) -> None:
    monkeypatch.setattr("backend.engines.first_order.torch_check.LEAST_DB", least_db)

    of = network(torch.bfloat16)

    assert of.precision == precision
    assert np.isfinite(film(of, some_motion(1))[0].picture).all()


@pytest.mark.parametrize("mode", ["best", "fast", "parity"])
def test_pictures_without_numbers_are_refused(mode: AnimateMode) -> None:
    states = random_states()
    states["generator"]["final.bias"][0] = torch.nan
    of = network()
    of._plain = Generator.from_state(states["generator"])
    of._places[0][0].generator.last = SwiftGenerator(of._plain, torch.float32).last

    with pytest.raises(WeightsRefused, match="no numbers"):
        film(of, some_motion(1), mode)


def test_a_source_of_another_network_is_a_mistake() -> None:
    class Other:
        keypoints = some_motion(1)

    with pytest.raises(TypeError, match="encode"):
        network().move(Other(), some_motion(1), border="frozen")


@pytest.mark.parametrize("spoiled", ["deformation", "occlusion"])
def test_a_motion_without_numbers_is_refused_though_a_warp_made_a_picture_of_it(spoiled: str) -> None:
    motion = Motion(torch.zeros(1, 16, 16, 2), torch.ones(1, 1, 16, 16), torch.ones(1, 11, 16, 16))
    getattr(motion, spoiled)[0, 0, 3] = torch.nan

    with pytest.raises(WeightsRefused, match="no numbers"):
        list(to_faces(torch.zeros(1, 3, SIDE_PX, SIDE_PX), motion))
