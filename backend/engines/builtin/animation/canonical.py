"""Face coordinates: where a point lies on a face, whatever its size, place and tilt in the photo.

u runs along the line of the eyes to the right of the picture, v at right angles to it down to the chin; the
origin is midway between the eyes; the unit D is the distance between the eyes of a face seen from the front.
"""

from dataclasses import dataclass
from math import atan2, cos, hypot, sin
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from backend.media.types import FloatImage

Floats = npt.NDArray[np.float32]
"""float32 of any shape."""

Point = tuple[float, float]
"""x, y in pixels of the photo, or u, v in D; the name says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceFrame:
    """The face coordinate system of one face in one photo.

    origin: x, y in pixels of the photo.
    unit_px: pixels per D.
    roll: radians; positive is clockwise in the picture.
    """

    origin: Point
    unit_px: float
    roll: float

    @classmethod
    def from_eyes(cls, left: Point, right: Point, unit_px: float | None = None) -> Self:
        """The system of two eyes in pixels of the photo; D is their distance unless said otherwise."""
        across, down = right[0] - left[0], right[1] - left[1]
        return cls(
            origin=((left[0] + right[0]) / 2, (left[1] + right[1]) / 2),
            unit_px=unit_px or hypot(across, down),
            roll=atan2(down, across),
        )

    def to_photo(self, point: Point) -> Point:
        """(u, v) in D -> (x, y) in pixels of the photo."""
        along, aside = cos(self.roll) * self.unit_px, sin(self.roll) * self.unit_px
        u, v = point
        return self.origin[0] + along * u - aside * v, self.origin[1] + aside * u + along * v

    def to_face(self, point: Point) -> Point:
        """(x, y) in pixels of the photo -> (u, v) in D."""
        x, y = point[0] - self.origin[0], point[1] - self.origin[1]
        along, aside = cos(self.roll) / self.unit_px, sin(self.roll) / self.unit_px
        return along * x + aside * y, along * y - aside * x

    def face_grids(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Face coordinates u and v of a grid of photo positions; all float32 of one shape."""
        along, aside = np.float32(cos(self.roll) / self.unit_px), np.float32(sin(self.roll) / self.unit_px)
        dx, dy = x - np.float32(self.origin[0]), y - np.float32(self.origin[1])
        return along * dx + aside * dy, along * dy - aside * dx

    def crop(
        self, picture: npt.NDArray[np.uint8], u_range: Point, v_range: Point, px_per_unit: float
    ) -> FloatImage:
        """The upright face at a fixed scale, edges replicated.

        picture: uint8 (H, W) or (H, W, 3).
        returns: float32 (rows, columns[, 3]) in [0, 255]; the pixel in row r, column c shows the point
            u_range[0] + (c + 0.5) / px_per_unit, v_range[0] + (r + 0.5) / px_per_unit.
        """
        columns = round((u_range[1] - u_range[0]) * px_per_unit)
        rows = round((v_range[1] - v_range[0]) * px_per_unit)
        shrink = self.unit_px / px_per_unit
        corner = self.to_photo((u_range[0] + 0.5 / px_per_unit, v_range[0] + 0.5 / px_per_unit))
        if shrink > 1.5:  # blur first: a warp takes no average and would alias
            left, top, picture = self._cut_around(picture, u_range, v_range, margin_px=round(2 * shrink) + 2)
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.45 * shrink), np.uint8)
            corner = corner[0] - left, corner[1] - top
        along, aside = cos(self.roll) * shrink, sin(self.roll) * shrink
        matrix = np.array([[along, -aside, corner[0]], [aside, along, corner[1]]])
        crop = cv2.warpAffine(
            picture,
            matrix,
            (columns, rows),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return crop.astype(np.float32)

    def _cut_around(
        self, picture: npt.NDArray[np.uint8], u_range: Point, v_range: Point, margin_px: int
    ) -> tuple[int, int, npt.NDArray[np.uint8]]:
        """The part of the picture that holds a range of the face: left, top and a view of its pixels."""
        x, y = zip(*(self.to_photo((u, v)) for u in u_range for v in v_range), strict=True)
        height, width = picture.shape[:2]
        left = min(max(int(min(x)) - margin_px, 0), width - 1)
        top = min(max(int(min(y)) - margin_px, 0), height - 1)
        right = max(int(max(x)) + margin_px + 1, left + 1)
        bottom = max(int(max(y)) + margin_px + 1, top + 1)
        return left, top, picture[top:bottom, left:right]
