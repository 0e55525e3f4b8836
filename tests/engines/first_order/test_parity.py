"""The official loop: the network's bare pictures, as the official code has them."""

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import cast

import cv2
import numpy as np
import pytest
import torch

from backend.domain.errors import InvalidOption, NoMotionFound
from backend.engines.animation_api import (
    AnimateOptions,
    Border,
    DrivingClip,
    FaceCurves,
    MotionCurve,
)
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.torch_network import TorchMotionNetwork
from backend.evaluation.parity.fixtures import Fixture
from backend.media.types import RgbImage
from backend.networks.first_order.model import FirstOrderModel
from tests.builders import a_photo
from tests.engines.first_order.stages import SIDE_PX, a_clip, a_preset, an_engine, filmed
from tests.networks.fixtures import fixture
from tests.shared_data import needs_shared

PARITY = AnimateOptions(mode="parity")


def test_the_film_is_the_network_s_side_and_one_frame_a_driving_frame() -> None:
    animation, frames = filmed(a_photo(90, 70), a_clip(5, fps=12.0), PARITY)

    assert (animation.width_px, animation.height_px, animation.fps) == (SIDE_PX, SIDE_PX, 12.0)
    assert len(frames) == animation.frame_count == 5
    assert (animation.faces, animation.model) == ((), "fake")


def test_every_frame_of_a_clip_is_used_at_its_own_rate() -> None:
    clip = replace(a_clip(24, fps=12.0), used_seconds=1.0, own_fps=24.0)

    animation, frames = filmed(a_photo(90, 70), clip, PARITY)

    # two seconds, of which other modes would use one at half the rate
    assert animation.fps == 24.0
    assert len(frames) == animation.frame_count == 24


def test_one_picture_is_no_film() -> None:
    with pytest.raises(NoMotionFound):
        filmed(a_photo(90, 70), a_clip(1), PARITY)


def test_a_face_crop_is_square() -> None:
    with pytest.raises(InvalidOption, match="square"):
        filmed(a_photo(90, 70), a_clip(3), replace(PARITY, is_face_crop=True))


def test_frames_are_the_network_s_own_rounded() -> None:
    photo, network = a_photo(SIDE_PX, SIDE_PX), FakeMotionNetwork(side_px=SIDE_PX)
    source = network.encode(photo)

    _, frames = filmed(photo, a_preset(3), PARITY)

    # At the first frame the source is moved to its own keypoints.
    moved = next(network.move(source, source.keypoints, border="official"))
    assert np.abs(frames[0] - moved.picture * 255).max() <= 0.5 + 1e-3  # rounded
    assert (frames[1] != frames[0]).any()


def test_pictures_are_squeezed_by_plain_bilinear_interpolation() -> None:
    photo = a_photo(150, 100)
    squeezed = cv2.resize(photo, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR)

    _, whole = filmed(photo, a_clip(3), PARITY)
    _, square = filmed(np.asarray(squeezed, np.uint8), a_clip(3), PARITY)

    assert all(np.array_equal(a, b) for a, b in zip(whole, square, strict=True))


def test_another_frame_can_be_the_one_at_rest() -> None:
    photo = a_photo(SIDE_PX, SIDE_PX)

    _, first = filmed(photo, a_clip(4), PARITY)
    _, second = filmed(photo, a_clip(4), AnimateOptions(mode="parity", best_frame=1))

    assert np.array_equal(first[0], second[1])
    with pytest.raises(InvalidOption, match="no frame 4"):
        filmed(photo, a_clip(4), AnimateOptions(mode="parity", best_frame=4))


def test_without_a_clip_or_with_one_a_face_there_is_nothing_official() -> None:
    curve = MotionCurve(fps=25.0, channels={"smile": [0.0]})

    with pytest.raises(InvalidOption, match="no clip"):
        filmed(a_photo(), curve, PARITY)
    with pytest.raises(InvalidOption, match="one face"):
        filmed(a_photo(), FaceCurves(curves={0: a_preset()}), PARITY)


@needs_shared("parity")
@pytest.mark.parametrize(("border", "beginning"), [("official", ""), ("frozen", "freeze_")])
def test_the_film_is_the_official_code_s(border: Border, beginning: str) -> None:
    official = fixture("fomm_tiny")
    engine = an_engine(network=a_network(official))

    _, frames = filmed(
        rgb(official, "source"), the_clip(official), AnimateOptions(mode="parity", border=border), engine
    )

    info = official.array_infos[f"{beginning}prediction"]
    y, x, height, width = info["patch"]
    expected = official.arrays[f"{beginning}prediction__patch"].astype(np.float64) * 255
    seen = np.stack(frames).transpose(0, 3, 1, 2)[..., y : y + height, x : x + width]
    # Half a level of rounding, and the fixture's own tolerance for the network's numbers.
    assert np.abs(seen - expected).max() <= 0.5 + 255 * info["tolerance"]


def a_network(official: Fixture) -> TorchMotionNetwork:
    states = {}
    for name, seed in cast(Mapping[str, int], official.table("seeds")).items():
        part = name.removeprefix("fomm_").removesuffix("_tiny")
        states[part] = official.seeded(f"manifests/{name}.json", seed)
    model = FirstOrderModel.from_states(states)
    return TorchMotionNetwork(
        model.generator,
        model.detector,
        model="seeded",
        fingerprint="seeded",
        device=torch.device("cpu"),
        precision=torch.float32,
        side_px=official.array_infos["prediction"]["shape"][-1],
    )


def the_clip(official: Fixture) -> DrivingClip:
    pictures = [rgb(official, f"driving_{place}") for place in range(8)]

    def read(
        *, fps: float, start_s: float, seconds: float, long_side_px: int
    ) -> Generator[RgbImage, None, None]:
        assert (start_s, round(seconds * fps)) == (0.0, len(pictures))
        yield from pictures

    return DrivingClip(fps=25.0, duration_s=8 / 25, used_seconds=8 / 25, read=read)


def rgb(official: Fixture, key: str) -> RgbImage:
    return np.asarray(official.picture(key), np.uint8)
