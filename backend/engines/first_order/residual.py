"""A moved face in the photo's own detail: the photo moved along the flow, and what the network draws anew.

A network of 256 pixels blurs every photo it is shown. What it loses is known exactly once a photo: the photo
less the network's own picture of it at rest. That residual R moves with the flow at the film's resolution:
frame = G_t + w warp(R, flow_t). Written as w warp(photo) + (G_t - w warp(G_rest)), the photo's pixels move as
they are, and only the second term, smooth and small, is enlarged; the frame at rest is the photo to the bit.
Apart from compositing because it knows flow, and compositing only pictures.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from backend.engines.first_order.seams import MovedFace, Numbers
from backend.media.types import Mask, RgbImage

_LOW_SIGMA: Final = 0.03  # of a side: what of the residual is colour and light rather than detail
# Detail is not carried where the network hides more than at rest, and where the flow tears or folds.
_HIDDEN: Final = (0.25, 0.75)  # occlusion / that of the same skin at rest
_TORN: Final = (0.15, 0.45)  # area the flow takes from the source / area it fills
_CRUMPLED: Final = (5.0, 2.5)
_OCCLUSION_FLOOR: Final = 0.05
_SMOOTH_CELLS: Final = 1.0
_AS_GOOD_AS_ALL: Final = 0.999
_GREY_SPREAD: Final = 3  # levels between the channels of a photo without colour; files round


class Residual:
    """One face of a photo, to be drawn moved. Safe to share between threads."""

    def __init__(self, crop: RgbImage, source: RgbImage, rest: MovedFace) -> None:
        """What one photo's residual is.

        crop:   uint8 (n, n, 3) RGB, the face's square at the film's resolution, n its side
        source: uint8 (S, S, 3) RGB, the same as the network sees it
        rest:   what the network draws of it where nothing moves
        """
        self._crop = np.ascontiguousarray(crop)
        self._rest = _levels(rest.picture)
        self._rest_occlusion = np.ascontiguousarray(rest.occlusion)
        sigma = _LOW_SIGMA * source.shape[0]
        lost = source.astype(np.float32) - self._rest
        self._lost_light = np.asarray(cv2.GaussianBlur(lost, (0, 0), sigma), np.float32)
        # Networks learnt from colour films, and tint what they draw anew.
        self._is_grey = int(np.ptp(crop, axis=2).max()) <= _GREY_SPREAD
        self._to_picture = cell_weights(source.shape[0], rest.flow.shape[0])
        self._to_crop = cell_weights(crop.shape[0], rest.flow.shape[0])

    def moved(self, moved: MovedFace) -> "MovedDetail":
        """The face as it is in one frame."""
        shift = moved.flow - identity_flow(moved.flow.shape[0])
        kept = self._kept(moved, shift)
        return MovedDetail(
            crop=self._crop,
            shift_px=_in_pixels(shift, self._crop.shape[0]),
            kept=kept if kept.min() < 1.0 else None,
            added=_resized(self._added(moved, shift, kept), self._crop.shape[0]),
            weights=self._to_crop,
        )

    def _added(self, moved: MovedFace, shift: Numbers, kept: Mask) -> Numbers:
        """What goes on top of the moved photo; float32 (S, S, 3)."""
        side = self._rest.shape[0]
        x, y = _enlarged(_in_pixels(shift, side), self._to_picture, self._to_picture)
        x += np.arange(side, dtype=np.float32)
        y += np.arange(side, dtype=np.float32)[:, None]
        at_rest = cv2.remap(self._rest, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
        if kept.min() >= 1.0:
            added = _levels(moved.picture) - at_rest
        else:
            # Colour and light are never damped: a face that turns must not change its tone.
            light = cv2.remap(self._lost_light, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
            share = cv2.resize(kept, (side, side), interpolation=cv2.INTER_LINEAR)[..., None]
            added = _levels(moved.picture) - share * at_rest + (1 - share) * light
        if self._is_grey:
            added = np.repeat(added.mean(axis=2, keepdims=True), 3, axis=2)
        return np.asarray(added, np.float32)

    def _kept(self, moved: MovedFace, shift: Numbers) -> Mask:
        """How much of the photo's detail is carried along; float32 (S / 4, S / 4), 1 where nothing moves."""
        cells = shift.shape[0]
        half = np.float32((cells - 1) / 2)
        x, y = (moved.flow[..., axis] * half + half for axis in (0, 1))
        before = cv2.remap(self._rest_occlusion, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        hidden = (moved.occlusion + _OCCLUSION_FLOOR) / (before + _OCCLUSION_FLOOR)
        area = _area(shift)
        kept = _ramp(hidden, *_HIDDEN) * _ramp(area, *_TORN) * _ramp(area, *_CRUMPLED)
        kept = np.asarray(cv2.GaussianBlur(kept, (0, 0), _SMOOTH_CELLS), np.float32)
        return np.where(kept > _AS_GOOD_AS_ALL, np.float32(1), kept)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MovedDetail:
    """One frame of one face, computed part by part: at the photo's own size all of it would be much memory.

    crop:     uint8 (n, n, 3) RGB
    shift_px: float32 (cells, cells, 2), how far away in the crop a place's content lies
    kept:     float32 (cells, cells), how much of the crop's detail is carried; None = all of it
    added:    float32 (n, n, 3), what the network draws beside it, in grey levels
    weights:  float32 (n, cells), how the crop's pixels take from the cells
    """

    crop: RgbImage
    shift_px: Numbers
    kept: Mask | None
    added: Numbers
    weights: Numbers

    def part(self, rows: slice, columns: slice) -> Numbers:
        """float32 (rows, columns, 3) RGB in about [0, 255]; a new array."""
        by_row, by_column = self.weights[rows], self.weights[columns]
        x, y = _enlarged(self.shift_px, by_row, by_column)
        side = self.crop.shape[0]
        x += np.arange(side, dtype=np.float32)[columns]
        y += np.arange(side, dtype=np.float32)[rows, None]
        # Cubic: a straight line between pixels would blur every frame but the one at rest.
        photo = cv2.remap(self.crop, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
        face = photo.astype(np.float32)
        if self.kept is not None:
            face *= (by_row @ (self.kept @ by_column.T))[..., None]
        face += self.added[rows, columns]
        return face


def _resized(picture: Numbers, side: int) -> Numbers:
    if side == picture.shape[0]:
        return picture
    how = cv2.INTER_CUBIC if side > picture.shape[0] else cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, (side, side), interpolation=how), np.float32)


def identity_flow(cells: int) -> Numbers:
    """The flow that moves nothing; float32 (cells, cells, 2), x and y in [-1, 1]."""
    line = (2 * np.arange(cells, dtype=np.float32) / np.float32(cells - 1) - 1).astype(np.float32)
    return np.stack(np.broadcast_arrays(line[None, :], line[:, None]), axis=-1)


def cell_weights(count: int, cells: int) -> Numbers:
    """How `count` pixels take from the cells that lie over them, linear between middles; (count, cells).

    A cell is what the decoder draws of one feature, 4 x 4 of 256 pixels: what is drawn moves by 4 pixels a
    cell (measured where a network carries the photo through). `align_corners`, by which the flow was made,
    would say 255/63, which for a head that nods is a third of a pixel too far and doubles its edges.
    """
    places = np.clip((np.arange(count) + 0.5) * cells / count - 0.5, 0, cells - 1)
    near = np.maximum(1 - np.abs(places[:, None] - np.arange(cells)), 0)
    return np.asarray(near, np.float32)


def _in_pixels(shift: Numbers, side: int) -> Numbers:
    """Of a square of this side. A shift of 2 is the way from the first cell's middle to the last one's."""
    cells = shift.shape[0]
    return shift * np.float32((cells - 1) / 2 * side / cells)


def _enlarged(field: Numbers, by_row: Numbers, by_column: Numbers) -> tuple[Numbers, Numbers]:
    """Both parts of a field (cells, cells, 2), linear between its points, each (rows, columns)."""
    x, y = (by_row @ (field[..., axis] @ by_column.T) for axis in (0, 1))
    return x, y


def _area(shift: Numbers) -> Numbers:
    """Area in the source of what one cell of the frame shows, in cells; negative where the flow folds."""
    cells_per_unit = (shift.shape[0] - 1) / 2
    down_x, across_x = np.gradient(shift[..., 0] * cells_per_unit)
    down_y, across_y = np.gradient(shift[..., 1] * cells_per_unit)
    return np.asarray((1 + across_x) * (1 + down_y) - down_x * across_y, np.float32)


def _levels(picture: Numbers) -> Numbers:
    return np.ascontiguousarray(picture, np.float32) * np.float32(255)


def _ramp(value: Numbers, zero_at: float, one_at: float) -> Mask:
    share = (value - np.float32(zero_at)) / np.float32(one_at - zero_at)
    return np.asarray(np.clip(share, 0, 1), np.float32)
