"""What a GFPGAN is made of: residual blocks that change size, and StyleGAN2's modulated convolutions.

Kept apart from `network.py`, which says how they hang together. Attribute names are those of the files.
"""

import math

import torch
import torch.nn.functional as F  # noqa: N812  # the name everybody knows it by
from torch import Tensor, nn

from backend.networks.gfpgan.resampling import Bilinear, Resampling

SLOPE = 0.2  # of every leaky ReLU


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
        self.doubling: Resampling = Bilinear()

    def forward(self, x: Tensor) -> Tensor:
        """(N, wide_in, H, W) -> (N, wide_out, H / 2, W / 2) or (N, wide_out, 2H, 2W)."""
        x = x.to(self.conv1.weight.dtype)
        y = activate(self.conv1(x))
        if self.resampling is None:
            # a 1 x 1 and a resize change places freely, and on the small side the 1 x 1 costs a quarter
            y = activate(self.doubling.double(y, self.conv2.weight, self.conv2.bias))
            return y.add_(self.doubling.double_picture(self.skip(x)))
        y = activate(self.resampling.halve(y, self.conv2.weight, self.conv2.bias))
        return y.add_(self.resampling.halve(x, self.skip.weight, None))


class ModulatedConv(nn.Module):
    """A convolution of inputs scaled by a style, and its outputs to one variance (StyleGAN2, eq. 1 and 3).

    Scales are applied to the features, so that one set of weights serves the whole batch.

    resampling: of one that doubles; None for one that keeps the size
    """

    def __init__(self, wide_in: int, wide_out: int, style: int, resampling: Resampling | None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, wide_out, wide_in, 3, 3))
        self.modulation = nn.Linear(style, wide_in)
        self.resampling = resampling

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """(N, wide_in, H, W), (N, style) -> (N, wide_out, H, W), or twice the sides."""
        weight = self.weight[0]
        scale: Tensor = self.modulation(style)  # (N, wide_in)
        x = x * scale[:, :, None, None]
        y = F.conv2d(x, weight, padding=1) if self.resampling is None else self.resampling.double(x, weight)
        return y.mul_(demodulation(scale, energy_of(weight))[:, :, None, None])


def energy_of(weight: Tensor) -> Tensor:
    """(wide_out, wide_in, k, k) -> (wide_out, wide_in)."""
    return weight.square().sum((2, 3))


def demodulation(scale: Tensor, energy: Tensor) -> Tensor:
    """(N, wide_in), (wide_out, wide_in) -> (N, wide_out): what brings outputs to variance 2.

    The 2 makes up for the leaky ReLU that follows; 1e-8 is StyleGAN2's.
    """
    return math.sqrt(2) * torch.rsqrt(scale.square() @ energy.T + 1e-8)


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
        return activate(y.add_(noise * self.weight).add_(self.bias))


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
        # one face stays as it is: a reshape would lose its memory format, and the convolution copy it
        side_by_side = x if count == 1 else x.reshape(1, count * wide, height, width)
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
