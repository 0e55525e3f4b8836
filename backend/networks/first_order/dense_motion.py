"""Dense motion: from K points and Jacobians to a place in the source for every pixel, and what is hidden.

Siarohin et al. 2019, equations 4 and 10. Works on a picture a quarter as large as the source.
"""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor, nn

from backend.networks.dimensions import shape_of
from backend.networks.first_order.blocks import AntiAliasDown, Hourglass, HourglassSize, down_kernel
from backend.networks.first_order.geometry import coordinate_grid, inverse_2x2, warp
from backend.networks.first_order.keypoints import Keypoints
from backend.networks.state import State

_VARIANCE = 0.01  # of a point's heat map; `kp_variance` of the official configurations


@dataclass(frozen=True, slots=True)
class DenseMotionSize:
    """Official: 44 -> (128, 256, 512, 1024, 1024) -> (1024, 512, 256, 128, 64), a Gaussian of 13."""

    hourglass: HourglassSize
    points: int
    kernel: int | None  # of the anti-aliasing; None = no down-sampler

    @classmethod
    def of(cls, state: State, prefix: str, *, name: str) -> Self:
        """The size of the part `prefix` of a generator's state dict.

        raises: WeightsRefused (architecture)
        """
        return cls(
            hourglass=HourglassSize.of(state, f"{prefix}.hourglass", name=name),
            points=shape_of(state, f"{prefix}.mask.weight", name=name, rank=4)[0] - 1,
            kernel=down_kernel(state, f"{prefix}.down.weight", name=name),
        )


@dataclass(frozen=True, slots=True)
class Motion:
    """How N frames follow from one source. float32.

    deformation: (N, h, w, 2), x and y in [-1, 1]: where the source is sampled for each pixel of the frame
    occlusion:   (N, 1, h, w) in [0, 1]: 1 where the source shows what the frame needs
    mask:        (N, K + 1, h, w): how much of each point's motion a pixel takes; the first is standing still
    """

    deformation: Tensor
    occlusion: Tensor
    mask: Tensor


class DenseMotion(nn.Module):
    """Keypoints of a source and of N frames -> Motion."""

    def __init__(self, size: DenseMotionSize) -> None:
        super().__init__()
        self.hourglass = Hourglass(size.hourglass)
        self.mask = nn.Conv2d(size.hourglass.outputs, size.points + 1, 7, padding=3)
        self.occlusion = nn.Conv2d(size.hourglass.outputs, 1, 7, padding=3)
        self.down = nn.Identity() if size.kernel is None else AntiAliasDown(3, size.kernel)

    def forward(self, small: Tensor, at: Keypoints, to: Keypoints) -> Motion:
        """small: (1, 3, h, w), the source after `down`; at: its points; to: those of the N frames."""
        sparse = sparse_motions(at, to, small.shape[-2], small.shape[-1])
        features = self.hourglass(self._seen(small, at, to, sparse))  # (N, 108, h, w)
        mask = self.mask(features).float().softmax(dim=1)  # (N, K + 1, h, w)
        deformation = (mask[..., None] * sparse).sum(dim=1)
        return Motion(deformation, self.occlusion(features).float().sigmoid(), mask)

    def _seen(self, small: Tensor, at: Keypoints, to: Keypoints, sparse: Tensor) -> Tensor:
        """What the hourglass sees, for standing still and for each point: a heat map, the source moved."""
        n, motions, height_px, width_px, _ = sparse.shape
        moved = warped_by_each(small, sparse)  # (N, K + 1, 3, h, w)
        heat = heat_maps(to, height_px, width_px) - heat_maps(at, height_px, width_px)  # (N, K, h, w)
        heat = torch.cat((heat.new_zeros(n, 1, height_px, width_px), heat), dim=1)
        return torch.cat((heat[:, :, None], moved), dim=2).view(n, motions * 4, height_px, width_px)


def heat_maps(points: Keypoints, height_px: int, width_px: int) -> Tensor:
    """float32 (N, K, h, w): a Gaussian around each point, 1 at the point itself."""
    grid = coordinate_grid(height_px, width_px, points.value.device)
    distance = (grid - points.value[:, :, None, None]).square().sum(dim=-1)
    return torch.exp(-0.5 * distance / _VARIANCE)


def sparse_motions(at: Keypoints, to: Keypoints, height_px: int, width_px: int) -> Tensor:
    """float32 (N, K + 1, h, w, 2): where each point's own motion takes a pixel from; the first stands still.

    Around a point at p in the frame, z comes from J_source J_frame^-1 (z - p) + p_source.
    """
    grid = coordinate_grid(height_px, width_px, to.value.device)
    turn = at.jacobian @ inverse_2x2(to.jacobian)  # (N, K, 2, 2)
    away = grid - to.value[:, :, None, None]  # (N, K, h, w, 2)
    moved = (turn[:, :, None, None] @ away[..., None])[..., 0] + at.value[:, :, None, None]
    still = grid.expand(moved.shape[0], 1, -1, -1, -1)
    return torch.cat((still, moved), dim=1)


def warped_by_each(small: Tensor, sparse: Tensor) -> Tensor:
    """(1, 3, h, w) and (N, K + 1, h, w, 2) -> the picture moved by each motion: (N, K + 1, 3, h, w)."""
    n, motions = sparse.shape[:2]
    copies = small.expand(n, -1, -1, -1).repeat_interleave(motions, dim=0)
    return warp(copies, sparse.flatten(0, 1)).view(n, motions, *small.shape[1:])
