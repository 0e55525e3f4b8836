"""RRDBNet: the network of RealESRGAN_x4plus and x2plus, residual in residual dense blocks.

Wang et al., ESRGAN, 2018. Parameter names are those of the official files (702 tensors).
"""

from dataclasses import dataclass
from typing import Self

import torch
import torch.nn.functional as F  # noqa: N812  # the field's name for it
from torch import Tensor, nn

from backend.domain.errors import WeightsRefused
from backend.networks.dimensions import count_blocks, shape_of
from backend.networks.state import State, load_strictly

_NAME = "RRDBNet"
_SLOPE = 0.2  # of every LeakyReLU
_RESIDUAL = 0.2  # how much a dense block, and a block of three, adds

# The body always enlarges 4 times; smaller scales fold pixels into channels first: scale -> fold.
_FOLD = {4: 1, 2: 2, 1: 4}


@dataclass(frozen=True, slots=True)
class RRDBNetSize:
    """The official networks are 64, 32, 23, scale 2 or 4; the official code also has 1."""

    features: int
    growth: int
    blocks: int
    scale: int  # output side / input side

    @classmethod
    def of(cls, state: State) -> Self:
        """The size of the network that a state dict belongs to.

        raises: WeightsRefused (architecture)
        """
        features, channels, *_ = shape_of(state, "conv_first.weight", name=_NAME, rank=4)
        growth = shape_of(state, "body.0.rdb1.conv1.weight", name=_NAME, rank=4)[0]
        scales = {3 * fold**2: scale for scale, fold in _FOLD.items()}
        if channels not in scales:
            raise WeightsRefused(
                f"this is not the network {_NAME} for RGB: it takes {channels} channels, not 3, 12 or 48",
                params={"reason": "architecture"},
            )
        return cls(features, growth, count_blocks(state, "body"), scales[channels])


class RRDBNet(nn.Module):
    """float (N, 3, H, W) RGB in [0, 1] -> (N, 3, H * scale, W * scale), not clipped.

    Sides are multiples of 2 for scale 2, of 4 for scale 1.
    """

    def __init__(self, size: RRDBNetSize) -> None:
        super().__init__()
        self.scale = size.scale
        self.fold = _FOLD[size.scale]
        width = size.features
        self.conv_first = _conv(3 * self.fold**2, width)
        self.body = nn.Sequential(*(ResidualOfDense(width, size.growth) for _ in range(size.blocks)))
        self.conv_body = _conv(width, width)
        self.conv_up1 = _conv(width, width)
        self.conv_up2 = _conv(width, width)
        self.conv_hr = _conv(width, width)
        self.conv_last = _conv(width, 3)

    @classmethod
    def from_state(cls, state: State) -> Self:
        """The network of an official file, in eval mode.

        raises: WeightsRefused (architecture)
        """
        size = RRDBNetSize.of(state)
        return load_strictly(lambda: cls(size), state, name=_NAME)

    def forward(self, x: Tensor) -> Tensor:
        """The enlarged picture."""
        x = self.conv_first(F.pixel_unshuffle(x, self.fold))  # (N, 64, H / fold, W / fold)
        x = x + _apply(self.conv_body, self.body(x.float()))
        for conv in (self.conv_up1, self.conv_up2):
            x = F.leaky_relu(conv(F.interpolate(x, scale_factor=2, mode="nearest")), _SLOPE)
        out: Tensor = self.conv_last(F.leaky_relu(self.conv_hr(x), _SLOPE))
        return out

    def stages(self, x: Tensor) -> dict[str, Tensor]:
        """The result alone, as `image`."""
        return {"image": self(x)}


class ResidualOfDense(nn.Module):
    """RRDB: three dense blocks in a residual."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        self.rdb1 = ResidualDense(features, growth)
        self.rdb2 = ResidualDense(features, growth)
        self.rdb3 = ResidualDense(features, growth)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.rdb3(self.rdb2(self.rdb1(x))) * _RESIDUAL
        return out


class ResidualDense(nn.Module):
    """RDB: five convolutions, each of which sees the input and all before it."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        self.conv1 = _conv(features, growth)
        self.conv2 = _conv(features + growth, growth)
        self.conv3 = _conv(features + 2 * growth, growth)
        self.conv4 = _conv(features + 3 * growth, growth)
        self.conv5 = _conv(features + 4 * growth, features)

    def forward(self, x: Tensor) -> Tensor:
        seen = x.to(self.conv1.weight.dtype)
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            seen = torch.cat((seen, F.leaky_relu(conv(seen), _SLOPE)), 1)
        out: Tensor = x + self.conv5(seen).to(x.dtype) * _RESIDUAL
        return out


def _apply(conv: nn.Conv2d, x: Tensor) -> Tensor:
    out: Tensor = conv(x.to(conv.weight.dtype))
    return out


def _conv(before: int, after: int) -> nn.Conv2d:
    return nn.Conv2d(before, after, 3, padding=1)
