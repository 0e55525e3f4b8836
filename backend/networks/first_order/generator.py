"""The occlusion-aware generator: a photo, its keypoints and those of a frame in, the frame out.

Siarohin et al. 2019, section 3.3. In three steps, because they run at different times: a photo is encoded
once, the motion is found and the picture made for every frame.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Self

import torch.nn.functional as F  # noqa: N812  # the field's name for it
from torch import Tensor, nn

from backend.domain.errors import WeightsRefused
from backend.networks.dimensions import shape_of
from backend.networks.first_order.blocks import DownBlock, ResBlock, SameBlock, UpBlock, channels_of, fold_of
from backend.networks.first_order.border import Border, frozen_deformation, frozen_occlusion
from backend.networks.first_order.dense_motion import (
    DenseMotion,
    DenseMotionSize,
    Motion,
    sparse_motions,
    warped_by_each,
)
from backend.networks.first_order.geometry import warp
from backend.networks.first_order.keypoints import Keypoints
from backend.networks.state import State, load_strictly

_NAME = "Generator (First Order Motion)"
_MOTION = "dense_motion_network"


@dataclass(frozen=True, slots=True)
class GeneratorSize:
    """Official: 64, (128, 256), 6, (128, 64)."""

    first: int
    down: tuple[int, ...]
    residual_blocks: int
    up: tuple[int, ...]
    motion: DenseMotionSize

    @property
    def side_multiple(self) -> int:
        """What the sides of a picture are multiples of: 128 for the official size."""
        return int(2 ** (len(self.down) + len(self.motion.hourglass.down)))

    @classmethod
    def of(cls, state: State) -> Self:
        """The size of the network that a state dict belongs to.

        raises: WeightsRefused (architecture)
        """
        size = cls(
            first=shape_of(state, "first.conv.weight", name=_NAME, rank=4)[0],
            down=channels_of(state, "down_blocks", name=_NAME),
            residual_blocks=sum(_is_residual_block(key) for key in state),
            up=channels_of(state, "up_blocks", name=_NAME),
            motion=DenseMotionSize.of(state, _MOTION, name=_NAME),
        )
        fold = 1 if size.motion.kernel is None else fold_of(size.motion.kernel)
        if fold != 2 ** len(size.down) or len(size.up) != len(size.down):
            raise WeightsRefused(
                f"this is not the network {_NAME}: features are {2 ** len(size.down)} times smaller than the "
                f"picture and {2 ** len(size.up)} times enlarged, motion is {fold} times smaller",
                params={"reason": "architecture"},
            )
        return size


@dataclass(frozen=True, slots=True)
class Source:
    """A photo as the generator keeps it.

    features: (1, C, S / 4, S / 4)
    small:    float32 (1, 3, S / 4, S / 4) RGB in [0, 1], what the motion is found on
    """

    features: Tensor
    small: Tensor


class Generator(nn.Module):
    """float32 (1, 3, S, S) RGB in [0, 1] and keypoints -> (N, 3, S, S) in [0, 1].

    S is a multiple of `size.side_multiple`, 128 for the official size.
    """

    def __init__(self, size: GeneratorSize) -> None:
        super().__init__()
        self.size = size
        middle = size.down[-1] if size.down else size.first
        self.dense_motion_network = DenseMotion(size.motion)
        self.first = SameBlock(3, size.first, kernel=7)
        self.down_blocks = nn.ModuleList(
            DownBlock(before, after)
            for before, after in zip((size.first, *size.down), size.down, strict=False)
        )
        self.up_blocks = nn.ModuleList(
            UpBlock(before, after) for before, after in zip((middle, *size.up), size.up, strict=False)
        )
        self.bottleneck = nn.Sequential(
            OrderedDict((f"r{place}", ResBlock(middle)) for place in range(size.residual_blocks))
        )
        self.final = nn.Conv2d(size.up[-1] if size.up else middle, 3, 7, padding=3)

    @classmethod
    def from_state(cls, state: State) -> Self:
        """The network of an official file, in eval mode.

        raises: WeightsRefused (architecture)
        """
        size = GeneratorSize.of(state)
        return load_strictly(lambda: cls(size), state, name=_NAME)

    def forward(self, source: Tensor, at: Keypoints, to: Keypoints, *, border: Border) -> Tensor:
        """The N frames of `to`, all three steps at once."""
        encoded = self.encode(source)
        return self.decode(encoded, self.motion(encoded, at, to, border=border))

    def encode(self, source: Tensor) -> Source:
        """What has to be known of a photo: once for all frames."""
        features: Tensor = self.first(source)
        for block in self.down_blocks:
            features = block(features)
        return Source(features, self.dense_motion_network.down(source))

    def motion(self, source: Source, at: Keypoints, to: Keypoints, *, border: Border) -> Motion:
        """The motion of N frames.

        at: keypoints of the source, (1, K, ...)
        to: those of the frames, (N, K, ...), already made the source's own (absolute or relative)
        """
        motion: Motion = self.dense_motion_network(source.small, at, to)
        if border == "official":
            return motion
        return replace(
            motion,
            deformation=frozen_deformation(motion.deformation),
            occlusion=frozen_occlusion(motion.occlusion),
        )

    def decode(self, source: Source, motion: Motion) -> Tensor:
        """The pictures of N motions."""
        features = source.features.expand(motion.deformation.shape[0], -1, -1, -1)
        out = warp(features, motion.deformation) * motion.occlusion
        out = self.bottleneck(out)
        for block in self.up_blocks:
            out = block(out)
        picture: Tensor = self.final(out)
        return picture.sigmoid()

    def stages(self, source: Tensor, at: Keypoints, to: Keypoints, *, border: Border) -> dict[str, Tensor]:
        """Everything the official network returns, by its names.

        `deformation` is the one before the border freeze, (N, h, w, 2); `deformed` the source moved by it at
        its own size, which nothing uses. For that the official code enlarges the field as a picture without
        align_corners, which shifts it by up to 1.5 px; whoever needs a large field takes `resized_field`.
        """
        encoded = self.encode(source)
        motion = self.motion(encoded, at, to, border=border)
        raw = motion if border == "official" else self.motion(encoded, at, to, border="official")
        height_px, width_px = source.shape[-2:]
        sparse = sparse_motions(at, to, *encoded.small.shape[-2:])
        field = raw.deformation.permute(0, 3, 1, 2)
        field = F.interpolate(field, (height_px, width_px), mode="bilinear").permute(0, 2, 3, 1)
        if border == "frozen":
            field = frozen_deformation(field)
        return {
            "mask": motion.mask,
            "deformation": raw.deformation,
            "occlusion_map": motion.occlusion,
            "sparse_deformed": warped_by_each(encoded.small, sparse),
            "deformed": warp(source.expand(field.shape[0], -1, -1, -1), field),
            "prediction": self.decode(encoded, motion),
        }


def _is_residual_block(key: str) -> bool:
    return key.startswith("bottleneck.r") and key.endswith(".conv1.weight")
