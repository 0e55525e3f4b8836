"""RestoreFormer: an autoencoder with a codebook of face parts, its decoder looking at the photo.

Wang et al., CVPR 2022. Kept in one file: it shares no layer with GFPGAN. Attribute names are the file's.
"""

import copy
import re
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812  # the name everybody knows it by
from torch import Tensor, nn

from backend.domain.errors import WeightsRefused
from backend.networks.state import State, load_strictly

HEADS = 8  # of the official file; nothing in a file's shapes says how many there are


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of one RestoreFormer. Levels go from the full side down, each half the one before."""

    first: int  # channels of the first convolution
    widths: tuple[int, ...]  # channels, a level each
    attends: tuple[bool, ...]  # levels with attention
    blocks: int  # residual blocks a level; the decoder has one more
    latent: int
    codes: int
    code: int  # length of one


def from_state(state: State, *, heads: int = HEADS) -> "RestoreFormer":
    """The network of a state, holding its tensors themselves. raises: WeightsRefused (architecture)."""
    try:
        shape = _shape_of(state)
    except KeyError as error:
        raise WeightsRefused(
            f"this is not a RestoreFormer: {error} is missing", params={"reason": "architecture"}
        ) from error
    return load_strictly(lambda: RestoreFormer(shape, heads), state, name="RestoreFormer")


def _shape_of(state: State) -> Shape:
    found = {match[1] for key in state if (match := re.match(r"encoder\.down\.(\d+)\.", key))}
    levels = range(len(found))
    blocks = {key.split(".")[4] for key in state if key.startswith("encoder.down.0.block.")}
    return Shape(
        first=state["encoder.conv_in.weight"].shape[0],
        widths=tuple(state[f"encoder.down.{i}.block.0.conv1.weight"].shape[0] for i in levels),
        attends=tuple(f"encoder.down.{i}.attn.0.q.weight" in state for i in levels),
        blocks=len(blocks),
        latent=state["encoder.conv_out.weight"].shape[0],
        codes=state["quantize.embedding.weight"].shape[0],
        code=state["quantize.embedding.weight"].shape[1],
    )


class RestoreFormer(nn.Module):
    """Restores aligned faces. Has no randomness; a face does not depend on its batch."""

    def __init__(self, shape: Shape, heads: int) -> None:
        super().__init__()
        self.encoder = _Encoder(shape, heads)
        self.decoder = _Decoder(shape, heads)
        self.quantize = _Codebook(shape.codes, shape.code)
        self.quant_conv = nn.Conv2d(shape.latent, shape.code, 1)
        self.post_quant_conv = nn.Conv2d(shape.code, shape.latent, 1)

    def forward(self, x: Tensor) -> Tensor:
        """float32 (N, 3, S, S) RGB in [-1, 1] -> float32 (N, 3, S, S), about [-1, 1], not clipped."""
        return self.stages(x)["image"]

    def stages(self, x: Tensor) -> dict[str, Tensor]:
        """What `forward` passes through, by name, to compare with the official network.

        `image`; `latent`, `quantized`: (N, code, s, s), before and after the codebook; `codes`: (N * s * s).
        """
        features, late, early = self.encoder(x)
        latent: Tensor = self.quant_conv(features)
        quantized, codes = self.quantize(latent)
        dtype = self.post_quant_conv.weight.dtype
        z = self.post_quant_conv(quantized.to(dtype))
        return {
            "image": self.decoder(z, late.to(dtype), early.to(dtype)).float(),
            "latent": latent,
            "quantized": quantized,
            "codes": codes,
        }


def swift(network: RestoreFormer, dtype: torch.dtype) -> RestoreFormer:
    """A network of its own with the function of `network`, laid out for speed, its decoder in `dtype`.

    The encoder stays float32: it chooses codes, and a face with another code is another face.
    """
    fast = copy.deepcopy(network)
    for module in fast.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.data = module.weight.data.contiguous(memory_format=torch.channels_last)
    fast.post_quant_conv.to(dtype)
    fast.decoder.to(dtype)
    return fast


class _Encoder(nn.Module):
    def __init__(self, shape: Shape, heads: int) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(3, shape.first, 3, padding=1)
        wide, levels = shape.first, []
        for i, width in enumerate(shape.widths):
            level = _Level(wide, width, shape.blocks, heads if shape.attends[i] else 0)
            if i < len(shape.widths) - 1:
                level.downsample = _Resize(width, stride=2)
            levels.append(level)
            wide = width
        self.down = nn.ModuleList(levels)
        self.mid = _Middle(wide, heads)
        self.norm_out = _norm(wide)
        self.conv_out = nn.Conv2d(wide, shape.latent, 3, padding=1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(N, 3, S, S) -> features (N, latent, s, s), and what the decoder looks at: first, later."""
        x = self.conv_in(x)
        for level in self.down:
            assert isinstance(level, _Level)
            x = level(x, None)
            if level.downsample is not None:
                # one more row and column below and to the right, as TensorFlow pads
                x = level.downsample(F.pad(x, (0, 1, 0, 1)))
        early = self.mid.block_1(x)
        late = self.mid.block_2(self.mid.attn_1(early, None))
        features: Tensor = self.conv_out(F.silu(self.norm_out(late)))
        return features, late, early


class _Decoder(nn.Module):
    def __init__(self, shape: Shape, heads: int) -> None:
        super().__init__()
        wide = shape.widths[-1]
        self.conv_in = nn.Conv2d(shape.latent, wide, 3, padding=1)
        self.mid = _Middle(wide, heads)
        levels = []
        for i in reversed(range(len(shape.widths))):
            level = _Level(wide, shape.widths[i], shape.blocks + 1, heads if shape.attends[i] else 0)
            if i:
                level.upsample = _Resize(shape.widths[i], stride=1)
            levels.append(level)
            wide = shape.widths[i]
        self.up = nn.ModuleList(reversed(levels))  # in the file 0 is the full side
        self.norm_out = _norm(wide)
        self.conv_out = nn.Conv2d(wide, 3, 3, padding=1)

    def forward(self, z: Tensor, late: Tensor, early: Tensor) -> Tensor:
        x = self.mid.block_1(self.conv_in(z))
        x = self.mid.block_2(self.mid.attn_1(x, late))
        for level in reversed(self.up):
            assert isinstance(level, _Level)
            x = level(x, early)
            if level.upsample is not None:
                x = level.upsample(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        image: Tensor = self.conv_out(F.silu(self.norm_out(x)))
        return image


class _Level(nn.Module):
    """Residual blocks of one side, each with attention after it where `heads` is not 0."""

    def __init__(self, wide_in: int, wide_out: int, blocks: int, heads: int) -> None:
        super().__init__()
        self.block = nn.ModuleList(_Block(wide_out if i else wide_in, wide_out) for i in range(blocks))
        self.attn = nn.ModuleList(_Attention(wide_out, heads) for _ in range(blocks if heads else 0))
        self.downsample: nn.Module | None = None
        self.upsample: nn.Module | None = None

    def forward(self, x: Tensor, looked_at: Tensor | None) -> Tensor:
        """looked_at: where attention takes its queries from; None: from x itself."""
        for i, block in enumerate(self.block):
            x = block(x)
            if self.attn:
                x = self.attn[i](x, looked_at)
        return x


class _Middle(nn.Module):
    def __init__(self, wide: int, heads: int) -> None:
        super().__init__()
        self.block_1 = _Block(wide, wide)
        self.attn_1 = _Attention(wide, heads)
        self.block_2 = _Block(wide, wide)


class _Resize(nn.Module):
    def __init__(self, wide: int, *, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(wide, wide, 3, stride=stride, padding=2 - stride)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        return y


class _Block(nn.Module):
    def __init__(self, wide_in: int, wide_out: int) -> None:
        super().__init__()
        self.norm1 = _norm(wide_in)
        self.conv1 = nn.Conv2d(wide_in, wide_out, 3, padding=1)
        self.norm2 = _norm(wide_out)
        self.conv2 = nn.Conv2d(wide_out, wide_out, 3, padding=1)
        if wide_in != wide_out:
            self.nin_shortcut = nn.Conv2d(wide_in, wide_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv1(F.silu(self.norm1(x)))
        y = self.conv2(F.silu(self.norm2(y)))
        kept: Tensor = self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x
        return kept + y


class _Attention(nn.Module):
    """Several-headed attention between all places of a picture."""

    def __init__(self, wide: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = _norm(wide), _norm(wide)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(wide, wide, 1) for _ in range(4))

    def forward(self, x: Tensor, looked_at: Tensor | None) -> Tensor:
        """x: (N, wide, h, w), keys and values. looked_at: the same shape, queries; None: x itself."""
        own = self.norm1(x)
        asked = own if looked_at is None else self.norm2(looked_at)
        q, k, v = self.q(asked), self.k(own), self.v(own)
        q, k, v = (each.flatten(2).unflatten(1, (self.heads, -1)).transpose(2, 3) for each in (q, k, v))
        seen = F.scaled_dot_product_attention(q, k, v)  # (N, heads, h * w, wide / heads)
        seen = seen.transpose(2, 3).reshape(x.shape)
        answer: Tensor = self.proj_out(seen)
        return x + answer


class _Codebook(nn.Module):
    def __init__(self, count: int, length: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(count, length)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """(N, length, h, w) -> each place's nearest code, same shape, and its number, (N * h * w)."""
        places = z.permute(0, 2, 3, 1)
        codes = self.embedding.weight
        flat = places.flatten(0, 2)
        distance = flat.square().sum(1, keepdim=True) + codes.square().sum(1) - 2 * flat @ codes.T
        nearest = distance.argmin(1)
        return codes[nearest].view(places.shape).permute(0, 3, 1, 2), nearest


def _norm(wide: int) -> nn.GroupNorm:
    return nn.GroupNorm(32, wide, eps=1e-6)
