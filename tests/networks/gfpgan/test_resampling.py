"""Resizing in both manners, against the arithmetic written out."""

import numpy as np
import pytest
import torch
from torch import Tensor

from backend.networks.gfpgan.resampling import Bilinear, Blurred, Resampling

_KERNEL = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64


def _stuffed(plane: np.ndarray, before: int, after: int) -> np.ndarray:
    """upfirdn's picture: a zero after each pixel of each row and column, then a margin, as a plain loop."""
    height, width = plane.shape
    out = np.zeros((2 * height, 2 * width))
    out[::2, ::2] = plane
    return np.pad(out, (before, after))


def _filtered(plane: np.ndarray) -> np.ndarray:
    rows, columns = plane.shape[0] - 3, plane.shape[1] - 3
    return np.array(
        [[(plane[y : y + 4, x : x + 4] * _KERNEL).sum() for x in range(columns)] for y in range(rows)]
    )


def _plane(side: int = 6) -> Tensor:
    return torch.randn(1, 1, side, side, generator=torch.Generator().manual_seed(3))


def test_blurred_doubling_is_upfirdn_with_margins_two_and_one() -> None:
    plane = _plane()

    doubled = Blurred().double_picture(plane)

    expected = 4 * _filtered(_stuffed(plane[0, 0].numpy(), 2, 1))
    np.testing.assert_allclose(doubled[0, 0].numpy(), expected, atol=1e-6)  # float32 sums of 16


@pytest.mark.parametrize(("side", "margin"), [(1, 1), (3, 2)])
def test_blurred_halving_filters_with_the_margin_the_convolution_lacks(side: int, margin: int) -> None:
    plane, middle = _plane(8), torch.zeros(1, 1, side, side)
    middle[..., 0, 0] = 1.0  # picks the first pixel of each window

    halved = Blurred().halve(plane, middle, None)

    expected = _filtered(np.pad(plane[0, 0].numpy(), margin))[::2, ::2][:4, :4]
    np.testing.assert_allclose(halved[0, 0].numpy(), expected, atol=1e-6)


@pytest.mark.parametrize("resampling", [Bilinear(), Blurred()])
def test_flat_pictures_stay_flat_away_from_the_edge(resampling: Resampling) -> None:
    flat = torch.full((1, 3, 8, 8), 0.3)

    doubled = resampling.double_picture(flat)

    assert doubled.shape == (1, 3, 16, 16)
    assert (doubled[..., 2:-2, 2:-2] - 0.3).abs().max() < 1e-6


@pytest.mark.parametrize("resampling", [Bilinear(), Blurred()])
def test_convolutions_change_sides_by_two(resampling: Resampling) -> None:
    x, weight = torch.randn(2, 3, 8, 8), torch.randn(5, 3, 3, 3)

    assert resampling.halve(x, weight, torch.zeros(5)).shape == (2, 5, 4, 4)
    assert resampling.double(x, weight).shape == (2, 5, 16, 16)


def test_bilinear_doubling_weighs_neighbours_three_to_one() -> None:
    step = torch.tensor([0.0, 4.0]).expand(1, 1, 2, 2)

    assert Bilinear().double_picture(step)[0, 0, 0].tolist() == [0.0, 1.0, 3.0, 4.0]
