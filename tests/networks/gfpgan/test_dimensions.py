"""Sizes are read from shapes, and what is not a GFPGAN is refused."""

from dataclasses import replace

import pytest
import torch

from backend.domain.errors import WeightsRefused
from backend.networks.gfpgan.architectures import clean_from_state
from backend.networks.gfpgan.dimensions import dimensions_of
from tests.networks.gfpgan.small import SMALL, small_state
from tests.networks.parity import parity_case
from tests.shared_data import needs_shared

_ONE_LATENT = replace(SMALL, latents=1, modulated=SMALL.decoder[:-1], mlp_layers=1)


@pytest.mark.parametrize("size", [SMALL, _ONE_LATENT])
def test_sizes_come_back_from_the_shapes(size: object) -> None:
    assert isinstance(size, type(SMALL))

    assert dimensions_of(small_state(size)) == size


@needs_shared("parity")
def test_sizes_of_the_official_v14_layout() -> None:
    size = dimensions_of(parity_case("gfpgan_clean_512_cm2").state)

    assert size.side == 512
    assert size.uses == size.latents == 16
    assert size.unet == (32, 64, 128, 256, 256, 256, 256, 256)
    assert size.decoder == (64, 128, 256, 512, 512, 512, 512, 512)
    assert size.modulated == (32, 64, 128, 256, 256, 256, 256)


@pytest.mark.parametrize("state", [{}, {"conv_first.weight": torch.zeros(1, 1, 1, 1)}])
def test_another_networks_state_is_refused(state: dict[str, torch.Tensor]) -> None:
    with pytest.raises(WeightsRefused) as refused:
        clean_from_state(state)

    assert refused.value.params["reason"] == "architecture"


def test_a_tensor_too_many_is_named() -> None:
    state = small_state() | {"stylegan_decoder.extra": torch.zeros(1)}

    with pytest.raises(WeightsRefused, match=r"stylegan_decoder\.extra"):
        clean_from_state(state)
