"""Mode "fast" on shipped clips at full size, and the seeded file that both sides of the benchmark load."""

from pathlib import Path

import numpy as np
import pytest

from backend.checkpoints.load import load_states
from backend.engines.first_order.torch_network import TorchMotionNetwork
from backend.networks.first_order.model import FirstOrderModel
from benchmarks.first_order.fast_motion import compared, random_network
from benchmarks.first_order.weights import GENERATOR_SIZE, save_official_file


@pytest.fixture(scope="module")
def network() -> TorchMotionNetwork:
    return random_network()


@pytest.mark.parametrize("clip", ["nod", "talk"])
def test_the_motion_of_fast_is_that_of_best(network: TorchMotionNetwork, clip: str) -> None:
    apart = compared(network, Path(f"driving_videos/{clip}.mp4"), frames=16, window=7)

    assert apart.amplitude_px[1] > 5  # the points do move
    assert apart.flow_px <= 0.5  # 0 measured: each frame has its own dense motion
    # as optical flow sees the pictures: 0.1 measured at the median of pixels, and several with the key held
    assert apart.seen_px[0] <= 0.5
    assert apart.held_px > 2 * apart.seen_px[1]
    assert apart.least_db > 33  # 37 and more measured


def test_the_seeded_file_is_of_the_official_sizes(tmp_path: Path) -> None:
    save_official_file(tmp_path / "vox-cpk.pth.tar")

    model = FirstOrderModel.from_states(load_states(tmp_path / "vox-cpk.pth.tar"))

    assert model.generator.size == GENERATOR_SIZE
    # the official numbers of parameters, as published
    assert sum(one.numel() for one in model.generator.parameters()) == 45_575_391
    assert sum(one.numel() for one in model.detector.parameters()) == 14_215_368
    assert np.isfinite(model.generator.final.weight.detach().numpy()).all()
