"""ParseNet as it runs: batch norms folded into convolutions, enlarging convolutions done at the small size.

Apart from `parsenet.py`, whose tensors are those of the official file. The same function up to rounding.
"""

from typing import Self

import torch
import torch.nn.functional as F  # noqa: N812  # the field's name for it
from torch import Tensor, nn

from backend.networks.parsenet import PaddedConv, ParseNet, ResidualBlock
from backend.networks.state import State

_SLOPE = 0.2


class FoldedParseNet(nn.Module):
    """float (N, 3, H, W) RGB in [-1, 1], sides multiples of 16 -> float32 logits (N, 19, H, W).

    Three quarters of the multiplications of `ParseNet`. It may be moved to bfloat16 and to channels_last.
    """

    def __init__(self, network: ParseNet) -> None:
        super().__init__()
        first, *down = network.encoder
        self.first = _folded(first)
        self.down = nn.Sequential(*(_FoldedBlock(block) for block in down))
        self.body = nn.Sequential(*(_FoldedBlock(block) for block in network.body))
        self.up = nn.Sequential(*(_FoldedUpBlock(block) for block in network.decoder))
        self.classes = _folded(network.out_mask_conv)
        self.eval().requires_grad_(False)

    @classmethod
    def from_state(cls, state: State) -> Self:
        """The network of an official file.

        raises: WeightsRefused (architecture)
        """
        return cls(ParseNet.from_state(state))

    def forward(self, x: Tensor) -> Tensor:
        """Class logits."""
        encoded = self.down(self.first(_mirrored(x)))
        features = self.up(encoded + self.body(encoded))
        logits: Tensor = self.classes(_mirrored(features))
        return logits.float()


class _FoldedBlock(nn.Module):
    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        assert isinstance(block, ResidualBlock)
        shortcut = block.shortcut_func
        self.shortcut = _folded(shortcut) if isinstance(shortcut, PaddedConv) else None
        self.conv1, self.conv2 = _folded(block.conv1), _folded(block.conv2)

    def forward(self, x: Tensor) -> Tensor:
        padded = x if self.shortcut is None else _mirrored(x)
        beside = x if self.shortcut is None else self.shortcut(padded)
        inner = F.leaky_relu(self.conv1(_mirrored(x) if self.shortcut is None else padded), _SLOPE)
        out: Tensor = beside + self.conv2(_mirrored(inner))
        return out


class _FoldedUpBlock(nn.Module):
    """Shortcut and first convolution see the same pixels: one convolution, at the size before doubling."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        assert isinstance(block, ResidualBlock) and isinstance(block.shortcut_func, PaddedConv)
        shortcut, conv1 = _folded(block.shortcut_func), _folded(block.conv1)
        assert shortcut.bias is not None and conv1.bias is not None
        self.both = _DoublingConv(
            torch.cat((shortcut.weight, conv1.weight)), torch.cat((shortcut.bias, conv1.bias))
        )
        self.conv2 = _folded(block.conv2)

    def forward(self, x: Tensor) -> Tensor:
        beside, inner = self.both(x).chunk(2, dim=1)
        out: Tensor = beside + self.conv2(_mirrored(F.leaky_relu(inner, _SLOPE)))
        return out


class _DoublingConv(nn.Module):
    """Nearest x2, a mirrored border, a 3x3 convolution: as 2x2 convolutions of the small picture.

    Of the three rows that a row of the large picture looks at, two are copies of one small row, so their
    weights add up: (w0 | w1 + w2) for even rows, (w0 + w1 | w2) for odd ones; columns alike. The mirrored
    border of the doubled picture is the repeated border of the small one.
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        rows = torch.tensor([[[1.0, 0, 0], [0, 1, 1]], [[1, 1, 0], [0, 0, 1]]], dtype=weight.dtype)
        # a, b: odd or even row and column; i, j: place in the small kernel
        small = torch.einsum("aik,bjl,ockl->abocij", rows, rows, weight)
        self.conv = nn.Conv2d(weight.shape[1], 4 * weight.shape[0], 2)
        self.conv.weight = nn.Parameter(small.flatten(0, 2), requires_grad=False)
        self.conv.bias = nn.Parameter(bias.repeat(4), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        four: Tensor = self.conv(F.pad(x, (1, 1, 1, 1), mode="replicate"))  # (N, 4 C, H + 1, W + 1)
        channels = four.shape[1] // 4
        out = four.new_empty(len(x), 2 * height, 2 * width, channels).permute(0, 3, 1, 2)  # channels last
        for place, part in enumerate(four.chunk(4, dim=1)):
            a, b = divmod(place, 2)
            out[:, :, a::2, b::2] = part[:, :, a : a + height, b : b + width]
        return out


def _folded(layer: nn.Module) -> nn.Conv2d:
    """The layer's convolution with its batch norm, if it has one, worked in; still without its border."""
    assert isinstance(layer, PaddedConv)
    conv = layer.conv2d
    folded = nn.Conv2d(conv.in_channels, conv.out_channels, 3, conv.stride[0])
    if isinstance(layer.norm, nn.Identity):
        assert conv.bias is not None
        weight, bias = conv.weight, conv.bias
    else:
        norm = layer.norm.norm
        assert norm.running_mean is not None and norm.running_var is not None
        gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight, bias = conv.weight * gain[:, None, None, None], norm.bias - norm.running_mean * gain
    folded.weight = nn.Parameter(weight.detach().clone(), requires_grad=False)
    folded.bias = nn.Parameter(bias.detach().clone(), requires_grad=False)
    return folded


def _mirrored(x: Tensor) -> Tensor:
    return F.pad(x, (1, 1, 1, 1), mode="reflect")
