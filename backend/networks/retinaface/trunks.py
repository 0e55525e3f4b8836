"""The two trunks that RetinaFace was trained on: ResNet-50 and a quarter-width MobileNet.

Apart from the detector because nothing in them is about faces: three feature maps at strides 8, 16 and 32.
Attribute names follow the official files.
"""

from typing import Final, TypeAlias

from torch import Tensor, nn

Levels: TypeAlias = tuple[Tensor, Tensor, Tensor]
"""Feature maps (N, C, H / s, W / s), rounded up, for s = 8, 16, 32."""

RESNET_CHANNELS: Final = (512, 1024, 2048)
MOBILE_CHANNELS: Final = (64, 128, 256)
_LEAK: Final = 0.1  # slope below zero, where activations leak


class ResNet50(nn.Module):
    """He et al. 2015, 50 layers without the classifier; the stride sits in the 3x3 convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = _stage(64, 64, blocks=3, stride=1)
        self.layer2 = _stage(256, 128, blocks=4, stride=2)
        self.layer3 = _stage(512, 256, blocks=6, stride=2)
        self.layer4 = _stage(1024, 512, blocks=3, stride=2)

    def forward(self, x: Tensor) -> Levels:
        """x: (N, 3, H, W)."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))  # (N, 64, H / 4, W / 4)
        at_8 = self.layer2(self.layer1(x))
        at_16 = self.layer3(at_8)
        return at_8, at_16, self.layer4(at_16)


class _Bottleneck(nn.Module):
    """1x1 down, 3x3, 1x1 up to four times the width, around a shortcut."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module | None = None
        if stride != 1 or channels != 4 * width:
            self.downsample = nn.Sequential(
                nn.Conv2d(channels, 4 * width, 1, stride=stride, bias=False), nn.BatchNorm2d(4 * width)
            )

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)))
        x = self.bn3(self.conv3(x))
        result: Tensor = self.relu(x + shortcut)
        return result


def _stage(channels: int, width: int, *, blocks: int, stride: int) -> nn.Sequential:
    first = _Bottleneck(channels, width, stride)
    return nn.Sequential(first, *(_Bottleneck(4 * width, width, 1) for _ in range(blocks - 1)))


class MobileNetQuarter(nn.Module):
    """MobileNet v1 at a quarter of its width (Howard et al. 2017)."""

    def __init__(self, *, leaks: bool) -> None:
        super().__init__()
        self.stage1 = nn.Sequential(
            nn.Sequential(
                nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(8),
                activation(leaks=leaks),
            ),
            _separable(8, 16, leaks=leaks),
            _separable(16, 32, stride=2, leaks=leaks),
            _separable(32, 32, leaks=leaks),
            _separable(32, 64, stride=2, leaks=leaks),
            _separable(64, 64, leaks=leaks),
        )
        self.stage2 = nn.Sequential(
            _separable(64, 128, stride=2, leaks=leaks),
            *(_separable(128, 128, leaks=leaks) for _ in range(5)),
        )
        self.stage3 = nn.Sequential(
            _separable(128, 256, stride=2, leaks=leaks), _separable(256, 256, leaks=leaks)
        )

    def forward(self, x: Tensor) -> Levels:
        """x: (N, 3, H, W)."""
        at_8 = self.stage1(x)
        at_16 = self.stage2(at_8)
        return at_8, at_16, self.stage3(at_16)


def activation(*, leaks: bool) -> nn.Module:
    """What follows a convolution and its batch norm."""
    return nn.LeakyReLU(_LEAK, inplace=True) if leaks else nn.ReLU(inplace=True)


def _separable(channels: int, out_channels: int, *, leaks: bool, stride: int = 1) -> nn.Sequential:
    """A 3x3 convolution of each channel by itself, then a 1x1 convolution across them."""
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, stride=stride, padding=1, groups=channels, bias=False),
        nn.BatchNorm2d(channels),
        activation(leaks=leaks),
        nn.Conv2d(channels, out_channels, 1, bias=False),
        nn.BatchNorm2d(out_channels),
        activation(leaks=leaks),
    )
