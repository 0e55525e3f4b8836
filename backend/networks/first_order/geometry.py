"""Grids, two-by-two matrices and warps: the arithmetic that the parts of the First Order Motion Model share.

Apart from the networks because nothing here is learnt, and because all of it stays float32 in every
precision: a place in bfloat16 is a quarter of a pixel off.
"""

import torch
import torch.nn.functional as F  # noqa: N812  # the field's name for it
from torch import Tensor


def coordinate_grid(height_px: int, width_px: int, device: torch.device) -> Tensor:
    """float32 (H, W, 2): x and y of every pixel's centre, from -1 at the first to 1 at the last."""
    x = 2 * (torch.arange(width_px, dtype=torch.float32, device=device) / (width_px - 1)) - 1
    y = 2 * (torch.arange(height_px, dtype=torch.float32, device=device) / (height_px - 1)) - 1
    return torch.stack((x.expand(height_px, width_px), y[:, None].expand(height_px, width_px)), dim=-1)


def inverse_2x2(matrices: Tensor) -> Tensor:
    """float32 (..., 2, 2) -> their inverses, in closed form; infinite where one has none."""
    a, b, c, d = matrices[..., 0, 0], matrices[..., 0, 1], matrices[..., 1, 0], matrices[..., 1, 1]
    adjugate = torch.stack((torch.stack((d, -b), dim=-1), torch.stack((-c, a), dim=-1)), dim=-2)
    return adjugate / (a * d - b * c)[..., None, None]


def warp(x: Tensor, deformation: Tensor) -> Tensor:
    """What `x` shows at the places of `deformation`: bilinear, nothing outside.

    x:           (N, C, H, W), float32 or half of it; between pixels it is float32
    deformation: float32 (N, h, w, 2), x and y in [-1, 1] where `x` is sampled for each pixel of the result
    returns:     (N, C, h, w)

    -1 and 1 are the centres of the outermost pixels, as when the official networks were trained (torch 1.0);
    the official code on a newer torch silently takes them as the edges, which moves everything.
    """
    moved = F.grid_sample(x.float(), deformation, padding_mode="zeros", align_corners=True)
    return moved.to(x.dtype)


def resized_field(deformation: Tensor, height_px: int, width_px: int) -> Tensor:
    """A deformation (N, h, w, 2) for every pixel of a larger picture: (N, H, W, 2), places kept exactly."""
    channels_first = deformation.permute(0, 3, 1, 2)
    larger = F.interpolate(channels_first, (height_px, width_px), mode="bilinear", align_corners=True)
    return larger.permute(0, 2, 3, 1)
