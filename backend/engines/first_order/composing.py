"""Moved faces put back into the film's still picture: each in its own square, and nothing else is touched."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from backend.engines.faces.boxes import Box
from backend.engines.first_order.crops import Square, mirrored
from backend.engines.first_order.matte import cell_places, masks_at
from backend.engines.first_order.residual import Residual
from backend.engines.first_order.seams import MovedFace, Numbers
from backend.media.types import Mask, RgbImage

_BAND_PX = 1 << 18  # pixels worked on at once: a few megabytes, whatever the photo's size


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Place:
    """Where in the film a face shows.

    square: its own, in film pixels; may reach beyond the film
    x, y:   left and top of what shows. shown: float32 (h, w), how much of the moved face is seen
    still:  float32 (S/4, S/4) for the network: 1 = holds still
    """

    square: Square
    x: int
    y: int
    shown: Mask
    still: Mask

    def mark(self, film: Mask) -> None:
        """Set float32 (H, W), the film's size, above 0 where this face may show."""
        height, width = self.shown.shape
        part = film[self.y : self.y + height, self.x : self.x + width]
        np.maximum(part, self.shown, out=part)


def place_of(
    square: Square, box: Box, others: Sequence[Box], film_px: tuple[int, int], side_px: int
) -> Place | None:
    """Where a face shows; None where that is nowhere in the film.

    box, others: in film pixels; see `matte.masks_at`. film_px: (width, height). side_px: the network's S
    """
    x1, y1, x2, y2 = square.shown(*film_px)
    if x1 >= x2 or y1 >= y2:
        return None
    x, y = np.arange(x1, x2, dtype=np.float32)[None, :], np.arange(y1, y2, dtype=np.float32)[:, None]
    shown = masks_at(x, y, square, box, others).shown
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    if not rows.size:
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    free = masks_at(*cell_places(square, side_px // 4), square, box, others).free
    return Place(
        square=square,
        x=x1 + int(left),
        y=y1 + int(top),
        shown=np.ascontiguousarray(shown[top:bottom, left:right]),
        still=1 - free,
    )


class ComposedFace:
    """One face of the film: pastes what a network makes of it into frames."""

    def __init__(self, still: RgbImage, source: RgbImage, place: Place, rest: MovedFace) -> None:
        """still: uint8 (H, W, 3) RGB, the film where nothing moves. source, rest: as in `Residual`."""
        self.place = place
        self._residual = Residual(mirrored(still, place.square), source, rest)

    def paste(self, moved: MovedFace, frame: RgbImage) -> None:
        """Change the frame, uint8 (H, W, 3) RGB, where this face shows; whatever else it shows stays."""
        place = self.place
        height, width = place.shown.shape
        left, top = place.x - place.square.x, place.y - place.square.y
        drawn = self._residual.moved(moved)
        rows_at_once = max(1, _BAND_PX // width)
        for first in range(0, height, rows_at_once):
            last = min(first + rows_at_once, height)
            face = drawn.part(slice(top + first, top + last), slice(left, left + width))
            part = frame[place.y + first : place.y + last, place.x : place.x + width]
            part[:] = _blended(part, face, place.shown[first:last])


def _blended(photo: RgbImage, face: Numbers, shown: Mask) -> RgbImage:
    """Rounded; where `shown` is 0 the photo's own values."""
    below = photo.astype(np.float32)
    face -= below
    face *= shown[..., None]
    return np.asarray(cv2.add(below, face, dtype=cv2.CV_8U), np.uint8)
