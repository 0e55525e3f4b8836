"""Draw a face with other coefficients: the head's turn, then the skin's motion, then lids and lips in detail.

Everything is computed backwards, from a pixel of the film to the place of the photo that it shows, so the
photo is sampled once and stays as sharp as it was. What depends on the photo alone is done once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.animation.canonical import Floats
from backend.engines.builtin.animation.coefficients import Coefficients
from backend.engines.builtin.animation.fields import ExpressionFields
from backend.engines.builtin.animation.grid import PatchGrid, Window
from backend.engines.builtin.animation.head import HeadTurn, smooth_step
from backend.engines.builtin.animation.landmarks import Landmarks
from backend.engines.builtin.animation.lids import EyePainter, paint_eye
from backend.engines.builtin.animation.mouth import MouthPainter
from backend.engines.builtin.animation.paste import FacePatch
from backend.engines.builtin.animation.silhouette import outside_head
from backend.engines.builtin.animation.territory import territory_of
from backend.media.types import Mask, RgbImage

_TEETH_REST: Final = 0.03  # D above the lower lip's edge that still show teeth, which stay with the upper jaw
_STILL_PX: Final = 1 / 64  # cubic sampling rounds to 1/32 of a pixel: less than this shows nothing


@dataclass(frozen=True, slots=True)
class _Motion:
    """Where the cells of the grid look in the resting face, float32 (rows, columns, 2) in D.

    above, below: the same for the two sides of parted lips; None while they are closed.
    """

    moves: Floats
    above: Floats | None = None
    below: Floats | None = None


class FaceRenderer:
    """One face of one photo, ready to be drawn with any coefficients."""

    def __init__(self, photo: RgbImage, face: Landmarks, others: Sequence[Landmarks] = ()) -> None:
        """Prepare a face.

        photo: uint8 (H, W, 3) RGB; kept, not copied, and never written to.
        others: the other moving faces of the photo; near them this one's motion fades out.
        """
        self._photo = photo
        self._face = face
        self._grid = PatchGrid(face.frame, photo.shape[1], photo.shape[0])
        self._head = HeadTurn(self._grid, outside_head(photo, self._grid))
        self._expressions = ExpressionFields(self._grid, face)
        self._territory = territory_of(self._grid, face, others)
        self._eyes = tuple(EyePainter(photo, face.frame, eye) for eye in (face.eye_left, face.eye_right))
        self._mouth = MouthPainter(photo, face)
        whole = (0, 0, *self._grid.shape)
        self._covers = (
            (self._grid.enlarged(self._territory[..., 0], whole) > 0).astype(np.uint8) if others else None
        )

    def mark_territory(self, may_change: Mask) -> None:
        """Raise `may_change`, float32 (H, W) of the photo's size, to how freely this face moves there."""
        grid = self._grid
        patch = may_change[grid.top : grid.top + grid.height_px, grid.left : grid.left + grid.width_px]
        np.maximum(patch, grid.enlarged(self._territory[..., 0], (0, 0, *grid.shape)), out=patch)

    def render(self, coefficients: Coefficients) -> FacePatch:
        """The face with other coefficients. All 0 gives an empty patch: the photo as it is."""
        motion = self._motion(coefficients)
        moves = motion.moves * self._territory
        shift = self._grid.to_pixels(moves)
        window = self._changed(coefficients, moves, shift)
        if window is None:
            return FacePatch(np.empty((0, 0, 3), np.uint8), self._grid.left, self._grid.top)
        rgb = self._sampled(shift, window)
        self._draw_eyes(rgb, window, moves, shift, coefficients)
        if motion.above is not None and motion.below is not None:
            self._draw_mouth(rgb, window, motion.above, motion.below, coefficients.open)
        rows, columns = self._grid.pixel_slices(window)
        covers = None if self._covers is None else np.ascontiguousarray(self._covers[rows, columns])
        return FacePatch(rgb, self._grid.left + columns.start, self._grid.top + rows.start, covers)

    def _motion(self, c: Coefficients) -> _Motion:
        turned = self._head.moves(c)
        skin = self._expressions.moves(c)
        if not c.open:
            return _Motion(self._before(skin, turned))
        resting = np.zeros_like(turned) if skin is None else skin
        below = self._before(resting + np.float32(c.open) * self._expressions.jaw_below, turned)
        if not self._face.lips.has_split:
            return _Motion(below)
        above = self._before(resting + np.float32(c.open) * self._expressions.jaw_above, turned)
        is_below = self._grid.at(self._expressions.below_line, below) > 0
        return _Motion(np.where(is_below[..., None], below, above), above, below)

    def _before(self, skin: Floats | None, turned: Floats) -> Floats:
        """Undo the skin's motion at the places `turned` leads to, by fixed point."""
        if skin is None:
            return turned
        back = turned
        for _ in range(4):
            back = turned - self._grid.at(skin, back)
        return back

    def _changed(self, c: Coefficients, moves: Floats, shift: Floats) -> Window | None:
        """The window of all cells that look different from the photo."""
        changed: npt.NDArray[np.bool_] = np.maximum(np.abs(shift[..., 0]), np.abs(shift[..., 1])) > _STILL_PX
        if c.blink_left or c.blink_right or c.gaze_x or c.gaze_y:
            u, v = self._grid.u + moves[..., 0], self._grid.v + moves[..., 1]
            for eye in self._eyes:
                changed |= eye.touches(u, v)
        if c.open:  # a mouth that hardly opens moves nothing far, and is drawn all the same
            fields = self._expressions
            changed |= (np.abs(fields.below_line) < 0.12) & (np.abs(fields.across_mouth) < 1.15)
        return self._grid.window_of(changed)

    def _sampled(self, shift: Floats, window: Window) -> RgbImage:
        """The photo's pixels that `shift` leads to; uint8 (h, w, 3)."""
        x, y = self._grid.pixel_places(window)
        fine = self._grid.enlarged(shift, window)
        return self._remapped(fine[..., 0] + x, fine[..., 1] + y)

    def _remapped(self, x: Floats, y: Floats) -> RgbImage:
        sampled = cv2.remap(self._photo, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return sampled.astype(np.uint8, copy=False)

    def _draw_eyes(
        self, rgb: RgbImage, window: Window, moves: Floats, shift: Floats, c: Coefficients
    ) -> None:
        """Close the lids and move the irises in `rgb`, the pixels of `window`."""
        u, v = self._grid.u + moves[..., 0], self._grid.v + moves[..., 1]
        for eye, closed in zip(self._eyes, (c.blink_left, c.blink_right), strict=True):
            inner = self._grid.window_of(eye.touches(u, v)) if closed or c.gaze_x or c.gaze_y else None
            if inner is None:
                continue
            look = eye.look(
                self._grid.enlarged(u, inner), self._grid.enlarged(v, inner), closed, c.gaze_x, c.gaze_y
            )
            x, y = self._grid.pixel_places(inner)
            fine = self._grid.enlarged(shift, inner) + self._grid.to_pixels(look.moves)
            pixels = paint_eye(self._remapped(fine[..., 0] + x, fine[..., 1] + y), look, eye)
            rgb[self._inside(window, inner)] = pixels

    def _draw_mouth(self, rgb: RgbImage, window: Window, above: Floats, below: Floats, opened: float) -> None:
        """Part the lips in `rgb`, the pixels of `window`."""
        grid, fields = self._grid, self._expressions
        under_upper = grid.at(fields.below_line, above)  # > 0: past the edge of the upper lip
        over_lower = -grid.at(fields.below_line, below)  # > 0: short of the edge of the lower lip
        across = grid.at(fields.across_mouth, above)
        near = (np.minimum(under_upper, over_lower) > -0.08) & (np.abs(across) < 1.12)
        inner = grid.window_of(near & (self._territory[..., 0] > 0))
        if inner is None:
            return
        territory = self._territory
        x, y = grid.pixel_places(inner)
        upper = grid.enlarged(grid.to_pixels(above * territory), inner)
        lower = grid.enlarged(grid.to_pixels(below * territory), inner)
        from_upper, from_lower = grid.enlarged(under_upper, inner), grid.enlarged(over_lower, inner)
        edge = self._mouth.edge
        # by and by: the mouth must not jump open
        rest = _TEETH_REST * min(1.0, opened / 0.12) if self._face.lips.shows_teeth else 0.0
        upper_alpha = np.clip(0.5 - from_upper / edge, 0, 1)[..., None]
        lower_alpha = np.clip(0.5 - (from_lower + rest) / edge, 0, 1)[..., None]
        pixels = self._mouth.paint(grid.enlarged(across, inner), from_upper, from_lower, opened)
        pixels += upper_alpha * (self._remapped(upper[..., 0] + x, upper[..., 1] + y) - pixels)
        pixels += lower_alpha * (self._remapped(lower[..., 0] + x, lower[..., 1] + y) - pixels)
        place = self._inside(window, inner)
        changes = smooth_step(1.12, 1.02, np.abs(grid.enlarged(across, inner)))[..., None]
        mixed = rgb[place] + changes * (pixels - rgb[place])
        rgb[place] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)

    def _inside(self, window: Window, inner: Window) -> tuple[slice, slice]:
        """Where the pixels of `inner` lie in an array of the pixels of `window`, which holds it."""
        rows, columns = self._grid.pixel_slices(window)
        inner_rows, inner_columns = self._grid.pixel_slices(inner)
        return (
            slice(inner_rows.start - rows.start, inner_rows.stop - rows.start),
            slice(inner_columns.start - columns.start, inner_columns.stop - columns.start),
        )
