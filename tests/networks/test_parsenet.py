import pytest
import torch

from backend.domain.errors import WeightsRefused
from backend.networks.parsenet import ParseNet, ParseNetSize
from tests.networks.fixtures import farthest, fixture, signed_tensor
from tests.shared_data import needs_shared

OFFICIAL = ParseNetSize(
    encoder=(64, 128, 256, 256, 256), residual_blocks=10, decoder=(256, 256, 128, 64), classes=19
)
TINY = ParseNetSize(encoder=(4, 6, 8), residual_blocks=1, decoder=(6, 4), classes=5)


def test_the_official_size_has_the_tensors_of_the_official_file() -> None:
    with torch.device("meta"):
        network = ParseNet(OFFICIAL)

    assert len(network.state_dict()) == 238
    assert sum(tensor.numel() for tensor in network.parameters()) == 21_303_254


def test_a_network_is_rebuilt_from_its_tensors_alone() -> None:
    network = ParseNet(TINY).eval()
    x = torch.rand(2, 3, 16, 24) * 2 - 1

    again = ParseNet.from_state(network.state_dict())

    assert torch.equal(again(x), network(x))
    assert again(x).shape == (2, 5, 16, 24)


def test_a_state_without_its_head_is_refused() -> None:
    state = ParseNet(TINY).state_dict()
    del state["out_mask_conv.conv2d.weight"]

    with pytest.raises(WeightsRefused, match="out_mask_conv"):
        ParseNet.from_state(state)


@needs_shared("parity")
def test_every_stage_is_the_official_one() -> None:
    one = fixture("parsenet_tiny")
    network = ParseNet.from_state(one.state())

    stages = network.stages(signed_tensor(one.picture("input_0")))

    assert stages.keys() == {"logits", "rgb"}
    for name, result in stages.items():
        assert farthest(result, one, f"{name}_0") <= one.array_infos[f"{name}_0"]["tolerance"]
