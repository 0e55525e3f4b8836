"""The two networks of a file together: what belongs together, what is refused, the official numbers."""

import pytest
import torch
from torch import Tensor

from backend.domain.errors import WeightsRefused
from backend.evaluation.parity.families import check
from backend.networks.first_order.blocks import HourglassSize
from backend.networks.first_order.dense_motion import DenseMotionSize
from backend.networks.first_order.generator import GeneratorSize
from backend.networks.first_order.model import FirstOrderModel
from tests.narrow_motion import NARROW_DETECTOR, NARROW_GENERATOR, random_states
from tests.networks.fixtures import fixture
from tests.shared_data import needs_shared


def test_both_networks_of_a_file_are_built() -> None:
    model = FirstOrderModel.from_states(random_states())

    assert model.detector.size == NARROW_DETECTOR
    assert not model.detector.training and not model.generator.training


def test_networks_of_two_files_are_refused() -> None:
    motion = DenseMotionSize(HourglassSize(4 * 16, (8, 8), (8, 4)), 15, 13)
    states = random_states(generator=GeneratorSize(4, (4, 4), 1, (4, 4), motion))

    with pytest.raises(WeightsRefused, match="finds 10 points, the generator moves 15"):
        FirstOrderModel.from_states(states)


@pytest.mark.parametrize(
    ("part", "key", "change", "said"),
    [
        ("kp_detector", "down.weight", lambda old: old * 1.1, r"kp_detector\.down\.weight sums to 1\.1"),
        (
            "generator",
            "dense_motion_network.down.weight",
            torch.zeros_like,
            r"generator\.dense_motion_network\.down\.weight sums to 0",
        ),
        (
            "generator",
            "first.norm.running_var",
            lambda old: -old,
            r"generator\.first\.norm\.running_var is no",
        ),
        (
            "kp_detector",
            "predictor.encoder.down_blocks.0.norm.running_var",
            torch.zeros_like,
            "is no variance",
        ),
    ],
)
def test_numbers_that_no_training_leaves_are_refused(part: str, key: str, change: object, said: str) -> None:
    states = random_states()
    assert callable(change)
    states[part][key] = change(states[part][key])

    with pytest.raises(WeightsRefused, match=said):
        FirstOrderModel.from_states(states)


def test_a_channel_that_never_fires_is_no_fault() -> None:
    states = random_states()
    states["generator"]["first.norm.running_var"][0] = 0.0

    assert FirstOrderModel.from_states(states).generator.size == NARROW_GENERATOR


def test_two_networks_in_each_other_s_place_are_refused() -> None:
    states = random_states()

    with pytest.raises(WeightsRefused, match="changed places"):
        FirstOrderModel.from_states({"generator": states["kp_detector"], "kp_detector": states["generator"]})


def test_a_network_that_restores_is_refused_in_words() -> None:
    restoring: dict[str, Tensor] = {
        "stylegan_decoder.style_mlp.1.weight": torch.zeros(1),
        "conv_body_first.weight": torch.zeros(1),
    }

    with pytest.raises(WeightsRefused, match=r"another network .*gfpgan_clean"):
        FirstOrderModel.from_states(random_states() | {"generator": restoring})


def test_paddle_s_mobile_network_is_refused_by_name() -> None:
    mobile = {"dense_motion_network.mask.0.weight": torch.zeros(1), "bottleneck.r0.x": torch.zeros(1)}

    with pytest.raises(WeightsRefused, match="mobile network is not built in"):
        FirstOrderModel.from_states(random_states() | {"generator": mobile})


@needs_shared("parity")
def test_every_stage_of_the_tiny_networks_is_the_official_one() -> None:
    findings = check(fixture("fomm_tiny"))

    assert [one for one in findings if one.outcome != "ok"] == []
    assert len(findings) == 32
