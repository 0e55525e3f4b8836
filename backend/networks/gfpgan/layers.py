"""What a GFPGAN is made of: residual blocks that change size, and StyleGAN2's modulated convolutions.

Kept apart from `network.py`, which says how they hang together. Attribute names are those of the files.
"""

import math

import torch
import torch.nn.functional as F  # noqa: N812  # the name everybody knows it by
from torch import Tensor, nn

from backend.networks.gfpgan.resampling import Resampling, bilinear

SLOPE = 0.2  # of every leaky ReLU
_NEVER = 1 << 30


class ResBlock(nn.Module):
    """Two convolutions around a change of size, plus the resized input through a 1 x 1.

    resampling: of a block that halves; None for one that doubles, which is bilinear in every release
    """

    def __init__(self, wide_in: int, wide_out: int, resampling: Resampling | None) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(wide_in, wide_in, 3, padding=1)
        self.conv2 = nn.Conv2d(wide_in, wide_out, 3, padding=1)
        self.skip = nn.Conv2d(wide_in, wide_out, 1, bias=False)
        self.resampling = resampling

    def forward(self, x: Tensor) -> Tensor:
        """(N, wide_in, H, W) -> (N, wide_out, H / 2, W / 2) or (N, wide_out, 2H, 2W)."""
        y = activate(self.conv1(x))
        if self.resampling is None:
            # a 1 x 1 and a resize change places freely, and on the small side the 1 x 1 costs a quarter
            return activate(self.conv2(bilinear(y, 2.0))).add_(bilinear(self.skip(x), 2.0))
        y = activate(self.resampling.halve(y, self.conv2.weight, self.conv2.bias))
        return y.add_(self.resampling.halve(x, self.skip.weight, None))


class ModulatedConv(nn.Module):
    """A convolution whose input channels are scaled by a style (StyleGAN2, eq. 1 and 3).

    fold_from_px: sides from which the scales go into the weights instead of the features, where there is one
                  face. The weights are then the smaller of the two. Same function, other rounding.
    """

    def __init__(self, wide_in: int, wide_out: int, style: int, resampling: Resampling | None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, wide_out, wide_in, 3, 3))
        self.modulation = nn.Linear(style, wide_in)
        self.resampling = resampling  # of one that doubles; None for one that keeps the size
        self.fold_from_px = _NEVER

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """(N, wide_in, H, W), (N, style) float32 -> (N, wide_out, H, W), or twice the sides; gain sqrt(2).

        Scales are float32 whatever the features are: they are few, and everything is multiplied by them.
        """
        weight = self.weight[0]
        scale = self.modulation(style)  # (N, wide_in)
        energy = weight.float().square().sum((2, 3))  # (wide_out, wide_in)
        gain = math.sqrt(2) * torch.rsqrt(scale.square() @ energy.T + 1e-8)  # (N, wide_out)
        if len(x) == 1 and x.shape[-1] >= self.fold_from_px:
            folded = weight * scale[0, None, :, None, None] * gain[0, :, None, None, None]
            return self._convolve(x, folded.to(x.dtype))
        y = self._convolve(x * scale[:, :, None, None].to(x.dtype), weight.to(x.dtype))
        return y.mul_(gain[:, :, None, None].to(x.dtype))

    def _convolve(self, x: Tensor, weight: Tensor) -> Tensor:
        return (
            F.conv2d(x, weight, padding=1) if self.resampling is None else self.resampling.double(x, weight)
        )


class StyleConv(nn.Module):
    """A modulated convolution, noise of a learned strength, a bias, a leaky ReLU."""

    def __init__(self, wide_in: int, wide_out: int, style: int, resampling: Resampling | None) -> None:
        super().__init__()
        self.modulated_conv = ModulatedConv(wide_in, wide_out, style, resampling)
        self.weight = nn.Parameter(torch.empty(1))  # strength of the noise
        self.bias = nn.Parameter(torch.empty(1, wide_out, 1, 1))

    def forward(self, x: Tensor, style: Tensor, noise: Tensor) -> Tensor:
        """noise: (1 or N, 1, H, W) of the output's sides."""
        y: Tensor = self.modulated_conv(x, style)
        y.add_((noise * self.weight).to(y.dtype)).add_(self.bias)
        return activate(y)


class ToRgb(nn.Module):
    """Features to a picture: a modulated 1 x 1 without normalisation, plus the picture so far."""

    def __init__(self, wide_in: int, style: int) -> None:
        super().__init__()
        self.modulated_conv = _ModulatedPicture(wide_in, style)
        self.bias = nn.Parameter(torch.empty(1, 3, 1, 1))

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """(N, wide_in, H, W) -> float32 (N, 3, H, W): pictures are summed over levels, so they stay exact."""
        picture: Tensor = self.modulated_conv(x, style)
        return picture.float().add_(self.bias)


class _ModulatedPicture(nn.Module):
    def __init__(self, wide_in: int, style: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, 3, wide_in, 1, 1))
        self.modulation = nn.Linear(style, wide_in)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        count, wide, height, width = x.shape
        weight = self.weight * self.modulation(style)[:, None, :, None, None]  # (N, 3, wide_in, 1, 1)
        side_by_side = x.reshape(1, count * wide, height, width)
        pictures = F.conv2d(side_by_side, weight.flatten(0, 1).to(x.dtype), groups=count)
        return pictures.view(count, 3, height, width)


def condition(wide_in: int, wide_out: int) -> nn.Sequential:
    """Features of the photo to one spatial condition: the scale or the shift of one level."""
    return nn.Sequential(
        nn.Conv2d(wide_in, wide_in, 3, padding=1),
        nn.LeakyReLU(SLOPE, inplace=True),
        nn.Conv2d(wide_in, wide_out, 3, padding=1),
    )


def activate(x: Tensor) -> Tensor:
    """Leaky ReLU, in place: x is always a convolution's own output."""
    return F.leaky_relu_(x, SLOPE)
