"""The part of a picture that a warped face covers, and nothing else of the picture.

The official code warps every face over the whole frame. Here only its own rectangle is computed, with the
very bits that a warp of the whole frame would have there. Apart from pasting: both ways to paste need it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.faces.align import FACE_PX, Affine, Pixels

_MARGIN_PX: Final = 2
_COORDINATE_BITS: Final = 10  # OpenCV's AB_BITS: coordinates are rounded to 1/1024 of a pixel,
_TABLE_BITS: Final = 5  # then to 1/32, its INTER_BITS
_ROUND_TO_TABLE: Final = 1 << (_COORDINATE_BITS - _TABLE_BITS - 1)
_BAND_PIXELS: Final = 1 << 20  # at most so many pixels are worked on at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A rectangle in pixels of a picture, never empty."""

    x: int
    y: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)

    def meet(self, other: "Region") -> "Region | None":
        """What both cover; None = nothing."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        width = min(self.x + self.width, other.x + other.width) - x
        height = min(self.y + self.height, other.y + other.height) - y
        return Region(x=x, y=y, width=width, height=height) if width > 0 and height > 0 else None

    def within(self, other: "Region") -> tuple[slice, slice]:
        """Rows and columns of an array that shows `other`, around this one."""
        top, left = self.y - other.y, self.x - other.x
        return slice(top, top + self.height), slice(left, left + self.width)

    def bands(self) -> Iterator["Region"]:
        """The same rectangle from top to bottom, a few rows at a time: memory stays small for huge faces."""
        rows = max(1, _BAND_PIXELS // self.width)
        for top in range(self.y, self.y + self.height, rows):
            height = min(rows, self.y + self.height - top)
            yield Region(x=self.x, y=top, width=self.width, height=height)


def region_of(to_photo: Affine, width_px: int, height_px: int, face_px: int = FACE_PX) -> Region | None:
    """Where a face lands in a picture of this size, with 2 pixels around it; None = nowhere.

    to_photo: face -> picture
    """
    ends = (-1.0, float(face_px))  # a pixel beyond the last one still fades into it
    corners = np.array([(x, y) for x in ends for y in ends]) @ to_photo[:, :2].T + to_photo[:, 2]
    low = np.maximum(np.floor(corners.min(axis=0)) - _MARGIN_PX, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)) + _MARGIN_PX + 1, (width_px, height_px))
    if not (low < high).all():
        return None
    x, y = int(low[0]), int(low[1])
    return Region(x=x, y=y, width=int(high[0]) - x, height=int(high[1]) - y)


def surrounding(regions: Sequence[Region]) -> Region:
    """The smallest region that holds them all; of one at least."""
    x, y = min(one.x for one in regions), min(one.y for one in regions)
    right, bottom = max(one.x + one.width for one in regions), max(one.y + one.height for one in regions)
    return Region(x=x, y=y, width=right - x, height=bottom - y)


def warp_region(
    face: npt.NDArray[Pixels],
    to_photo: Affine,
    region: Region,
    interpolation: int = cv2.INTER_LINEAR,
    border: int = cv2.BORDER_CONSTANT,
) -> npt.NDArray[Pixels]:
    """What `cv2.warpAffine(face, to_photo, size_of_picture)` has in this region, bit for bit (OpenCV 4).

    Moving the matrix by the region's corner is not enough: warpAffine rounds coordinates to fractions of a
    pixel, and would round others. So they are rounded here as it does, and given to remap, its inner step.

    face:    (h, w) or (h, w, 3)
    returns: (region.height, region.width[, 3]) of the face's dtype
    """
    positions, fractions = _rounded_coordinates(_inverted(to_photo), region)
    warped = cv2.remap(face, positions, fractions, interpolation, borderMode=border, borderValue=0)
    return np.asarray(warped, dtype=face.dtype)


def _rounded_coordinates(
    to_face: Affine, region: Region
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.uint16]]:
    """For each pixel of the region: whole face pixel (h, w, 2) x, y; and 1/32ths (h, w) as 32 * y + x."""
    unit = float(1 << _COORDINATE_BITS)
    columns = np.arange(region.x, region.x + region.width, dtype=np.float64)
    rows = np.arange(region.y, region.y + region.height, dtype=np.float64)[:, None]
    finest = []
    for along_x, along_y, shift in to_face:
        by_column = np.rint(along_x * columns * unit).astype(np.int64)
        by_row = np.rint((along_y * rows + shift) * unit).astype(np.int64) + _ROUND_TO_TABLE
        finest.append((by_column + by_row) >> (_COORDINATE_BITS - _TABLE_BITS))
    limits = np.iinfo(np.int16)
    whole = np.stack([axis >> _TABLE_BITS for axis in finest], axis=-1)
    mask = (1 << _TABLE_BITS) - 1
    fractions = ((finest[1] & mask) << _TABLE_BITS) + (finest[0] & mask)
    return whole.clip(limits.min, limits.max).astype(np.int16), fractions.astype(np.uint16)


def _inverted(to_photo: Affine) -> Affine:
    """Picture -> face, in warpAffine's own order of operations: the last bit counts."""
    (a, b, c), (d, e, f) = to_photo.tolist()
    determinant = a * e - b * d
    factor = 1.0 / determinant if determinant else 0.0
    p, q, r, s = e * factor, -b * factor, -d * factor, a * factor
    return np.array([[p, q, -p * c - q * f], [r, s, -r * c - s * f]])
