"""The quick way to double equals the plain one, edges and corners included."""

import pytest
import torch

from backend.networks.gfpgan.quick_bilinear import QuickBilinear
from backend.networks.gfpgan.resampling import Bilinear


@pytest.mark.parametrize(("height", "width"), [(16, 16), (17, 31), (40, 16), (4, 4), (2, 50)])
@pytest.mark.parametrize("channels_last", [False, True])
def test_quick_doubling_equals_plain_doubling(height: int, width: int, channels_last: bool) -> None:
    random = torch.Generator().manual_seed(height * width)
    x = torch.randn(2, 6, height, width, generator=random)
    weight, bias = torch.randn(5, 6, 3, 3, generator=random), torch.randn(5, generator=random)
    if channels_last:
        x, weight = (each.contiguous(memory_format=torch.channels_last) for each in (x, weight))

    quick, plain = QuickBilinear().double(x, weight, bias), Bilinear().double(x, weight, bias)

    # float32 sums of 54 products of unit size, in another order
    torch.testing.assert_close(quick, plain, atol=2e-5, rtol=0)
