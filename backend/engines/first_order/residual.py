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
import numpy.typing as npt

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
        self._enlarge_to_picture = linear_weights(rest.picture.shape[0], rest.flow.shape[0])
        self._enlarge_to_crop = _weights_by_pixel_area(
            crop.shape[0], rest.picture.shape[0], rest.flow.shape[0]
        )
        # A flow of 2 is the way between the outermost network pixels; each is n / S film pixels wide.
        picture_px = rest.picture.shape[0]
        self._px_per_unit = np.float32((picture_px - 1) / 2 * crop.shape[0] / picture_px)

    def moved(self, moved: MovedFace) -> "MovedDetail":
        """The face as it is in one frame."""
        shift = moved.flow - identity_flow(moved.flow.shape[0])
        kept = self._kept(moved, shift)
        return MovedDetail(
            crop=self._crop,
            shift_px=shift * self._px_per_unit,
            kept=kept if kept.min() < 1.0 else None,
            added=_resized(self._added(moved, shift, kept), self._crop.shape[0]),
            weights=self._enlarge_to_crop,
        )

    def _added(self, moved: MovedFace, shift: Numbers, kept: Mask) -> Numbers:
        """What goes on top of the moved photo; float32 (S, S, 3)."""
        side = self._rest.shape[0]
        x, y = _enlarged(shift, self._enlarge_to_picture, self._enlarge_to_picture)
        half = np.float32((side - 1) / 2)
        x, y = x * half, y * half
        x += np.arange(side, dtype=np.float32)
        y += np.arange(side, dtype=np.float32)[:, None]
        at_rest = cv2.remap(self._rest, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
        if kept.min() >= 1.0:
            return np.asarray(_levels(moved.picture) - at_rest, np.float32)
        light = cv2.remap(self._lost_light, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        share = cv2.resize(kept, (side, side), interpolation=cv2.INTER_LINEAR)[..., None]
        # Colour and light are never damped: a face that turns must not change its tone.
        return np.asarray(_levels(moved.picture) - share * at_rest + (1 - share) * light, np.float32)

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


def linear_weights(count: int, cells: int) -> Numbers:
    """How `count` places from end to end take from `cells` grid points (`align_corners`); (count, cells)."""
    return _between(np.linspace(0, cells - 1, count), cells)


def _weights_by_pixel_area(count: int, picture_px: int, cells: int) -> Numbers:
    """The same for the pixels of a square that is the network's picture resized by area; (count, cells)."""
    in_picture = (np.arange(count) + 0.5) * picture_px / count - 0.5
    return _between(in_picture * (cells - 1) / (picture_px - 1), cells)


def _between(places: npt.NDArray[np.float64], cells: int) -> Numbers:
    places = np.clip(places, 0, cells - 1)
    near = np.maximum(1 - np.abs(places[:, None] - np.arange(cells)), 0)
    return np.asarray(near, np.float32)


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
