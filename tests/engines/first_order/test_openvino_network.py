"""OpenVINO moves what torch moves, converts once, and says so where it is not installed."""

from pathlib import Path

import numpy as np
import pytest
import torch

from backend.domain.errors import EngineUnavailable
from backend.engines.animation_api import AnimateMode
from backend.engines.first_order.openvino_network import OpenVinoMotionNetwork
from backend.networks.first_order.generator import Generator
from backend.networks.first_order.keypoints import KeypointDetector
from tests.engines.first_order.test_torch_network import SIDE_PX, farthest, film, network, some_motion
from tests.narrow_motion import random_states


def by_openvino(cache: Path, library: str = "openvino") -> OpenVinoMotionNetwork:
    states = random_states()
    return OpenVinoMotionNetwork(
        Generator.from_state(states["generator"]),
        KeypointDetector.from_state(states["kp_detector"]),
        model="narrow",
        fingerprint="f",
        precision=torch.float32,
        cache=cache,
        side_px=SIDE_PX,
        library=library,
    )


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="OpenVINO is not installed"):
        by_openvino(tmp_path, "openvino_of_nowhere")


@pytest.mark.parametrize("mode", ["best", "fast"])
def test_films_are_those_of_torch_and_the_conversion_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: AnimateMode
) -> None:
    openvino = pytest.importorskip("openvino", reason="OpenVINO is an optional package")
    to = some_motion(4)
    expected = film(network(), to, mode)

    first = film(by_openvino(tmp_path / "new"), to, mode)
    monkeypatch.setattr(openvino, "convert_model", None)  # must not be asked again
    second = film(by_openvino(tmp_path / "new"), to, mode)

    # other kernels, other order of sums, float32
    assert farthest(first, expected) < 1e-4
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(first, second, strict=True))
    assert sorted(path.suffix for path in (tmp_path / "new").iterdir()) == [".bin", ".bin", ".xml", ".xml"]
