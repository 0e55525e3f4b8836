"""Work through a picture in horizontal bands: memory stays small, and a job can be cancelled between two."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from backend.media.types import DeepImage, FloatImage, RgbImage

MARGIN_ROWS = 32  # more than any step looks up or down

_BAND_PIXELS = 1_500_000  # of what a step makes: it needs a handful of such arrays at once
_FEWEST_ROWS = 2 * MARGIN_ROWS  # fewer, and most of the work is on margins
_ROWS_STEP = 16  # bands start at even places, whatever is halved or laid out in blocks of 8 or 16

Piece = TypeVar("Piece", FloatImage, RgbImage, DeepImage)


def by_bands(
    photo: FloatImage,
    step: Callable[[FloatImage], Piece],
    before_band: Callable[[float], None],
    scale: int = 1,
    margin_rows: int = MARGIN_ROWS,
) -> Piece:
    """What `step` makes of the photo, made band by band.

    photo: float32 (H, W, 3); returns: (scale * H, scale * W, 3) of the step's own type
    step: rows in, `scale` times as many rows out; may look at most `margin_rows` beyond a row
    before_band: called with the share of the picture that is done, 0.0 to 1.0; may raise
    """
    height_px, width_px = photo.shape[:2]
    step_rows = band_rows(width_px * scale**2)
    result: Piece | None = None
    for top in range(0, height_px, step_rows):
        before_band(top / height_px)
        bottom = min(height_px, top + step_rows)
        first, last = max(0, top - margin_rows), min(height_px, bottom + margin_rows)
        piece = step(photo[first:last])
        if result is None:
            result = np.empty((scale * height_px, scale * width_px, 3), piece.dtype)
        result[scale * top : scale * bottom] = piece[scale * (top - first) : scale * (bottom - first)]
    assert result is not None  # a picture has rows
    return result


def change_by_bands(
    photo: FloatImage,
    step: Callable[[FloatImage, int], FloatImage],
    before_band: Callable[[float], None] | None = None,
    margin_rows: int = 0,
) -> None:
    """Change the photo in place, band by band: a second one would be as large as all the rest together.

    photo: float32 (H, W, 3)
    step: rows in, as many rows out, and told which row of the photo is the first; may look at most
          `margin_rows` beyond a row, 0 to MARGIN_ROWS, and sees them as they were
    before_band: called with the share of the picture that is done, 0.0 to 1.0; may raise
    """
    height_px, width_px = photo.shape[:2]
    step_rows = band_rows(width_px)
    above = photo[:0]
    for top in range(0, height_px, step_rows):
        if before_band is not None:
            before_band(top / height_px)
        bottom = min(height_px, top + step_rows)
        rows = np.concatenate([above, photo[top : min(height_px, bottom + margin_rows)]])
        known = len(above)
        above = photo[bottom - margin_rows : bottom].copy()
        photo[top:bottom] = step(rows, top - known)[known : known + bottom - top]


def band_rows(width_px: int) -> int:
    """How many rows of this width make a band."""
    return max(_FEWEST_ROWS, _BAND_PIXELS // width_px // _ROWS_STEP * _ROWS_STEP)
