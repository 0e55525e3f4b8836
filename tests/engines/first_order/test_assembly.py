"""The engine as the worker has it, over a folder with a narrow network."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import InvalidOption, WeightsMissing
from backend.engines.animation_api import AnimateOptions, MotionSetup
from backend.engines.api import Device, Precision
from backend.engines.first_order import assembly
from backend.engines.first_order.assembly import assemble
from backend.engines.first_order.engine import FirstOrderAnimator
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.networks.first_order.generator import Generator
from backend.networks.first_order.keypoints import KeypointDetector
from tests.builders import a_portrait
from tests.engines.first_order.stages import PORTRAIT_FACE, Found, a_preset, filmed
from tests.narrow_motion import NARROW_DETECTOR, NARROW_GENERATOR, motion_file
from tests.weights_folders import a_folder, an_entry

FILE = "vox-cpk.pth.tar"

a_file = cache(motion_file)  # torch never writes the same bytes twice


def an_engine(
    directory: Path, precision: Precision = "fp32", *, device: Device = "cpu"
) -> FirstOrderAnimator:
    offer = an_entry(
        "vox-cpk", FILE, content=a_file(), engine="first_order", role="motion", commercial_use=False
    )
    setup = MotionSetup(device=device, precision=precision)
    return assemble(a_folder(directory, offer), setup, Found(PORTRAIT_FACE), directory / "templates")


def test_a_file_that_arrives_is_used_by_the_engine_that_runs(tmp_path: Path) -> None:
    engine = an_engine(tmp_path)
    with pytest.raises(WeightsMissing):
        filmed(a_portrait(), a_preset(3), engine=engine)

    (tmp_path / FILE).write_bytes(a_file())

    animation, frames = filmed(a_portrait(), a_preset(3), engine=engine)
    assert animation.model == "vox-cpk"
    assert np.array_equal(frames[0], a_portrait()) and (frames[1] != frames[0]).any()


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_film_is_the_same_bytes_each_time(tmp_path: Path, precision: Precision) -> None:
    engine = an_engine(tmp_path, precision)
    (tmp_path / FILE).write_bytes(a_file())

    one, other = (filmed(a_portrait(), a_preset(4), engine=engine)[1] for _ in range(2))

    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("mode", ["fast", "parity"])
def test_every_mode_makes_a_film(tmp_path: Path, mode: str) -> None:
    engine = an_engine(tmp_path)
    (tmp_path / FILE).write_bytes(a_file())

    _, frames = filmed(a_portrait(), a_preset(4), AnimateOptions(mode=mode), engine)  # type: ignore[arg-type]  # a parameter

    assert len(frames) == 4 and (frames[1] != frames[0]).any()


def test_openvino_makes_the_networks_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, object] = {}

    def made(generator: Generator, detector: KeypointDetector, **more: object) -> FakeMotionNetwork:
        asked.update(more, seen=(generator.size, detector.size))
        return FakeMotionNetwork(side_px=256)

    monkeypatch.setattr(assembly, "OpenVinoMotionNetwork", made)
    engine = an_engine(tmp_path, device="openvino")
    (tmp_path / FILE).write_bytes(a_file())

    animation, _ = filmed(a_portrait(), a_preset(2), engine=engine)

    assert animation.model == "fake"
    assert asked["seen"] == (NARROW_GENERATOR, NARROW_DETECTOR)
    assert (asked["model"], asked["cache"], asked["side_px"]) == ("vox-cpk", tmp_path / "openvino", 256)


def test_a_device_that_is_not_here_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="device"):
        assemble(a_folder(tmp_path), MotionSetup(device="mps"), Found(), None)
