"""RestoreFormer equals the official network on seeded weights, and its fast form equals it closely."""

import pytest
import torch

from backend.domain.errors import WeightsRefused
from backend.networks.restoreformer import from_state, swift
from tests.networks.parity import parity_case
from tests.shared_data import needs_shared


@needs_shared("parity")
@pytest.mark.parametrize(("name", "heads"), [("restoreformer_tiny", 4), ("restoreformer", 8)])
def test_every_stage_equals_the_official_network(name: str, heads: int) -> None:
    case = parity_case(name)

    found = from_state(case.state, heads=heads).stages(case.x)

    assert set(case.keys) == set(found)
    assert case.over_tolerance(found) == {}


@needs_shared("parity")
def test_the_number_of_heads_changes_the_picture() -> None:
    case = parity_case("restoreformer_tiny")

    four, two = (from_state(case.state, heads=heads)(case.x) for heads in (4, 2))

    assert (four - two).abs().max() > 0.01


@needs_shared("parity")
def test_bfloat16_form_keeps_the_codes_and_forty_five_decibels() -> None:
    case = parity_case("restoreformer_tiny")
    network = from_state(case.state, heads=4)

    plain, fast = network.stages(case.x), swift(network, torch.bfloat16).stages(case.x)

    error = (plain["image"] - fast["image"]).square().mean()
    assert torch.equal(plain["codes"], fast["codes"])
    assert fast["image"].dtype == torch.float32
    assert 10 * torch.log10(4 / error) >= 45


@needs_shared("parity")
def test_float32_form_equals_the_plain_network() -> None:
    case = parity_case("restoreformer_tiny")

    fast = swift(from_state(case.state, heads=4), torch.float32).stages(case.x)

    assert case.over_tolerance(fast) == {}


@pytest.mark.parametrize("state", [{}, {"encoder.conv_in.weight": torch.zeros(32, 3, 3, 3)}])
def test_another_networks_state_is_refused(state: dict[str, torch.Tensor]) -> None:
    with pytest.raises(WeightsRefused) as refused:
        from_state(state)

    assert refused.value.params["reason"] == "architecture"
