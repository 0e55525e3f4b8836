"""RetinaFace (Deng et al. 2020): where faces are and where their eyes, noses and mouth corners lie.

One network with two trunks; the parameter names are those of the official files.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from backend.networks.retinaface.trunks import (
    MOBILE_CHANNELS,
    RESNET_CHANNELS,
    Levels,
    MobileNetQuarter,
    ResNet50,
    activation,
)
from backend.networks.retinaface.variants import OFFICIAL, Variant
from backend.networks.state import State, load_strictly

ANCHORS_PER_CELL = 2
MEAN_BGR = (104.0, 117.0, 123.0)  # of ImageNet, taken from every pixel
_NARROW = 64  # a wider network has no leaky activations, whatever the variant
_WIDTH_KEY, _WIDTH_OF_MOBILE, _WIDTH_OF_RESNET = "fpn.output1.0.weight", 64, 256


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFaces:
    """What the network says of every anchor (A of them, ordered by level, row, column, size).

    loc:       (N, A, 4) centre and log size against the anchor, in its variances
    score:     (N, A, 2) softmax of background and face, 0 to 1
    landmarks: (N, A, 10) five points x, y against the anchor's centre, in its variance
    """

    loc: Tensor
    score: Tensor
    landmarks: Tensor


class RetinaFace(nn.Module):
    """A trunk, a feature pyramid, a context module and three heads a level."""

    def __init__(
        self, trunk: nn.Module, trunk_channels: tuple[int, int, int], width: int, *, leaks: bool
    ) -> None:
        super().__init__()
        leaks = leaks and width <= _NARROW
        self.body = trunk
        self.fpn = _Pyramid(trunk_channels, width, leaks=leaks)
        self.ssh1, self.ssh2, self.ssh3 = (_Context(width, leaks=leaks) for _ in range(3))
        self.ClassHead = _heads(width, 2)
        self.BboxHead = _heads(width, 4)
        self.LandmarkHead = _heads(width, 10)

    def forward(self, x: Tensor) -> RawFaces:
        """x: float (N, 3, H, W) BGR, 0..255 minus MEAN_BGR."""
        levels = self.fpn(self.body(x))
        context = [ssh(level) for ssh, level in zip((self.ssh1, self.ssh2, self.ssh3), levels, strict=True)]
        return RawFaces(
            loc=_rows(self.BboxHead, context, 4),
            score=functional.softmax(_rows(self.ClassHead, context, 2), dim=-1),
            landmarks=_rows(self.LandmarkHead, context, 10),
        )


def from_state(state: State, variant: Variant = OFFICIAL) -> RetinaFace:
    """The detector that a file holds, with either trunk; a `module.` before every name is taken off.

    variant: what the file does not say; see `variant_of`
    raises: WeightsRefused (architecture)
    """
    named = {key.removeprefix("module."): value for key, value in state.items()}
    of_mobile = is_mobile(named)
    usual = _WIDTH_OF_MOBILE if of_mobile else _WIDTH_OF_RESNET
    width = named[_WIDTH_KEY].shape[0] if _WIDTH_KEY in named else usual

    def build() -> RetinaFace:
        if of_mobile:
            return RetinaFace(
                MobileNetQuarter(leaks=variant.leaks), MOBILE_CHANNELS, width, leaks=variant.leaks
            )
        return RetinaFace(ResNet50(), RESNET_CHANNELS, width, leaks=variant.leaks)

    return load_strictly(
        build, named, name=f"RetinaFace with {'MobileNet-0.25' if of_mobile else 'ResNet-50'}"
    )


def is_mobile(state: State) -> bool:
    """True for the small trunk."""
    return any(key.removeprefix("module.").startswith("body.stage1.") for key in state)


class _Pyramid(nn.Module):
    """Lin et al. 2017: coarse levels are added to finer ones, from the top down."""

    def __init__(self, channels: tuple[int, int, int], width: int, *, leaks: bool) -> None:
        super().__init__()
        act = activation(leaks=leaks)
        self.output1, self.output2, self.output3 = (_conv(each, width, act, kernel_px=1) for each in channels)
        self.merge1, self.merge2 = _conv(width, width, act), _conv(width, width, act)

    def forward(self, levels: Levels) -> Levels:
        at_8, at_16, at_32 = (
            output(level)
            for output, level in zip((self.output1, self.output2, self.output3), levels, strict=True)
        )
        at_16 = self.merge2(at_16 + _enlarged(at_32, at_16))
        at_8 = self.merge1(at_8 + _enlarged(at_16, at_8))
        return at_8, at_16, at_32


def _enlarged(small: Tensor, like: Tensor) -> Tensor:
    """Nearest, to the exact size: an odd side has no factor of two."""
    return functional.interpolate(small, size=like.shape[2:], mode="nearest")


class _Context(nn.Module):
    """SSH (Najibi et al. 2017): windows of 3, 5 and 7 pixels side by side, of 3x3 convolutions in a row."""

    def __init__(self, width: int, *, leaks: bool) -> None:
        super().__init__()
        act = activation(leaks=leaks)
        self.conv3X3 = _conv(width, width // 2)
        self.conv5X5_1 = _conv(width, width // 4, act)
        self.conv5X5_2 = _conv(width // 4, width // 4)
        self.conv7X7_2 = _conv(width // 4, width // 4, act)
        self.conv7x7_3 = _conv(width // 4, width // 4)

    def forward(self, x: Tensor) -> Tensor:
        half_way = self.conv5X5_1(x)
        windows = [self.conv3X3(x), self.conv5X5_2(half_way), self.conv7x7_3(self.conv7X7_2(half_way))]
        return functional.relu(torch.cat(windows, dim=1))  # (N, width, H, W)


class _Head(nn.Module):
    """One 1x1 convolution, under the name that the files give it."""

    def __init__(self, width: int, out_channels: int) -> None:
        super().__init__()
        self.conv1x1 = nn.Conv2d(width, out_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.conv1x1(x)
        return result


def _heads(width: int, values: int) -> nn.ModuleList:
    return nn.ModuleList(_Head(width, ANCHORS_PER_CELL * values) for _ in range(3))


def _rows(heads: nn.ModuleList, levels: list[Tensor], values: int) -> Tensor:
    """(N, A, values): every anchor's values in a row."""
    maps = [head(level).permute(0, 2, 3, 1) for head, level in zip(heads, levels, strict=True)]
    return torch.cat([each.reshape(each.shape[0], -1, values) for each in maps], dim=1)


def _conv(
    channels: int, out_channels: int, act: nn.Module | None = None, *, kernel_px: int = 3
) -> nn.Sequential:
    """Convolution, batch norm, and an activation if there is one (it may be shared: it has no parameters)."""
    convolution = nn.Conv2d(channels, out_channels, kernel_px, padding=kernel_px // 2, bias=False)
    layers = [convolution, nn.BatchNorm2d(out_channels), *([] if act is None else [act])]
    return nn.Sequential(*layers)
