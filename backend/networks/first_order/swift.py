"""The First Order Motion Model rearranged for speed: same function, fewer passes over memory, nothing twice.

Kept apart from the plain networks, which are the ones compared with the official code and stay easy to read.
"""

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from backend.networks.first_order.border import Border, frozen_deformation, frozen_occlusion
from backend.networks.first_order.dense_motion import DenseMotion, Motion, heat_maps
from backend.networks.first_order.generator import Generator
from backend.networks.first_order.geometry import coordinate_grid, inverse_2x2, warp
from backend.networks.first_order.keypoints import KeypointDetector, Keypoints
from backend.networks.first_order.sampling import gathered
from backend.networks.first_order.swift_blocks import (
    Doubling,
    DoublingToPicture,
    SwiftHourglass,
    SwiftResidual,
    SwiftSame,
    convolution,
)


def swift_detector(detector: KeypointDetector) -> KeypointDetector:
    """A detector of its own with the function of `detector`; float32, as places must be."""
    fast = copy.deepcopy(detector).requires_grad_(False)
    fast.predictor = SwiftHourglass(detector.predictor)  # type: ignore[assignment]  # the same function
    return fast.eval()


@dataclass(frozen=True, slots=True)
class SwiftSource:
    """A photo as the swift generator keeps it: everything that no frame changes. float32.

    features: (1, C, h, w), S / 4 the sides, channels last
    small:    (1, 3, h, w) RGB in [0, 1]
    at:       its keypoints
    heat:     (1, K, h, w), their heat maps
    grid:     (h, w, 2), x and y of every pixel in [-1, 1]
    """

    features: Tensor
    small: Tensor
    at: Keypoints
    heat: Tensor
    grid: Tensor


class SwiftGenerator(nn.Module):
    """The function of `Generator` in steps: encode, once a photo; motion, moved, refined, drawn for a frame.

    Keypoints, places, soft-max and the encoder, which runs once, are float32 in either precision.
    """

    def __init__(self, generator: Generator, dtype: torch.dtype) -> None:
        """dtype: of the convolutions that run for every frame, float32 or bfloat16."""
        super().__init__()
        motion, last = generator.dense_motion_network, len(generator.up_blocks) - 1
        if last < 0:
            raise ValueError("a generator that enlarges nothing has no swift form")
        self.dtype = dtype
        self.first = nn.Sequential(*map(SwiftSame, (generator.first, *generator.down_blocks)))
        self.down = copy.deepcopy(motion.down).requires_grad_(False)
        self.hourglass = SwiftHourglass(motion.hourglass).to(dtype)
        self.maps = joined_maps(motion).to(dtype)
        self.bottleneck = nn.Sequential(*map(SwiftResidual, generator.bottleneck)).to(dtype)
        self.up = nn.Sequential(*map(Doubling, generator.up_blocks[:last])).to(dtype)
        self.last = DoublingToPicture(generator.up_blocks[last], generator.final).to(dtype)
        self.eval().requires_grad_(False)

    def encode(self, source: Tensor, at: Keypoints) -> SwiftSource:
        """source: float32 (1, 3, S, S) RGB in [0, 1]; at: its keypoints."""
        small: Tensor = self.down(source)
        height_px, width_px = small.shape[-2:]
        features: Tensor = self.first(source.contiguous(memory_format=torch.channels_last))
        return SwiftSource(
            features=features.contiguous(memory_format=torch.channels_last),
            small=small,
            at=at,
            heat=heat_maps(at, height_px, width_px),
            grid=coordinate_grid(height_px, width_px, small.device),
        )

    def motion(
        self, source: SwiftSource, to: Keypoints, *, border: Border, still: Tensor | None = None
    ) -> Motion:
        """The motion of N frames; see `Generator.motion`.

        still: float32 (h, w) in [0, 1]; where it is 1 nothing moves or is hidden, as at a frozen border
        """
        sparse = _sparse(source, to)  # (N, K + 1, 2, h, w)
        maps = self.maps_of(self.seen(source, to, sparse)).float()
        mask = maps[:, :-1].softmax(dim=1)
        deformation = (mask[:, :, None] * sparse).sum(dim=1).permute(0, 2, 3, 1)
        return held(Motion(deformation, maps[:, -1:].sigmoid(), mask), source.grid, border, still)

    def seen(self, source: SwiftSource, to: Keypoints, sparse: Tensor) -> Tensor:
        """What the hourglass sees of N frames: `dtype` (N, 4 (K + 1), h, w), channels last."""
        n, motions, _, height_px, width_px = sparse.shape
        seen = source.small.new_zeros(n, motions, 4, height_px, width_px)
        seen[:, 1:, 0] = heat_maps(to, height_px, width_px) - source.heat
        seen[:, 0, 1:] = source.small  # what stands still looks as it did
        places = sparse[:, 1:].permute(0, 1, 3, 4, 2).flatten(1, 2)  # all motions below each other
        moved = warp(source.small.expand(n, -1, -1, -1), places)  # (N, 3, K h, w)
        seen[:, 1:, 1:] = moved.view(n, 3, motions - 1, height_px, width_px).transpose(1, 2)
        return seen.flatten(1, 2).to(self.dtype).contiguous(memory_format=torch.channels_last)

    def maps_of(self, seen: Tensor) -> Tensor:
        """The masks before their soft-max, and the occlusion before its sigmoid: (N, K + 2, h, w)."""
        maps: Tensor = self.maps(self.hourglass(seen))
        return maps

    def moved(self, source: SwiftSource, motion: Motion) -> Tensor:
        """The features of N frames: warped, and taken away where they are hidden; `dtype`, channels last."""
        return gathered(source.features, motion.deformation, motion.occlusion[:, 0]).to(self.dtype)

    def refined(self, features: Tensor) -> Tensor:
        """The residual blocks: two thirds of all the work on a frame."""
        out: Tensor = self.bottleneck(features)
        return out

    def drawn(self, features: Tensor) -> Tensor:
        """The pictures: float32 (N, 3, S, S) in [0, 1]."""
        picture: Tensor = self.last(self.up(features))
        return picture.sigmoid()


def held(motion: Motion, grid: Tensor, border: Border, still: Tensor | None) -> Motion:
    """The motion with its border frozen, and what is `still` (see `SwiftGenerator.motion`) left alone."""
    deformation, occlusion = motion.deformation, motion.occlusion
    if border == "frozen":
        deformation, occlusion = frozen_deformation(deformation), frozen_occlusion(occlusion)
    if still is not None:
        deformation = torch.lerp(deformation, grid.expand_as(deformation), still[..., None])
        occlusion = occlusion + still * (1 - occlusion)
    return Motion(deformation, occlusion, motion.mask)


def joined_maps(motion: DenseMotion) -> nn.Conv2d:
    """The mask's convolution and the occlusion's as one: both look at the same features."""
    mask, occlusion = motion.mask, motion.occlusion
    assert mask.bias is not None and occlusion.bias is not None
    weight, bias = torch.cat((mask.weight, occlusion.weight)), torch.cat((mask.bias, occlusion.bias))
    return convolution(weight, bias, 3)


def _sparse(source: SwiftSource, to: Keypoints) -> Tensor:
    """float32 (N, K + 1, 2, h, w): as `sparse_motions`, x and y as planes; A z + b for A (z - p) + q."""
    n, points = to.value.shape[:2]
    height_px, width_px = source.grid.shape[:2]
    turn = source.at.jacobian @ inverse_2x2(to.jacobian)  # (N, K, 2, 2)
    shift = source.at.value - (turn @ to.value[..., None])[..., 0]  # (N, K, 2)
    planes = source.grid.permute(2, 0, 1)  # (2, h, w)
    moved = turn.reshape(n, 2 * points, 2) @ planes.reshape(2, -1) + shift.reshape(n, 2 * points, 1)
    sparse = moved.view(n, points, 2, height_px, width_px)
    return torch.cat((planes.expand(n, 1, -1, -1, -1), sparse), dim=1)
