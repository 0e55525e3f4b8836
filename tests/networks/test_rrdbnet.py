import pytest
import torch

from backend.domain.errors import WeightsRefused
from backend.networks.rrdbnet import RRDBNet, RRDBNetSize
from tests.networks.fixtures import farthest, fixture, unit_tensor
from tests.shared_data import needs_shared


@pytest.mark.parametrize(("scale", "parameters"), [(2, 16_703_171), (4, 16_697_987)])
def test_the_official_sizes_have_the_tensors_of_the_official_files(scale: int, parameters: int) -> None:
    with torch.device("meta"):
        network = RRDBNet(RRDBNetSize(features=64, growth=32, blocks=23, scale=scale))

    assert len(network.state_dict()) == 702
    assert sum(tensor.numel() for tensor in network.parameters()) == parameters


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_a_network_is_rebuilt_from_its_tensors_alone(scale: int) -> None:
    network = RRDBNet(RRDBNetSize(features=8, growth=4, blocks=2, scale=scale)).eval()
    x = torch.rand(2, 3, 8, 12)

    again = RRDBNet.from_state(network.state_dict())

    assert again.scale == scale
    assert torch.equal(again(x), network(x))
    assert again(x).shape == (2, 3, 8 * scale, 12 * scale)


def test_a_network_for_other_pictures_than_rgb_is_refused() -> None:
    state = RRDBNet(RRDBNetSize(features=8, growth=4, blocks=1, scale=4)).state_dict()
    state["conv_first.weight"] = torch.zeros(8, 5, 3, 3)

    with pytest.raises(WeightsRefused, match="5 channels"):
        RRDBNet.from_state(state)


@needs_shared("parity")
@pytest.mark.parametrize("scale", [1, 2, 4])
def test_the_result_is_the_official_one(scale: int) -> None:
    one = fixture(f"rrdbnet_x{scale}_tiny")
    network = RRDBNet.from_state(one.state())

    image = network.stages(unit_tensor(one.picture("input_0")))["image"]

    assert farthest(image, one, "image") <= one.array_infos["image"]["tolerance"]
