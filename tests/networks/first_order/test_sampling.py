"""Sampling by rows of a table is what grid_sample does."""

import torch

from backend.networks.first_order.geometry import warp
from backend.networks.first_order.sampling import gathered


def _random(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(5))


def test_inside_and_outside_it_is_a_warp() -> None:
    features, places = _random(1, 6, 9, 12), _random(3, 7, 5, 2) * 3 - 1.5  # a third of them outside
    features = features.contiguous(memory_format=torch.channels_last)

    sampled = gathered(features, places)

    # the same four products, summed in another order
    assert torch.allclose(sampled, warp(features.expand(3, -1, -1, -1), places), rtol=0, atol=1e-6)
    assert sampled.is_contiguous(memory_format=torch.channels_last)


def test_a_share_is_what_is_left() -> None:
    features, places, share = _random(1, 6, 8, 8), _random(2, 4, 4, 2), _random(2, 4, 4)

    assert torch.allclose(gathered(features, places, share), gathered(features, places) * share[:, None])


def test_places_that_are_no_numbers_show_nothing() -> None:
    places = torch.tensor([torch.nan, torch.inf, -torch.inf, 1e30])[None, :, None, None].expand(1, 4, 2, 2)

    assert torch.equal(gathered(torch.ones(1, 3, 5, 5), places), torch.zeros(1, 3, 4, 2))
