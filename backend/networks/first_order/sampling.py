"""Many channels sampled at places of the picture: what `geometry.warp` does, faster on a processor.

Apart from it because it asks for channels last and gives them, which `grid_sample` does not.
"""

import torch
import torch.nn.functional as F  # noqa: N812  # the field's name for it
from torch import Tensor

from backend.networks.first_order.geometry import warp


def gathered(features: Tensor, places: Tensor, share: Tensor | None = None) -> Tensor:
    """Bilinear, nothing outside.

    features: float32 (1, C, H, W), one picture for all; channels last
    places:   float32 (N, h, w, 2), x and y in [-1, 1]; one that is no number shows nothing
    share:    float32 (N, h, w), what the result is multiplied by; None = 1
    returns:  float32 (N, C, h, w), channels last
    """
    if features.device.type != "cpu":
        moved = warp(features.expand(len(places), -1, -1, -1), places)
        moved = moved if share is None else moved * share[:, None]
        return moved.contiguous(memory_format=torch.channels_last)
    n, height_px, width_px, _ = places.shape
    index, weight = _corners(places, *features.shape[-2:])
    if share is not None:
        weight = weight * share[..., None]
    table = features.permute(0, 2, 3, 1).reshape(-1, features.shape[1])
    # a weighted sum of four rows of a table, for every pixel: rows lie together, as grid_sample's do not
    rows = F.embedding_bag(index.reshape(-1, 4), table, per_sample_weights=weight.reshape(-1, 4), mode="sum")
    return rows.view(n, height_px, width_px, -1).permute(0, 3, 1, 2)


def _corners(places: Tensor, height_px: int, width_px: int) -> tuple[Tensor, Tensor]:
    """Of every place the four pixels around it, int64 (N, h, w, 4), and how much each counts, float32."""
    last = places.new_tensor((width_px - 1, height_px - 1))
    exact = ((places + 1) / 2 * last).nan_to_num(nan=-2.0, posinf=-2.0, neginf=-2.0)
    low = exact.floor()
    far = exact - low
    corners = places.new_tensor(((0, 0), (1, 0), (0, 1), (1, 1)))
    at = low[..., None, :] + corners  # (N, h, w, 4, 2)
    weight = torch.where(corners.bool(), far[..., None, :], 1 - far[..., None, :]).prod(dim=-1)
    inside = ((at >= 0) & (at <= last)).all(dim=-1)
    x, y = torch.minimum(at.clamp_min(0), last).long().unbind(dim=-1)
    return y * width_px + x, weight * inside
