import pytest
import torch

from backend.domain.errors import WeightsRefused
from backend.networks.srvgg import SRVGGNetCompact, SRVGGSize, mixed
from tests.networks.fixtures import farthest, fixture, unit_tensor
from tests.shared_data import needs_shared

TINY = SRVGGSize(features=4, inner_convs=2, scale=2)


def test_the_official_size_has_the_tensors_of_the_official_file() -> None:
    with torch.device("meta"):
        network = SRVGGNetCompact(SRVGGSize(features=64, inner_convs=32, scale=4))

    assert len(network.state_dict()) == 101
    assert sum(tensor.numel() for tensor in network.parameters()) == 1_213_296


def test_a_network_is_rebuilt_from_its_tensors_alone() -> None:
    network = SRVGGNetCompact(TINY).eval()
    x = torch.rand(2, 3, 5, 7)

    again = SRVGGNetCompact.from_state(network.state_dict())

    assert torch.equal(again(x), network(x))
    assert again(x).shape == (2, 3, 10, 14)


def test_a_row_that_does_not_end_in_whole_pixels_is_refused() -> None:
    state = SRVGGNetCompact(TINY).state_dict()
    state["body.6.weight"] = torch.zeros(10, 4, 3, 3)

    with pytest.raises(WeightsRefused, match="10 channels"):
        SRVGGNetCompact.from_state(state)


def test_mixing_two_networks_mixes_their_weights() -> None:
    general, other = SRVGGNetCompact(TINY).state_dict(), SRVGGNetCompact(TINY).state_dict()

    mix = mixed(general, other, 0.25)

    for key, value in mix.items():
        assert torch.allclose(value, 0.25 * general[key] + 0.75 * other[key])
    assert all(torch.equal(value, general[key]) for key, value in mixed(general, other, 1.0).items())


def test_networks_of_two_sizes_cannot_be_mixed() -> None:
    other = SRVGGNetCompact(SRVGGSize(features=4, inner_convs=3, scale=2)).state_dict()

    with pytest.raises(WeightsRefused, match="same names"):
        mixed(SRVGGNetCompact(TINY).state_dict(), other, 0.5)


@needs_shared("parity")
def test_the_result_is_the_official_one() -> None:
    one = fixture("srvgg_x4_tiny")
    network = SRVGGNetCompact.from_state(one.state())

    image = network.stages(unit_tensor(one.picture("input_0")))["image"]

    assert farthest(image, one, "image") <= one.array_infos["image"]["tolerance"]
