"""A picture through a network of any size of memory: overlapping tiles of one shape, faded into each other.

The official tiles are cut hard, with 10 px around them; their edges show. Apart from the background because
nothing here knows what a tile is put through.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.planes import to_bytes
from backend.engines.gfpgan.seams import Enlarger
from backend.media.types import FloatImage, RgbImage

_DROPPED_PX: Final = 8  # at a tile's edge, where a network sees its padding; of the photo
_FADED_PX: Final = 32  # beyond that, over which one tile turns into the next
OVERLAP_PX: Final = 2 * _DROPPED_PX + _FADED_PX
_SIDE_STEP_PX: Final = 16  # networks halve a tile up to four times

Ramp = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """Tiles along one side of the picture. side_px: of each; starts: of the padded picture."""

    side_px: int
    starts: tuple[int, ...]

    @property
    def padded_px(self) -> int:
        return self.starts[-1] + self.side_px


def enlarge_by_tiles(
    photo: RgbImage, enlarger: Enlarger, scale: int, tile_px: int, before_tile: Callable[[float], None]
) -> RgbImage:
    """The photo restored by a network, `scale` times as large, whatever the network's own scale is.

    photo: uint8 (H, W, 3) RGB; returns: uint8 (scale * H, scale * W, 3)
    tile_px: side of a tile, at least 128; memory grows with it and with the width, not with the height
    before_tile: called with the share that is done, 0.0 to 1.0; may raise
    raises: OutOfMemory
    """
    height_px, width_px = photo.shape[:2]
    down, across = _line(height_px, tile_px), _line(width_px, tile_px)
    padded = cv2.copyMakeBorder(
        photo, 0, down.padded_px - height_px, 0, across.padded_px - width_px, cv2.BORDER_REFLECT
    )
    result = np.empty((scale * height_px, scale * width_px, 3), np.uint8)
    fades = _fades(across, scale)
    row_weights = _fades(down, scale)
    carried = np.zeros((scale * down.side_px, scale * across.padded_px, 3), np.float32)
    tile_count, done_to = len(down.starts) * len(across.starts), 0
    for row, top in enumerate(down.starts):
        for column, left in enumerate(across.starts):
            before_tile((row * len(across.starts) + column) / tile_count)
            tile = np.asarray(padded[top : top + down.side_px, left : left + across.side_px], np.uint8)
            weight = row_weights[row][:, None, None] * fades[column][None, :, None]
            target = carried[:, scale * left : scale * (left + across.side_px)]
            target += weight * _enlarged(tile, enlarger, scale)
        is_last = row + 1 == len(down.starts)
        finished_to = down.padded_px if is_last else down.starts[row + 1]
        rows = scale * (finished_to - top)
        ready = result[scale * done_to : scale * finished_to]
        ready[:] = to_bytes(carried[: ready.shape[0], : scale * width_px])
        carried = np.concatenate([carried[rows:], np.zeros_like(carried[:rows])])
        done_to = finished_to
    return result


def _line(length_px: int, tile_px: int) -> _Line:
    """Tiles of one side, evenly spread; a picture smaller than a tile is one, in steps of 16 px."""
    whole_px = -(-length_px // _SIDE_STEP_PX) * _SIDE_STEP_PX
    side_px = tile_px // _SIDE_STEP_PX * _SIDE_STEP_PX
    if whole_px <= side_px:
        return _Line(side_px=whole_px, starts=(0,))
    last = length_px - side_px
    count = 1 + -(-last // (side_px - OVERLAP_PX))
    starts = tuple(round(last * index / max(1, count - 1)) for index in range(count))
    return _Line(side_px=side_px, starts=starts)


def _fades(line: _Line, scale: int) -> list[Ramp]:
    """For each tile what it counts along this side, (scale * side_px,); together they are 1 everywhere."""
    ramps = list(_ramps(line, scale))
    total = np.zeros(scale * line.padded_px, np.float32)
    for start, ramp in zip(line.starts, ramps, strict=True):
        total[scale * start : scale * start + ramp.size] += ramp
    return [
        ramp / total[scale * start : scale * start + ramp.size]
        for start, ramp in zip(line.starts, ramps, strict=True)
    ]


def _ramps(line: _Line, scale: int) -> Iterator[Ramp]:
    side = (np.arange(scale * line.side_px, dtype=np.float32) + 0.5) / scale
    rising = 0.5 - 0.5 * np.cos(np.pi * np.clip((side - _DROPPED_PX) / _FADED_PX, 0.0, 1.0))
    for index in range(len(line.starts)):
        ramp = np.ones_like(side)
        if index > 0:
            ramp = ramp * rising
        if index + 1 < len(line.starts):
            ramp = ramp * rising[::-1]
        yield np.asarray(ramp, np.float32)


def _enlarged(tile: RgbImage, enlarger: Enlarger, scale: int) -> FloatImage:
    """float32 (scale * h, scale * w, 3) in [0, 255]."""
    made = np.clip(enlarger(tile.astype(np.float32) / 255.0), 0.0, 1.0) * np.float32(255.0)
    if enlarger.scale == scale:
        return np.asarray(made, np.float32)
    size_px = scale * tile.shape[1], scale * tile.shape[0]
    sampling = cv2.INTER_AREA if scale < enlarger.scale else cv2.INTER_CUBIC
    return np.asarray(np.clip(cv2.resize(made, size_px, interpolation=sampling), 0.0, 255.0), np.float32)
