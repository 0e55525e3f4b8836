"""The two ways GFPGAN halves and doubles pictures, all that tells its first architecture from later ones.

Kept apart so that one network serves both: it is given one of these and never asks which.
"""

from typing import Protocol

import torch
import torch.nn.functional as F  # noqa: N812  # the name everybody knows it by
from torch import Tensor

_BINOMIAL = (1.0, 3.0, 3.0, 1.0)  # StyleGAN2's anti-alias filter; its sum squared is 64


class Resampling(Protocol):
    """How features change size. No state; every tensor is (N, C, H, W) with even sides."""

    def halve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """Features at half the sides, convolved. weight: (out, C, k, k) -> (N, out, H / 2, W / 2)."""
        ...

    def double(self, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        """Features at twice the sides, convolved. weight: (out, C, 3, 3) -> (N, out, 2H, 2W)."""
        ...

    def double_picture(self, x: Tensor) -> Tensor:
        """Features at twice the sides, nothing else: (N, 3, 2H, 2W)."""
        ...


def bilinear(x: Tensor, factor: float) -> Tensor:
    """The picture with its sides times `factor`, half-pixel centres, no anti-aliasing."""
    return F.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)


class Bilinear:
    """v1.2 to v1.4 and the bilinear architecture: resize, then convolve."""

    def halve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """See Resampling."""
        return F.conv2d(bilinear(x, 0.5), weight, bias, padding=weight.shape[-1] // 2)

    def double(self, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        """See Resampling."""
        return F.conv2d(bilinear(x, 2.0), weight, bias, padding=1)

    def double_picture(self, x: Tensor) -> Tensor:
        """See Resampling."""
        return bilinear(x, 2.0)


class Blurred:
    """v1, as in StyleGAN2 (Karras et al. 2020): strided convolutions around a 4 x 4 binomial blur."""

    def halve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """See Resampling. The blur's margin makes up for the convolution's, which has none."""
        margin = 1 + weight.shape[-1] // 2
        return F.conv2d(blur(x, margin, gain=1.0), weight, bias, stride=2)

    def double(self, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        """See Resampling."""
        grown = F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)  # (N, out, 2H + 1, 2W + 1)
        return blur(grown, 1, gain=4.0, bias=bias)

    def double_picture(self, x: Tensor) -> Tensor:
        """See Resampling."""
        kernel = _kernel(x, gain=4.0)
        return F.conv_transpose2d(x, kernel, stride=2, padding=1, groups=x.shape[1])


def blur(x: Tensor, margin: int, *, gain: float, bias: Tensor | None = None) -> Tensor:
    """The 4 x 4 binomial, times gain: (N, C, H, W) -> (N, C, H + 2 * margin - 3, W + 2 * margin - 3).

    margin: zeros beyond the edge
    bias:   (C,), added to the outcome
    """
    return F.conv2d(x, _kernel(x, gain=gain), bias, padding=margin, groups=x.shape[1])


def _kernel(x: Tensor, *, gain: float) -> Tensor:
    line = torch.tensor(_BINOMIAL, dtype=x.dtype, device=x.device)
    square = torch.outer(line, line) * (gain / sum(_BINOMIAL) ** 2)
    return square.expand(x.shape[1], 1, 4, 4)
