"""What is wrong with a photo, in numbers: every later step fires on these and on nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.planes import luma, shrunk
from backend.media.types import FloatImage

_TILE_PX = 512  # a multiple of 8, so that JPEG blocks stay where they are
_TILES_PER_SIDE = 3
_BLOCK_PX = 16
_REBLUR_SIGMA_PX = 1.2
_EDGES_NEEDED = 400  # pixels on edges
_MONO_RESIDUAL = 7.0  # sepia prints reach 6.7, autochromes start at 8.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Measurements of one photo at its own size."""

    noise: float  # standard deviation of the grain in luma, 8-bit units
    is_mono: bool  # one tint for every lightness: black and white, or sepia
    blur_px: float  # sigma of the blur on its sharper edges
    blockiness: float  # steps on the 8-pixel JPEG grid / steps elsewhere; 1 = none


def analyse(photo: FloatImage) -> Analysis:
    """Measure a photo.

    photo: float32 (H, W, 3) RGB in [0, 255]
    """
    brightness = luma(photo)
    tiles = list(_tiles(brightness))
    return Analysis(
        noise=grain_of(tiles),
        is_mono=is_mono(photo),
        blur_px=_blur_px(tiles),
        blockiness=_blockiness(tiles),
    )


def _tiles(brightness: FloatImage) -> Iterator[FloatImage]:
    """The whole picture where it is small, else nine tiles spread over it: large scans cost no more."""
    height_px, width_px = brightness.shape
    if height_px * width_px <= (_TILE_PX * _TILES_PER_SIDE) ** 2:
        yield brightness
        return
    for top in _tile_starts(height_px):
        for left in _tile_starts(width_px):
            yield brightness[top : top + _TILE_PX, left : left + _TILE_PX]


def _tile_starts(side_px: int) -> list[int]:
    last = max(0, side_px - _TILE_PX)
    return sorted({int(last * share) // 8 * 8 for share in np.linspace(0.0, 1.0, _TILES_PER_SIDE)})


def grain_of(tiles: list[FloatImage]) -> float:
    """Grain where the picture is calmest: its standard deviation in 8-bit units. tiles: luma, (h, w) each.

    The 15th percentile of block deviations, not a wavelet estimate: after JPEG the finest band reads near
    zero whatever the grain. Grain is everywhere alike, bricks and leaves are not, so the 3rd percentile
    bounds it: on grain the two differ by less than 1.3 times, on texture by more than 2.
    """
    deviations = []
    for tile in tiles:
        detail = tile - cv2.GaussianBlur(tile, (0, 0), 2.0)
        blocks, means = _blocks(detail), _blocks(tile).mean((1, 2))
        is_exposed = (means > 12) & (means < 243)  # clipped areas have no grain to measure
        deviations.append(blocks[is_exposed].std((1, 2)))
    found = np.concatenate(deviations)
    if found.size == 0:
        return 0.0
    calmest, calm = np.percentile(found, (3, 15))
    return max(0.0, 1.15 * float(min(calm, 1.3 * calmest)) - 0.3)


def _blocks(plane: FloatImage) -> FloatImage:
    """(H, W) -> (N, side, side); what does not fill a block at the edges is left out."""
    side = min(_BLOCK_PX, *plane.shape)
    rows, columns = plane.shape[0] // side, plane.shape[1] // side
    cut = plane[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return cut.swapaxes(1, 2).reshape(-1, side, side)


def is_mono(photo: FloatImage) -> bool:
    """True when colour is a function of lightness: whatever is left beyond that function is small.

    The plain deviation of a and b will not do: it takes pale autochromes for sepia.
    """
    small = np.asarray(cv2.GaussianBlur(shrunk(photo, 384), (0, 0), 1.0) / 255.0, np.float32)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    lightness_bin = np.clip(lab[..., 0] / 6.25, 0, 15).astype(int)
    residual = np.zeros(lab.shape[:2], np.float32)
    for index in np.unique(lightness_bin):
        inside = lightness_bin == index
        chroma = lab[inside][:, 1:]
        residual[inside] = np.linalg.norm(chroma - np.median(chroma, axis=0), axis=1)
    return float(np.percentile(residual, 97)) < _MONO_RESIDUAL


def _blur_px(tiles: list[FloatImage]) -> float:
    """Blur from how much more blurring changes an edge (Zhuo and Sim 2011); the 35th percentile of edges.

    A heavy blur leaves no steep edge to measure; at a half or a quarter of the size it does.
    """
    for shrink_ratio in (1, 2, 4):
        sigmas = np.concatenate([_edge_sigmas(_shrunk_by(tile, shrink_ratio)) for tile in tiles])
        if sigmas.size >= _EDGES_NEEDED:
            return shrink_ratio * float(np.percentile(sigmas, 35))
    return 0.0


def _shrunk_by(tile: FloatImage, ratio: int) -> FloatImage:
    return tile if ratio == 1 else shrunk(tile, max(1, max(tile.shape) // ratio))


def _edge_sigmas(tile: FloatImage) -> npt.NDArray[np.float32]:
    calm = _blurred(tile, 0.6)  # a little smoothing, or grain reads as sharp edges
    edges = cv2.Canny(np.clip(calm, 0, 255).astype(np.uint8), 40, 110) > 0
    before, after = _gradient(calm), _gradient(_blurred(calm, _REBLUR_SIGMA_PX))
    ratio = before[edges] / np.maximum(after[edges], 1e-3)
    ratio = ratio[ratio > 1.01]
    sigma = _REBLUR_SIGMA_PX / np.sqrt(ratio**2 - 1)
    return np.sqrt(np.maximum(sigma**2 - 0.36, 0)).astype(np.float32)


def _gradient(plane: FloatImage) -> FloatImage:
    dx, dy = cv2.Sobel(plane, cv2.CV_32F, 1, 0), cv2.Sobel(plane, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(dx, dy), np.float32)


def _blurred(plane: FloatImage, sigma_px: float) -> FloatImage:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma_px), np.float32)


def _blockiness(tiles: list[FloatImage]) -> float:
    on_grid, off_grid = 0.0, 0.0
    for tile in tiles:
        for steps in (np.abs(np.diff(tile, axis=1)).mean(0), np.abs(np.diff(tile, axis=0)).mean(1)):
            is_grid = np.arange(1, steps.size + 1) % 8 == 0
            if is_grid.any():
                on_grid += float(steps[is_grid].mean())
                off_grid += float(steps[~is_grid].mean())
    return on_grid / off_grid if off_grid > 0 else 1.0
