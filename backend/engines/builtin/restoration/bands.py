"""Work through a picture in horizontal bands: memory stays small, and a job can be cancelled between two."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from backend.media.types import FloatImage, RgbImage

BAND_ROWS = 512  # a multiple of 8; large enough that the margin is no great share
MARGIN_ROWS = 32  # more than any step looks up or down

Piece = TypeVar("Piece", FloatImage, RgbImage)


def by_bands(
    photo: FloatImage,
    step: Callable[[FloatImage], Piece],
    before_band: Callable[[float], None],
    scale: int = 1,
) -> Piece:
    """What `step` makes of the photo, made band by band.

    photo: float32 (H, W, 3); returns: (scale * H, scale * W, 3) of the step's own type
    step: rows in, `scale` times as many rows out; may look at most MARGIN_ROWS beyond a row
    before_band: called with the share of the picture that is done, 0.0 to 1.0; may raise
    """
    height_px, width_px = photo.shape[:2]
    result: Piece | None = None
    for top in range(0, height_px, BAND_ROWS):
        before_band(top / height_px)
        bottom = min(height_px, top + BAND_ROWS)
        first, last = max(0, top - MARGIN_ROWS), min(height_px, bottom + MARGIN_ROWS)
        piece = step(photo[first:last])
        if result is None:
            result = np.empty((scale * height_px, scale * width_px, 3), piece.dtype)
        result[scale * top : scale * bottom] = piece[scale * (top - first) : scale * (bottom - first)]
    assert result is not None  # a picture has rows
    return result


def change_by_bands(photo: FloatImage, step: Callable[[FloatImage, int], FloatImage]) -> None:
    """Change the photo in place, band by band.

    photo: float32 (H, W, 3)
    step: rows in, as many rows out, and told which row of the photo is the first; looks at nothing beyond
    """
    for top in range(0, photo.shape[0], BAND_ROWS):
        band = photo[top : top + BAND_ROWS]
        band[:] = step(band, top)
