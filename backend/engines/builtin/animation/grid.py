"""The part of a photo that one face may move, and a coarse grid over it on which all motion is computed.

Motion is smooth, so it is worked out once every D/24 and enlarged; only the pixels are done one by one. That
is most of the speed.
"""

from math import cos, sin
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.animation.canonical import FaceFrame, Floats
from backend.media.types import RgbImage

_U_REACH: Final = 2.4  # D to both sides that a face may move
_V_REACH: Final = (-2.5, 3.3)
_CELLS_PER_UNIT: Final = 24.0

Window = tuple[int, int, int, int]
"""First row, first column, end row, end column, in cells of the grid."""


class PatchGrid:
    """Cells of `step_px` pixels over a face's surroundings; arrays on it are float32 (rows, columns[, n]).

    left, top: of the patch in the photo. Cells may reach over the photo's right and lower edge.
    u, v: face coordinates of the cells' centres.
    cells_per_unit: cells per D.
    """

    def __init__(self, frame: FaceFrame, photo_width_px: int, photo_height_px: int) -> None:
        corners = [frame.to_photo((u, v)) for u in (-_U_REACH, _U_REACH) for v in _V_REACH]
        xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
        self.step_px = max(1, round(frame.unit_px / _CELLS_PER_UNIT))
        self.left, self.top = max(0, int(min(xs))), max(0, int(min(ys)))
        self.width_px = min(photo_width_px, int(max(xs)) + 1) - self.left
        self.height_px = min(photo_height_px, int(max(ys)) + 1) - self.top
        columns, rows = -(-self.width_px // self.step_px), -(-self.height_px // self.step_px)
        self.shape = (rows, columns)
        self._index_y, self._index_x = np.indices(self.shape, dtype=np.float32)
        x = (self._index_x + np.float32(0.5)) * self.step_px - np.float32(0.5) + self.left
        y = (self._index_y + np.float32(0.5)) * self.step_px - np.float32(0.5) + self.top
        self.u, self.v = frame.face_grids(x, y)
        self.cells_per_unit = frame.unit_px / self.step_px
        self._along = np.float32(cos(frame.roll) * frame.unit_px)
        self._aside = np.float32(sin(frame.roll) * frame.unit_px)

    def reduced(self, photo: RgbImage) -> RgbImage:
        """The photo's mean colour in every cell, its edge repeated; uint8 (rows, columns, 3)."""
        rows, columns = self.shape
        patch = photo[
            self.top : self.top + rows * self.step_px, self.left : self.left + columns * self.step_px
        ]
        missing = rows * self.step_px - patch.shape[0], columns * self.step_px - patch.shape[1]
        whole = np.pad(patch, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
        return np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)

    def to_pixels(self, moves: Floats) -> Floats:
        """Displacements in D, (..., 2) as u, v -> in pixels of the photo as x, y. Nought stays nought."""
        u, v = moves[..., 0], moves[..., 1]
        return np.stack((self._along * u - self._aside * v, self._aside * u + self._along * v), axis=-1)

    def at(self, field: Floats, moves: Floats) -> Floats:
        """`field` as it is where each cell's centre gets by `moves` (rows, columns, 2), in D."""
        shift = self.to_pixels(moves) / np.float32(self.step_px)
        return cv2.remap(
            field,
            self._index_x + shift[..., 0],
            self._index_y + shift[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ).astype(np.float32, copy=False)

    def window_of(self, cells: npt.NDArray[np.bool_]) -> Window | None:
        """The smallest window that holds all true cells and one more all round; None where none is true."""
        rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
        if not rows.size:
            return None
        return (
            max(int(rows[0]) - 1, 0),
            max(int(columns[0]) - 1, 0),
            min(int(rows[-1]) + 2, self.shape[0]),
            min(int(columns[-1]) + 2, self.shape[1]),
        )

    def pixel_slices(self, window: Window) -> tuple[slice, slice]:
        """Rows and columns of the patch, in pixels, that a window covers."""
        step = self.step_px
        return (
            slice(window[0] * step, min(window[2] * step, self.height_px)),
            slice(window[1] * step, min(window[3] * step, self.width_px)),
        )

    def enlarged(self, field: Floats, window: Window) -> Floats:
        """A window of `field`, one value a pixel, float32 (height, width[, n]). Nought stays nought."""
        row0, column0, row1, column1 = window
        # one cell more on each side, so that the values at the window's edge are those of the whole
        pad0, pad1 = min(row0, 1), min(column0, 1)
        part = field[row0 - pad0 : row1 + 1, column0 - pad1 : column1 + 1]
        step = self.step_px
        size = (part.shape[1] * step, part.shape[0] * step)
        enlarged = part if step == 1 else cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)
        whole = np.asarray(enlarged, np.float32)
        rows, columns = self.pixel_slices(window)
        height, width = rows.stop - rows.start, columns.stop - columns.start
        return whole[pad0 * step : pad0 * step + height, pad1 * step : pad1 * step + width]

    def pixel_places(self, window: Window) -> tuple[Floats, Floats]:
        """Positions x and y in the photo of a window's pixels, exact whole numbers, broadcastable."""
        rows, columns = self.pixel_slices(window)
        x = np.arange(columns.start + self.left, columns.stop + self.left, dtype=np.float32)
        y = np.arange(rows.start + self.top, rows.stop + self.top, dtype=np.float32)
        return x[None, :], y[:, None]
