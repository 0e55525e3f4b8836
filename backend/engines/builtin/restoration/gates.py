"""Learned gates on overlapping 8x8 cosine transforms: which part of a coefficient is picture, not JPEG error.

Kept apart from deblocking because the arithmetic is one for brightness and colour, and knows nothing of RGB.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backend.media.jpeg_coding import Steps
from backend.media.types import FloatImage

BLOCK_PX = 8
_FREQUENCIES = BLOCK_PX**2
_LOUDEST_STEPS = 8.0  # a coefficient of more quantiser steps is no clearer a sign than one of as many
_MIDDLE_LOG2_STEP = 4.0  # coarseness counts from steps of 16
_BLOCKS_AT_ONCE = 1024  # a quarter of a megabyte an array: the next operation finds it in the cache
_FITTED = Path(__file__).with_name("gates.npz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """A small network that sees how large a block's coefficients are and says what share of each to keep.

    Shares are 0 to 1, so nothing can appear that was not there. One hidden layer; the biases depend on how
    the block lies on the JPEG's own grid, on how coarse the quantiser is and on whether colour is halved.
    float32 arrays; P positions, U hidden units, 64 coefficients a plane:

    Of whole colour only the first half of the positions is used: four times the samples are enough work.

    Fitted by gradient descent (Adam) on the squared error of the finished sum over all positions, each
    quality weighing the same: pieces of about 190 photographs saved at quality 10 to 85, 4:4:4 and 4:2:0.
    """

    positions: npt.NDArray[np.int64]  # (P, 2): pixels down and across from the grid
    inner: FloatImage  # (64 * planes seen, U)
    inner_bias: FloatImage  # (P, U)
    inner_coarseness: FloatImage  # (U,): per mean log2 of the steps
    inner_whole: FloatImage  # (U,): where colour is not halved
    outer: FloatImage  # (U, 64 * planes mended)
    outer_bias: FloatImage  # (P, 64 * planes mended)
    outer_coarseness: FloatImage  # (64 * planes mended,): per log2 of each step
    outer_whole: FloatImage  # (64 * planes mended,)

    @property
    def mended_planes(self) -> int:
        """How many planes come out: the last ones that go in."""
        return len(self.outer_coarseness) // _FREQUENCIES


@cache
def fitted_gates(name: str) -> Gates:
    """The gates of the file beside this module: "luma", or "chroma", which sees luma, Cb and Cr."""
    with np.load(_FITTED) as stored:
        arrays = {
            key.removeprefix(f"{name}_"): stored[key] for key in stored.files if key.startswith(f"{name}_")
        }
    positions = arrays.pop("positions").astype(np.int64)
    return Gates(positions=positions, **{key: each.astype(np.float32) for key, each in arrays.items()})


def error_of(planes: FloatImage, steps: Steps, gates: Gates, *, is_whole: bool) -> FloatImage:
    """What the gates take for coding error: the mean over all positions, in grey levels.

    planes:  float32 (planes seen, H, W); H and W multiples of 8, a JPEG block begins at the first pixel
    returns: float32 (planes mended, H, W), to be taken away; blocks that stick out of the planes are missing,
             so that only what is 8 pixels from the rim is complete
    """
    positions = gates.positions[: len(gates.positions) // 2] if is_whole else gates.positions
    bound = _bound(gates, np.array(steps, np.float32), len(positions), is_whole=is_whole)
    error = np.zeros((gates.mended_planes, *planes.shape[1:]), np.float32)
    for position, (down_px, across_px) in enumerate(positions):
        shifted, target = planes[:, down_px:, across_px:], error[:, down_px:, across_px:]
        for rows in _strips(shifted.shape[1:]):
            _add_error(target[:, rows], shifted[:, rows], bound, position)
    return error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    """Gates made ready for one quantiser, and for giving what is dropped instead of what is kept."""

    ceiling: FloatImage
    inner: FloatImage
    inner_bias: FloatImage
    outer: FloatImage
    outer_bias: FloatImage
    inverse: FloatImage  # coefficients -> pixels, over the number of positions


def _bound(gates: Gates, steps: FloatImage, position_count: int, *, is_whole: bool) -> _Bound:
    seen = np.tile(steps, gates.inner.shape[0] // _FREQUENCIES)
    coarseness = np.log2(steps) - _MIDDLE_LOG2_STEP
    inner_bias = gates.inner_bias + coarseness.mean() * gates.inner_coarseness + is_whole * gates.inner_whole
    outer_bias = gates.outer_bias + np.tile(coarseness, gates.mended_planes) * gates.outer_coarseness
    outer_bias += is_whole * gates.outer_whole
    return _Bound(
        ceiling=np.asarray(_LOUDEST_STEPS * seen, np.float32),
        inner=np.asarray(gates.inner / seen[:, None], np.float32),
        inner_bias=np.asarray(inner_bias, np.float32),
        outer=np.asarray(-gates.outer / 4, np.float32),  # what comes in is twice as much, what goes out half
        outer_bias=np.asarray(-outer_bias / 2, np.float32),
        inverse=np.asarray(_cosines().T / (2 * position_count), np.float32),
    )


@cache
def _cosines() -> FloatImage:
    """(64, 64): a block's pixels in rows times this are its coefficients (orthonormal DCT-II)."""
    frequency, place = np.mgrid[:BLOCK_PX, :BLOCK_PX]
    basis = np.sqrt(2.0 / BLOCK_PX) * np.cos((2 * place + 1) * frequency * np.pi / (2 * BLOCK_PX))
    basis[0] /= np.sqrt(2.0)
    return np.ascontiguousarray(np.kron(basis, basis).T, np.float32)


def _strips(shape_px: tuple[int, ...]) -> Iterator[slice]:
    """Whole rows of blocks, about _BLOCKS_AT_ONCE each time."""
    block_rows, block_columns = (side_px // BLOCK_PX for side_px in shape_px)
    at_once = max(1, _BLOCKS_AT_ONCE // max(1, block_columns))
    for first in range(0, block_rows, at_once):
        yield slice(BLOCK_PX * first, BLOCK_PX * min(block_rows, first + at_once))


def _add_error(error: FloatImage, planes: FloatImage, bound: _Bound, position: int) -> None:
    """Add to `error` what is dropped from the blocks of a strip; both (planes, rows, columns)."""
    pixels = np.stack([_as_blocks(plane) for plane in planes])
    coefficients = pixels.reshape(len(planes), -1, _FREQUENCIES) @ _cosines()
    sizes = np.minimum(np.abs(coefficients).swapaxes(0, 1).reshape(-1, len(bound.ceiling)), bound.ceiling)
    hidden = sizes @ bound.inner
    hidden += bound.inner_bias[position]
    hidden += np.abs(hidden)  # twice the positive part
    dropped = hidden @ bound.outer
    dropped += bound.outer_bias[position]
    np.tanh(dropped, out=dropped)
    dropped += np.float32(1.0)  # twice the share
    dropped[:, ::_FREQUENCIES] = 0.0  # a block's mean is never dropped
    for index, plane in enumerate(error):
        mended = coefficients[len(planes) - len(error) + index]
        mended *= dropped[:, _FREQUENCIES * index : _FREQUENCIES * (index + 1)]
        blocks = (mended @ bound.inverse).reshape(_as_blocks(plane).shape)
        rows, columns = BLOCK_PX * blocks.shape[0], BLOCK_PX * blocks.shape[1]
        plane[:rows, :columns] += blocks.swapaxes(1, 2).reshape(rows, columns)


def _as_blocks(plane: FloatImage) -> FloatImage:
    """A view (rows, columns, 8, 8) of the whole blocks in a plane (H, W)."""
    rows, columns = plane.shape[0] // BLOCK_PX, plane.shape[1] // BLOCK_PX
    cut = plane[: rows * BLOCK_PX, : columns * BLOCK_PX]
    return cut.reshape(rows, BLOCK_PX, columns, BLOCK_PX).swapaxes(1, 2)
