"""Paint over damage: thin marks are bridged, wide ones filled with patches, and the grain put back.

Apart from `scratches.py`: what is damaged may be found there or painted by the owner, and is filled alike.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from backend.engines.builtin.restoration.across import BoolMask, fill_across
from backend.engines.builtin.restoration.patches import fill_with_patches
from backend.engines.builtin.restoration.planes import luma
from backend.media.types import FloatImage, Mask

_THIN_PX = 14.0  # damage up to this width is bridged; wider damage in texture is filled with patches
_THIN_SHARE = 0.01  # of the long side: in a large scan, scratches are wide too
_SMOOTH_LEVELS, _WOVEN_LEVELS = 4.0, 7.0  # mean fine detail of skin and sky; of cloth, leaves and gravel
_TILE_PX = 640  # damage is filled tile by tile, so that memory does not grow with the photo
_MARGIN_PX = 96  # around a tile: where patches may come from
_GRAIN_SIGMA_PX = 0.6  # film grain is a little soft …
_GRAIN_GAIN = 1.6  # … and as strong again after softening
_EDGE_SIGMA_PX = 0.7  # over which a filling fades into what is around it


def paint_over(photo: FloatImage, mask: Mask | BoolMask, noise: float) -> None:
    """Fill in what the mask marks from its surroundings, grain included, in place: a copy would be the peak.

    photo: float32 (H, W, 3) RGB in [0, 255]
    mask:  float32 or bool (H, W), damaged where > 0.5; ValueError where all is: nothing to fill it from
    noise: standard deviation of the photo's grain; a filling without it would show
    """
    left = np.asarray(mask > 0.5, np.bool_).copy()  # what is filled in one tile is whole for the next
    if left.all():
        raise ValueError("nothing is whole")
    thin_px = max(_THIN_PX, _THIN_SHARE * max(left.shape))
    while left.any():
        for rows, columns, inner in _tiles(left):
            window, still = photo[rows, columns], left[rows, columns]
            if still.all():  # nothing to fill it from before its neighbours are
                continue
            mine = still & inner
            filled = _filled(window, still, thin_px)
            filled = filled + _grain(mine.shape, noise, (rows.start, columns.start))[..., None]
            soft = cv2.GaussianBlur(mine.astype(np.float32), (0, 0), _EDGE_SIGMA_PX)
            soft[mine] = 1.0
            soft[still & ~mine] = 0.0
            photo[rows, columns] = window + (filled - window) * soft[..., None]
            left[rows, columns] &= ~inner


def _filled(window: FloatImage, damaged: BoolMask, thin_px: float) -> FloatImage:
    """Bridged; where damage is wide and its surroundings are texture, woven from patches."""
    if thin_px >= 2 * _THIN_PX:
        wide = _wide_parts(damaged, _THIN_PX)
        mostly = _filled_at_half_size(window, damaged, wide, thin_px)
        return fill_across(mostly, damaged & ~wide, reach_px=round(2 * _THIN_PX))
    bridged = fill_across(window, damaged, reach_px=round(2 * thin_px))
    wide = _wide_parts(damaged, thin_px)
    if not wide.any():
        return bridged
    share = np.clip((_texture(window, damaged) - _SMOOTH_LEVELS) / (_WOVEN_LEVELS - _SMOOTH_LEVELS), 0, 1)
    share = np.where(wide, share, 0.0)
    if not share.any():
        return bridged
    return np.asarray(bridged + (fill_with_patches(bridged, wide) - bridged) * share[..., None], np.float32)


def _filled_at_half_size(window: FloatImage, damaged: BoolMask, wide: BoolMask, thin_px: float) -> FloatImage:
    """The window with its wide parts filled, in a quarter of the time: what is bridged is smooth anyway."""
    if not wide.any():
        return window
    size_px = max(1, window.shape[1] // 2), max(1, window.shape[0] // 2)
    whole = (~damaged).astype(np.float32)
    share = cv2.resize(whole, size_px, interpolation=cv2.INTER_AREA)
    known = cv2.resize(window * whole[..., None], size_px, interpolation=cv2.INTER_AREA)
    half = np.asarray(known / np.maximum(share, 1e-6)[..., None], np.float32)
    mostly_damaged = np.asarray(share < min(0.5, float(share.max())), np.bool_)  # never all of it
    filled = _filled(half, mostly_damaged, thin_px / 2)
    enlarged = cv2.resize(filled, window.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.where(wide[..., None], enlarged, window), np.float32)


def _texture(window: FloatImage, damaged: BoolMask) -> FloatImage:
    """How much fine detail there is around each pixel, from what is whole: grey levels, float32 (H, W)."""
    whole = (~damaged).astype(np.float32)
    brightness = luma(window)
    share = cv2.GaussianBlur(whole, (0, 0), 2.0)
    smooth = cv2.GaussianBlur(brightness * whole, (0, 0), 2.0) / np.maximum(share, 1e-6)
    detail = np.abs(brightness - smooth) * whole
    reach_px = max(10.0, float(cv2.distanceTransform(damaged.astype(np.uint8), cv2.DIST_L2, 3).max()))
    around = cv2.GaussianBlur(whole, (0, 0), reach_px)
    return np.asarray(cv2.GaussianBlur(detail, (0, 0), reach_px) / np.maximum(around, 1e-6), np.float32)


def _wide_parts(damaged: BoolMask, thin_px: float) -> BoolMask:
    """What is wider than `thin_px`, out to its rim."""
    depth_px = cv2.distanceTransform(damaged.astype(np.uint8), cv2.DIST_L2, 5)
    core = depth_px > thin_px / 2
    if not core.any():
        return np.asarray(core, np.bool_)
    away_px = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(damaged & (away_px <= thin_px / 2 + 1), np.bool_)


def _tiles(damaged: BoolMask) -> Iterator[tuple[slice, slice, BoolMask]]:
    """Windows over all damage, and in each the part that is this window's to fill."""
    height_px, width_px = damaged.shape
    for top in range(0, height_px, _TILE_PX):
        for left in range(0, width_px, _TILE_PX):
            tile = damaged[top : top + _TILE_PX, left : left + _TILE_PX]
            if not tile.any():
                continue
            y, x = np.flatnonzero(tile.any(1)), np.flatnonzero(tile.any(0))
            first_y, last_y = top + int(y[0]), top + int(y[-1]) + 1
            first_x, last_x = left + int(x[0]), left + int(x[-1]) + 1
            rows = slice(max(0, first_y - _MARGIN_PX), min(height_px, last_y + _MARGIN_PX))
            columns = slice(max(0, first_x - _MARGIN_PX), min(width_px, last_x + _MARGIN_PX))
            inner = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.bool_)
            inner[
                first_y - rows.start : last_y - rows.start, first_x - columns.start : last_x - columns.start
            ] = True
            yield rows, columns, inner


def _grain(shape: tuple[int, ...], noise: float, seed: tuple[int, int]) -> FloatImage:
    grain = np.random.default_rng(seed).normal(0.0, noise, shape).astype(np.float32)
    return np.asarray(_GRAIN_GAIN * cv2.GaussianBlur(grain, (0, 0), _GRAIN_SIGMA_PX), np.float32)
