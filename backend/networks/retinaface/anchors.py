"""The boxes that RetinaFace measures from: one table a picture's size, made at once and kept."""

from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from backend.networks.retinaface.variants import AnchorSizes

Floats: TypeAlias = npt.NDArray[np.float32]

STRIDES_PX: Final = (8, 16, 32)


@lru_cache(maxsize=8)
def anchors(height_px: int, width_px: int, sizes: AnchorSizes) -> Floats:
    """float32 (A, 4): centre x, centre y, width, height as shares of the picture, read-only.

    Ordered by level, row, column, size; not clipped at the picture's edges.
    """
    levels = []
    for stride_px, sides_px in zip(STRIDES_PX, sizes, strict=True):
        rows, columns = -(-height_px // stride_px), -(-width_px // stride_px)
        level = np.empty((rows, columns, len(sides_px), 4), np.float64)
        level[..., 0] = ((np.arange(columns) + 0.5) * stride_px / width_px)[None, :, None]
        level[..., 1] = ((np.arange(rows) + 0.5) * stride_px / height_px)[:, None, None]
        level[..., 2] = np.array(sides_px) / width_px
        level[..., 3] = np.array(sides_px) / height_px
        levels.append(level.reshape(-1, 4))
    table = np.concatenate(levels).astype(np.float32)
    table.setflags(write=False)  # it is shared by every caller
    return table
