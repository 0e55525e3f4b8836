"""The boxes that RetinaFace measures from: where they lie in a picture, and which sizes a file wants.

Two known files have the same shapes but other anchors: what is in a file does not tell, its checksum does.
"""

from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

AnchorSizes: TypeAlias = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
"""Sides in pixels of the two square anchors in each cell, for each stride in STRIDES_PX."""

Floats: TypeAlias = npt.NDArray[np.float32]

STRIDES_PX: Final = (8, 16, 32)
OFFICIAL_SIZES: Final[AnchorSizes] = ((16, 32), (64, 128), (256, 512))  # both files of facexlib
WIDER_SIZES: Final[AnchorSizes] = ((10, 20), (32, 64), (128, 256))  # biubug6/Face-Detector-1MB-with-landmark

_WIDER_FILES: Final = frozenset(
    {"ed6fa7d45a5179f03cb5ce82c73b0c6711372968e53782e88395acee88d319e1"}  # its mobilenet0.25_Final.pth
)


def anchor_sizes_of(sha256: str) -> AnchorSizes:
    """The anchors that a file was trained with; those of facexlib for a file that is not known.

    sha256: of the file, lower-case hexadecimal
    """
    return WIDER_SIZES if sha256 in _WIDER_FILES else OFFICIAL_SIZES


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
