import pytest
import torch

from backend.networks.parsenet import ParseNet, ParseNetSize
from backend.networks.parsenet_folded import FoldedParseNet

TINY = ParseNetSize(encoder=(4, 6, 8, 8), residual_blocks=2, decoder=(8, 6, 4), classes=5)


@pytest.fixture
def network() -> ParseNet:
    torch.manual_seed(4)
    network = ParseNet(TINY)
    for name, value in network.state_dict().items():
        if name.endswith(("norm.weight", "running_var")):
            value.uniform_(0.5, 2.0)
        elif name.endswith(("norm.bias", "running_mean")):
            value.uniform_(-0.5, 0.5)
    return network.eval().requires_grad_(False)


@pytest.mark.parametrize(("height_px", "width_px"), [(16, 16), (24, 40), (64, 32)])
def test_folding_changes_nothing_but_rounding_borders_included(
    network: ParseNet, height_px: int, width_px: int
) -> None:
    x = torch.rand(2, 3, height_px, width_px) * 2 - 1

    difference = (FoldedParseNet(network)(x) - network(x)).abs().max()

    assert difference < 1e-5  # float32 sums in another order; logits are of the order of 1


def test_folding_leaves_the_network_it_was_made_of_alone(network: ParseNet) -> None:
    before = {key: value.clone() for key, value in network.state_dict().items()}

    FoldedParseNet(network).to(torch.bfloat16)

    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


def test_half_the_bits_give_nearly_the_same_logits_as_float32(network: ParseNet) -> None:
    x = torch.rand(1, 3, 32, 32) * 2 - 1
    exact = network(x)

    rounded = FoldedParseNet(network).to(torch.bfloat16)(x.to(torch.bfloat16))

    assert rounded.dtype == torch.float32
    assert (rounded - exact).abs().max() < 0.05 * exact.abs().max()  # bfloat16 has 8 bits: 0.4 % a step
