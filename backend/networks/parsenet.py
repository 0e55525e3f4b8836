"""ParseNet: says what each pixel of an aligned face shows (skin, eyes, hair, ...), as facexlib ships it.

Parameter names are those of `parsing_parsenet.pth` (238 tensors). This is the form that is compared with the
official code; `parsenet_folded.py` is the one that runs.
"""

from dataclasses import dataclass
from typing import Self

import torch.nn.functional as F  # noqa: N812  # the field's name for it
from torch import Tensor, nn

from backend.networks.dimensions import count_blocks, shape_of
from backend.networks.state import State, load_strictly

_NAME = "ParseNet"
_SLOPE = 0.2  # of every LeakyReLU


@dataclass(frozen=True, slots=True)
class ParseNetSize:
    """Channels after each step. Official: (64, 128, 256, 256, 256), 10, (256, 256, 128, 64), 19 classes."""

    encoder: tuple[int, ...]
    residual_blocks: int
    decoder: tuple[int, ...]
    classes: int

    @classmethod
    def of(cls, state: State) -> Self:
        """The size of the network that a state dict belongs to.

        raises: WeightsRefused (architecture)
        """
        steps_down, steps_up = count_blocks(state, "encoder"), count_blocks(state, "decoder")

        def width(key: str) -> int:
            return shape_of(state, f"{key}.weight", name=_NAME, rank=4)[0]

        return cls(
            encoder=(
                width("encoder.0.conv2d"),
                *(width(f"encoder.{i}.conv1.conv2d") for i in range(1, steps_down)),
            ),
            residual_blocks=count_blocks(state, "body"),
            decoder=tuple(width(f"decoder.{i}.conv1.conv2d") for i in range(steps_up)),
            classes=width("out_mask_conv.conv2d"),
        )


class ParseNet(nn.Module):
    """float32 (N, 3, H, W) RGB in [-1, 1], sides multiples of 16 -> logits (N, 19, H, W)."""

    def __init__(self, size: ParseNetSize) -> None:
        super().__init__()
        first, *down = size.encoder
        self.encoder = nn.Sequential(PaddedConv(3, first))
        for before, after in zip(size.encoder, down, strict=False):
            self.encoder.append(ResidualBlock(before, after, stride=2))
        middle = size.encoder[-1]
        self.body = nn.Sequential(*(ResidualBlock(middle, middle) for _ in range(size.residual_blocks)))
        self.decoder = nn.Sequential()
        for before, after in zip((middle, *size.decoder), size.decoder, strict=False):
            self.decoder.append(ResidualBlock(before, after, doubles=True))
        self.out_img_conv = PaddedConv(size.decoder[-1], 3)
        self.out_mask_conv = PaddedConv(size.decoder[-1], size.classes)

    @classmethod
    def from_state(cls, state: State) -> Self:
        """The network of an official file, in eval mode.

        raises: WeightsRefused (architecture)
        """
        size = ParseNetSize.of(state)
        return load_strictly(lambda: cls(size), state, name=_NAME)

    def forward(self, x: Tensor) -> Tensor:
        """Class logits."""
        logits: Tensor = self.out_mask_conv(self._features(x))
        return logits

    def stages(self, x: Tensor) -> dict[str, Tensor]:
        """Everything the official network returns: `logits`, and `rgb`, which nothing uses."""
        features = self._features(x)
        return {"logits": self.out_mask_conv(features), "rgb": self.out_img_conv(features)}

    def _features(self, x: Tensor) -> Tensor:
        encoded = self.encoder(x)  # (N, 256, H / 16, W / 16)
        features: Tensor = self.decoder(encoded + self.body(encoded))  # (N, 64, H, W)
        return features


class ResidualBlock(nn.Module):
    """Two convolutions beside a shortcut, which is one too where the block changes the size."""

    def __init__(self, before: int, after: int, *, stride: int = 1, doubles: bool = False) -> None:
        super().__init__()
        self.doubles = doubles
        self.stride = stride
        resizes = doubles or stride > 1
        self.shortcut_func = PaddedConv(before, after, stride=stride) if resizes else nn.Identity()
        self.conv1 = PaddedConv(before, after, has_norm=True)
        self.conv2 = PaddedConv(after, after, stride=stride, has_norm=True)

    def forward(self, x: Tensor) -> Tensor:
        if self.doubles:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        inner = self.conv2(F.leaky_relu(self.conv1(x), _SLOPE))
        out: Tensor = self.shortcut_func(x) + inner
        return out


class PaddedConv(nn.Module):
    """A 3x3 convolution that mirrors what lies outside, and a batch norm in the place of its bias."""

    def __init__(self, before: int, after: int, *, stride: int = 1, has_norm: bool = False) -> None:
        super().__init__()
        self.conv2d = nn.Conv2d(before, after, 3, stride, bias=not has_norm)
        self.norm = BatchNorm(after) if has_norm else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.norm(self.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect")))
        return out


class BatchNorm(nn.Module):
    """A batch norm one level down, where the official file has it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.norm(x)
        return out
