"""The border freeze: near the picture's edge nothing moves, so that what is pasted back meets its neighbours.

Neither the paper nor the official code has it; PaddleGAN's predictor does it (its pull request 367). Apart
from the generator because it is a choice of how to run the network, not a part of it.
"""

from typing import Literal, TypeAlias

import torch
from torch import Tensor

from backend.networks.first_order.geometry import coordinate_grid

Border: TypeAlias = Literal["official", "frozen"]
"""Whether the motion reaches the edge, as in the paper, or is frozen there, as in PaddleGAN's predictor."""

_PAD_PX = 5  # at every resolution
# OpenCV's own 9-tap Gaussian (`GaussianBlur` with ksize 9 and sigma 0). The formula that its manual gives for
# sigma would be up to 0.005 off.
_KERNEL = (4, 13, 30, 51, 60, 51, 30, 13, 4)
_KERNEL_SUM = 256


def border_weight(height_px: int, width_px: int, device: torch.device) -> Tensor:
    """float32 (H, W): how much of the motion is kept; 0 at the edge, 1 from the ninth pixel on."""
    return _profile(height_px, device)[:, None] * _profile(width_px, device)


def frozen_deformation(deformation: Tensor) -> Tensor:
    """float32 (N, h, w, 2) -> the same, which towards the edge becomes the identity."""
    _, height_px, width_px, _ = deformation.shape
    weight = border_weight(height_px, width_px, deformation.device)[..., None]
    identity = coordinate_grid(height_px, width_px, deformation.device)
    return weight * deformation + (1 - weight) * identity


def frozen_occlusion(occlusion: Tensor) -> Tensor:
    """(N, 1, h, w) -> the same, with 1 in the outermost five rows and columns: nothing is hidden there."""
    frozen = torch.ones_like(occlusion)
    inner = (..., slice(_PAD_PX, -_PAD_PX), slice(_PAD_PX, -_PAD_PX))
    frozen[inner] = occlusion[inner]
    return frozen


def _profile(side_px: int, device: torch.device) -> Tensor:
    box = torch.zeros(side_px, dtype=torch.float64, device=device)
    box[_PAD_PX:-_PAD_PX] = 1
    kernel = torch.tensor(_KERNEL, dtype=torch.float64, device=device) / _KERNEL_SUM
    blurred = torch.nn.functional.conv1d(box[None, None], kernel[None, None], padding=len(_KERNEL) // 2)
    return blurred[0, 0].float()
