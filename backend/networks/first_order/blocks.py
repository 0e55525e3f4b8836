"""The blocks of the First Order Motion Model (Siarohin et al. 2019): convolutions with batch norm, hourglass.

Apart from the networks because both of them are made of these. Names are those of the official files.
"""

from dataclasses import dataclass
from typing import Self

import torch
import torch.nn.functional as F  # noqa: N812  # the field's name for it
from torch import Tensor, nn

from backend.domain.errors import WeightsRefused
from backend.networks.dimensions import count_blocks, shape_of
from backend.networks.state import State


class SameBlock(nn.Module):
    """Convolution, batch norm, ReLU; the size stays."""

    def __init__(self, before: int, after: int, *, kernel: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, after, kernel, padding=kernel // 2)
        self.norm = nn.BatchNorm2d(after)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(x)))


class DownBlock(SameBlock):
    """The same, then half the size."""

    def forward(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(super().forward(x), 2)


class UpBlock(SameBlock):
    """Twice the size, then the same."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.interpolate(x, scale_factor=2, mode="nearest"))


class ResBlock(nn.Module):
    """Two convolutions, each after batch norm and ReLU, added to what comes in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(channels)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv1(F.relu(self.norm1(x)))
        out = self.conv2(F.relu(self.norm2(out)))
        return out + x


@dataclass(frozen=True, slots=True)
class HourglassSize:
    """Channels of what comes in, after each step down, and after each step up before its skip is joined."""

    inputs: int
    down: tuple[int, ...]
    up: tuple[int, ...]

    @property
    def outputs(self) -> int:
        """Channels of what comes out: the last step up, and the input itself."""
        return self.up[-1] + self.inputs

    @classmethod
    def of(cls, state: State, prefix: str, *, name: str) -> Self:
        """The size of the hourglass `prefix` in a state dict.

        raises: WeightsRefused (architecture)
        """
        down, up = f"{prefix}.encoder.down_blocks", f"{prefix}.decoder.up_blocks"
        steps = max(1, count_blocks(state, down))
        if (rises := count_blocks(state, up)) != steps:
            raise WeightsRefused(
                f"this is not the network {name}: {prefix} has {steps} steps down and {rises} up",
                params={"reason": "architecture"},
            )
        first = shape_of(state, f"{down}.0.conv.weight", name=name, rank=4)
        return cls(first[1], channels_of(state, down, name=name), channels_of(state, up, name=name))


def channels_of(state: State, prefix: str, *, name: str) -> tuple[int, ...]:
    """Channels after each of the blocks `prefix.0`, `prefix.1`, ...

    raises: WeightsRefused (architecture)
    """
    blocks = range(count_blocks(state, prefix))
    return tuple(shape_of(state, f"{prefix}.{i}.conv.weight", name=name, rank=4)[0] for i in blocks)


class Hourglass(nn.Module):
    """(N, inputs, H, W), sides multiples of 2 to the number of steps -> (N, outputs, H, W)."""

    def __init__(self, size: HourglassSize) -> None:
        super().__init__()
        self.encoder = Encoder(size)
        self.decoder = Decoder(size)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.decoder(self.encoder(x))
        return out


class Encoder(nn.Module):
    """The way down: every size on it, the input first."""

    def __init__(self, size: HourglassSize) -> None:
        super().__init__()
        widths = zip((size.inputs, *size.down), size.down, strict=False)
        self.down_blocks = nn.ModuleList(DownBlock(before, after) for before, after in widths)

    def forward(self, x: Tensor) -> list[Tensor]:
        levels = [x]
        for block in self.down_blocks:
            levels.append(block(levels[-1]))
        return levels


class Decoder(nn.Module):
    """The way up: at every size what was there on the way down joins in."""

    def __init__(self, size: HourglassSize) -> None:
        super().__init__()
        skips = (*size.down[-2::-1], size.inputs)
        joined = (width + skip for width, skip in zip(size.up, skips, strict=True))
        widths = zip((size.down[-1], *joined), size.up, strict=False)
        self.up_blocks = nn.ModuleList(UpBlock(before, after) for before, after in widths)

    def forward(self, levels: list[Tensor]) -> Tensor:
        *skips, out = levels
        for block, skip in zip(self.up_blocks, reversed(skips), strict=True):
            out = torch.cat((block(out), skip), dim=1)
        return out


class AntiAliasDown(nn.Module):
    """A picture smaller by a whole number: a Gaussian, of which every n-th value is kept.

    The kernel is in the file (`down.weight`); its width is that of a sigma of (n - 1) / 2, four to each side.
    """

    weight: Tensor

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.fold = fold_of(kernel)
        self.register_buffer("weight", torch.zeros(channels, 1, kernel, kernel))

    def forward(self, x: Tensor) -> Tensor:
        pad = self.weight.shape[-1] // 2
        return F.conv2d(x, self.weight, stride=self.fold, padding=pad, groups=self.weight.shape[0])


def fold_of(kernel: int) -> int:
    """How many times smaller a picture becomes by a Gaussian of `kernel` x `kernel`: 13 -> 4, 5 -> 2."""
    return (kernel + 3) // 4


def down_kernel(state: State, key: str, *, name: str) -> int | None:
    """Side of the down-sampler's Gaussian; None where the network works at the picture's own size.

    raises: WeightsRefused (architecture), also for a Gaussian that belongs to no whole number
    """
    if key not in state:
        return None
    channels, _, kernel, width = shape_of(state, key, name=name, rank=4)
    if channels != 3 or kernel != width or kernel != 4 * fold_of(kernel) - 3 or kernel < 5:
        raise WeightsRefused(
            f"this is not the network {name}: {key} has the shape {tuple(state[key].shape)}, which scales "
            "no picture by a whole number",
            params={"reason": "architecture"},
        )
    return kernel
