"""The blocks of the First Order Motion Model as they run: norms folded away, doubling done at the small size.

Apart from `blocks.py`, whose tensors are those of the official files. The same functions up to rounding.
"""

import torch
import torch.nn.functional as F  # noqa: N812  # the field's name for it
from torch import Tensor, nn

from backend.networks.first_order.blocks import DownBlock, Hourglass, ResBlock, SameBlock


def folded(conv: nn.Module, norm: nn.Module) -> nn.Conv2d:
    """A convolution and the batch norm behind it as one convolution."""
    assert isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d) and conv.bias is not None
    gain, shift = gain_and_shift(norm)
    return convolution(conv.weight * gain[:, None, None, None], conv.bias * gain + shift, conv.padding[0])


def gain_and_shift(norm: nn.Module) -> tuple[Tensor, Tensor]:
    """What a batch norm multiplies by and adds, (C,) each."""
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None and norm.running_var is not None
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return gain.detach(), (norm.bias - norm.running_mean * gain).detach()


def convolution(weight: Tensor, bias: Tensor | None, padding: int | str) -> nn.Conv2d:
    """A convolution with these numbers, channels last, for running only."""
    outputs, inputs, height, width = weight.shape
    with torch.device("meta"):
        conv = nn.Conv2d(inputs, outputs, (height, width), padding=padding)
    conv.weight = _fixed(weight.detach().contiguous(memory_format=torch.channels_last))
    assert bias is not None
    conv.bias = _fixed(bias.detach().clone())
    return conv


def _fixed(numbers: Tensor) -> nn.Parameter:
    return nn.Parameter(numbers, requires_grad=False)


class SwiftSame(nn.Module):
    """A SameBlock or a DownBlock."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        assert isinstance(block, SameBlock)
        self.conv = folded(block.conv, block.norm)
        self.halves = isinstance(block, DownBlock)

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.conv(x), inplace=True)
        return F.avg_pool2d(out, 2) if self.halves else out


class SwiftResidual(nn.Module):
    """A ResBlock. Its first norm has no convolution before it, and stays: a multiplication and a sum."""

    gain: Tensor
    shift: Tensor

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        assert isinstance(block, ResBlock)
        gain, shift = gain_and_shift(block.norm1)
        self.register_buffer("gain", gain[:, None, None].clone())
        self.register_buffer("shift", shift[:, None, None].clone())
        self.conv1 = folded(block.conv1, block.norm2)
        self.conv2 = convolution(block.conv2.weight, block.conv2.bias, 1)

    def forward(self, x: Tensor) -> Tensor:
        inner = F.relu(torch.addcmul(self.shift, x, self.gain), inplace=True)
        inner = F.relu(self.conv1(inner), inplace=True)
        out: Tensor = self.conv2(inner)
        return out.add_(x)


class Doubling(nn.Module):
    """Nearest x2, a 3x3 convolution, ReLU: as 2x2 convolutions of the small picture, 4/9 of the sums.

    Of the three rows that a row of the large picture looks at, two are copies of one small row, so their
    weights add up: (w0 | w1 + w2) for even rows, (w0 + w1 | w2) for odd ones; columns alike. Even and odd
    rows and columns are four groups of channels, C each, of a picture one pixel larger than the small one:
    row i of an even group is row 2 i of the large picture, row i of an odd group is row 2 i - 1.
    """

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        assert isinstance(block, SameBlock)
        plain = folded(block.conv, block.norm)
        assert plain.bias is not None
        rows = torch.tensor([[[1.0, 0, 0], [0, 1, 1]], [[1, 1, 0], [0, 0, 1]]])
        # a, b: odd or even row and column; i, j: place in the small kernel
        small = torch.einsum("aik,bjl,ockl->abocij", rows, rows, plain.weight).flatten(0, 2)
        self.conv = convolution(small, plain.bias.repeat(4), 1)
        self.outputs = plain.out_channels

    def forward(self, x: Tensor, beside: Tensor | None = None) -> Tensor:
        """(N, c, h, w) -> (N, C, 2 h, 2 w), with the channels of `beside` after them."""
        four, (height, width), c = self.grouped(x), x.shape[2:], self.outputs
        more = 0 if beside is None else beside.shape[1]
        # channels last, each group written where it belongs: one pass over memory
        out = four.new_empty(len(x), 2 * height, 2 * width, c + more).permute(0, 3, 1, 2)
        for place, part in enumerate(four.chunk(4, dim=1)):
            a, b = divmod(place, 2)
            out[:, :c, a::2, b::2] = part[:, :, a : a + height, b : b + width]
        if beside is not None:
            out[:, c:] = beside
        return out

    def grouped(self, x: Tensor) -> Tensor:
        """(N, c, h, w) -> the four groups, (N, 4 C, h + 1, w + 1); what is outside is not 0."""
        return F.relu(self.conv(x), inplace=True)


class DoublingToPicture(nn.Module):
    """The last UpBlock and the 7x7 convolution to three colours, without the large features between them.

    On three channels a processor's registers are nearly empty. So the groups of `Doubling` stay as they are,
    and a 4x4 convolution of them, which is 8x8 of the large picture, gives 2x2 pixels of 3 colours at once.
    """

    def __init__(self, block: nn.Module, final: nn.Conv2d) -> None:
        super().__init__()
        assert final.bias is not None and final.kernel_size == (7, 7)
        self.doubling = Doubling(block)
        # p: even or odd row of the picture; a: of the features; t: row of the kernel, k: of the 7
        rows = torch.zeros(2, 2, 4, 7)
        for p, a, t in torch.cartesian_prod(*map(torch.arange, (2, 2, 4))).tolist():
            k = 2 * (t - 1) - a - p + 3
            if 0 <= k < 7:
                rows[p, a, t, k] = 1
        weight = torch.einsum("patk,qbsl,ockl->opqabcts", rows, rows, final.weight)
        self.conv = convolution(weight.flatten(3, 5).flatten(0, 2), final.bias.repeat_interleave(4), 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, c, h, w) -> logits (N, 3, 2 h, 2 w), float32."""
        groups = self.doubling.grouped(x)
        for place, part in enumerate(groups.chunk(4, dim=1)):
            a, b = divmod(place, 2)
            # the large picture has no such row and column: there is 0 around it
            part[:, :, 0 if a else -1].zero_()
            part[..., 0 if b else -1].zero_()
        return F.pixel_shuffle(self.conv(groups).float(), 2)


class SwiftHourglass(nn.Module):
    """See Hourglass."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        assert isinstance(network, Hourglass)
        self.down = nn.ModuleList(SwiftSame(block) for block in network.encoder.down_blocks)
        self.up = nn.ModuleList(Doubling(block) for block in network.decoder.up_blocks)

    def forward(self, x: Tensor) -> Tensor:
        levels = [x]
        for block in self.down:
            levels.append(block(levels[-1]))
        *skips, out = levels
        for block, skip in zip(self.up, reversed(skips), strict=True):
            out = block(out, skip)
        return out
