"""GFPGAN with every sum in the order in which the official code does it: the same bits.

Kept apart from the plain network, whose order is cheaper and differs by rounding. Rounding decides a level of
a pixel here and there, and a pasted face shows several for each: only this form pastes the official picture.
"""

import torch
import torch.nn.functional as F  # noqa: N812  # the name everybody knows it by
from torch import Tensor, nn

from backend.networks.gfpgan.layers import SLOPE, ResBlock, StyleConv
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.resampling import Bilinear, bilinear

_TINY = 1e-8  # under the root of the demodulation, as StyleGAN2 has it


def in_official_order(network: Gfpgan) -> Gfpgan:
    """The network itself, rearranged; its tensors are not copied.

    Bit for bit for v1.2, v1.3 and v1.4 in float32, where torch uses as many threads for both. v1, whose file
    holds the weights in another form, comes as close as it did.
    """
    if not isinstance(network.stylegan_decoder.resampling, Bilinear):
        return network
    for blocks in (network.conv_body_down, network.conv_body_up):
        for i, block in enumerate(blocks):
            assert isinstance(block, ResBlock)
            factor = 0.5 if blocks is network.conv_body_down else 2.0
            blocks[i] = _OrderedResBlock(block, factor)
    decoder = network.stylegan_decoder
    first = decoder.style_conv1
    assert isinstance(first, StyleConv)
    decoder.style_conv1 = _OrderedStyleConv(first, doubles=False)
    for i, conv in enumerate(decoder.style_convs):
        assert isinstance(conv, StyleConv)
        decoder.style_convs[i] = _OrderedStyleConv(conv, doubles=i % 2 == 0)
    return network.eval()


class _OrderedResBlock(nn.Module):
    def __init__(self, plain: ResBlock, factor: float) -> None:
        super().__init__()
        self.conv1, self.conv2, self.skip = plain.conv1, plain.conv2, plain.skip
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        y = bilinear(F.leaky_relu(self.conv1(x), SLOPE), self.factor)
        y = F.leaky_relu(self.conv2(y), SLOPE)
        out: Tensor = y + self.skip(bilinear(x, self.factor))
        return out


class _OrderedStyleConv(nn.Module):
    """Weights of its own for each face, in one convolution with a group a face."""

    def __init__(self, plain: StyleConv, *, doubles: bool) -> None:
        super().__init__()
        self.modulated_conv = plain.modulated_conv
        self.weight, self.bias = plain.weight, plain.bias
        self.doubles = doubles

    def forward(self, x: Tensor, style: Tensor, noise: Tensor) -> Tensor:
        count, wide = x.shape[:2]
        weight = self.modulated_conv.weight * self.modulated_conv.modulation(style).view(count, 1, wide, 1, 1)
        weight = weight * torch.rsqrt(weight.pow(2).sum([2, 3, 4], keepdim=True) + _TINY)
        grown = bilinear(x, 2.0) if self.doubles else x
        height, width = grown.shape[2:]
        side_by_side = grown.reshape(1, count * wide, height, width)
        y = F.conv2d(side_by_side, weight.flatten(0, 1), padding=1, groups=count)
        y = y.view(count, -1, height, width) * 2**0.5
        return F.leaky_relu(y + self.weight * noise + self.bias, SLOPE)
