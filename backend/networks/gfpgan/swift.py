"""GFPGAN rearranged for speed: same function, fewer passes over memory, bfloat16 where wanted.

Kept apart from the plain network, which is the one compared with the official code and stays easy to read.
"""

import copy

import torch
import torch.nn.functional as F  # noqa: N812  # the name everybody knows it by
from torch import Tensor, nn

from backend.networks.gfpgan.layers import StyleConv, activate, demodulation, energy_of
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.quick_bilinear import QuickBilinear
from backend.networks.gfpgan.resampling import Bilinear

_FOLD_FROM_PX = 128  # output sides; smaller features are cheaper to scale than their 512 x 512 weights


def swift(network: Gfpgan, dtype: torch.dtype) -> Gfpgan:
    """A network of its own with the function of `network`, without what takes no part in restoring.

    dtype: of features and convolutions, float32 or bfloat16. Latents, scales and the sum of pictures are float32
           in either.
    """
    fast = copy.deepcopy(network)
    fast.toRGB = nn.ModuleList()
    decoder = fast.stylegan_decoder
    decoder.style_mlp = nn.ModuleDict()
    decoder.constant_input.to(dtype)
    decoder.style_conv1 = SwiftStyleConv(decoder.style_conv1, 4, dtype)
    for i, conv in enumerate(decoder.style_convs):
        decoder.style_convs[i] = SwiftStyleConv(conv, 4 * 2 ** (i // 2 + 1), dtype)
    for block in fast.conv_body_up:
        block.doubling = QuickBilinear()
    for module in fast.modules():
        if isinstance(module, nn.Conv2d):
            module.to(dtype=dtype, memory_format=torch.channels_last)
    return fast


class SwiftStyleConv(nn.Module):
    """A StyleConv with its sums done beforehand; from 128 px up scales go into the weights, one face at a time.

    side: of its output, in pixels
    """

    def __init__(self, plain: StyleConv, side: int, dtype: torch.dtype) -> None:
        super().__init__()
        conv = plain.modulated_conv
        self.folds = side >= _FOLD_FROM_PX
        weight = conv.weight[0].contiguous(memory_format=torch.channels_last)
        self.register_buffer("kernel", weight if self.folds else weight.to(dtype))
        self.register_buffer("energy", energy_of(conv.weight[0]))
        self.modulation = conv.modulation
        self.resampling = QuickBilinear() if isinstance(conv.resampling, Bilinear) else conv.resampling
        self.strength = plain.weight
        self.bias = plain.bias

    def forward(self, x: Tensor, style: Tensor, noise: Tensor) -> Tensor:
        """See StyleConv."""
        scale: Tensor = self.modulation(style)
        gain = demodulation(scale, self.energy)
        noise = noise * self.strength
        if self.folds and len(x) == 1:
            weight = self.kernel * scale[:, :, None, None] * gain[0, :, None, None, None]
            y = self._convolve(x, weight.to(x.dtype), self.bias.flatten().to(x.dtype))
            return activate(y.add_(noise.to(x.dtype)))
        y = self._convolve(x * scale[:, :, None, None].to(x.dtype), self.kernel.to(x.dtype), None)
        y = y.float().mul_(gain[:, :, None, None]).add_(noise).add_(self.bias)
        return activate(y).to(x.dtype)

    def _convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        if self.resampling is None:
            return F.conv2d(x, weight, bias, padding=1)
        return self.resampling.double(x, weight, bias)
