"""GFPGAN rearranged for speed: same function, fewer passes over memory, bfloat16 where wanted.

Kept apart from the plain network, which is the one compared with the official code and stays easy to read.
"""

import copy

import torch
import torch.nn.functional as F  # noqa: N812  # the name everybody knows it by
from torch import Tensor, nn

from backend.networks.gfpgan.layers import ResBlock, StyleConv, activate, demodulation, energy_of
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.quick_bilinear import QuickBilinear
from backend.networks.gfpgan.resampling import Bilinear

_FOLD_FROM_PX = 128  # output sides; smaller features are cheaper to scale than their 512 x 512 weights

# Where features are this small or smaller they stay float32, since what goes wrong there is spread over the
# whole face. On seeded weights: up to 8 px 45.6 dB and 0.86 s of one core, up to 32 px 47.7 dB and 0.92 s,
# up to 64 px 50.5 dB and 1.06 s; the official network 3.56 s, or 43.7 dB under autocast.
_EXACT_UP_TO_PX = 64


def swift(network: Gfpgan, dtype: torch.dtype) -> Gfpgan:
    """A network of its own with the function of `network`, without what takes no part in restoring.

    dtype: of features and convolutions where there are many, float32 or bfloat16; latents, scales, the
           smallest features and the sum of pictures are float32 in either
    """
    fast = copy.deepcopy(network)
    fast.toRGB = nn.ModuleList()
    fast.stylegan_decoder.style_mlp = nn.ModuleDict()
    for module in fast.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.data = module.weight.data.contiguous(memory_format=torch.channels_last)
    fast.conv_body_first.to(dtype)
    for i, block in enumerate(fast.conv_body_down):
        block.to(_dtype_at(network.size.side >> i, dtype))
    for i, block in enumerate(fast.conv_body_up):
        assert isinstance(block, ResBlock)
        block.doubling = QuickBilinear()
        for part in (block, fast.condition_scale[i], fast.condition_shift[i]):
            part.to(_dtype_at(8 << i, dtype))
    decoder = fast.stylegan_decoder
    decoder.style_conv1 = SwiftStyleConv(decoder.style_conv1, 4, dtype)
    decoder.style_convs = nn.ModuleList(
        SwiftStyleConv(conv, 8 << i // 2, dtype) for i, conv in enumerate(decoder.style_convs)
    )
    return fast


def _dtype_at(side: int, dtype: torch.dtype) -> torch.dtype:
    return torch.float32 if side <= _EXACT_UP_TO_PX else dtype


class SwiftStyleConv(nn.Module):
    """A StyleConv with its sums done beforehand; from 128 px up, scales of a single face go into the weights.

    side: of its output, in pixels
    """

    def __init__(self, plain: nn.Module, side: int, dtype: torch.dtype) -> None:
        super().__init__()
        assert isinstance(plain, StyleConv)
        conv = plain.modulated_conv
        self.folds = side >= _FOLD_FROM_PX
        self.dtype = _dtype_at(side, dtype)
        weight = conv.weight[0].contiguous(memory_format=torch.channels_last)
        self.kernel = nn.Parameter(weight if self.folds else weight.to(self.dtype), requires_grad=False)
        self.energy = nn.Parameter(energy_of(conv.weight[0]), requires_grad=False)
        self.modulation = conv.modulation
        self.resampling = QuickBilinear() if isinstance(conv.resampling, Bilinear) else conv.resampling
        self.strength = plain.weight
        self.bias = plain.bias

    def forward(self, x: Tensor, style: Tensor, noise: Tensor) -> Tensor:
        """See StyleConv."""
        scale: Tensor = self.modulation(style)
        gain = demodulation(scale, self.energy)
        noise, x = noise * self.strength, x.to(self.dtype)
        if self.folds and len(x) == 1:
            weight = self.kernel * scale[:, :, None, None] * gain[0, :, None, None, None]
            y = self._convolve(x, weight.to(self.dtype), self.bias.flatten().to(self.dtype))
            return activate(y.add_(noise.to(self.dtype)))
        y = self._convolve(x * scale[:, :, None, None].to(self.dtype), self.kernel.to(self.dtype), None)
        y = y.float().mul_(gain[:, :, None, None]).add_(noise).add_(self.bias)
        return activate(y).to(self.dtype)

    def _convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        if self.resampling is None:
            return F.conv2d(x, weight, bias, padding=1)
        return self.resampling.double(x, weight, bias)
