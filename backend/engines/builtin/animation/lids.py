"""Close an eye and move its iris: the only parts of a face, with the lips, that slide over one another.

A lid is made of the skin that is there: the strip above the eye is drawn down over the ball, so lashes, grain
and scratches come along, and is evened towards the colour of the skin around the eye, because a strip of
crease stretched to twice its height looks dirty.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.animation.canonical import FaceFrame, Floats
from backend.engines.builtin.animation.eyes import Eye
from backend.engines.builtin.animation.head import smooth_step
from backend.engines.builtin.animation.lid_tones import lid_tones
from backend.media.types import RgbImage

_MARGIN: Final = 0.016  # D that the lid starts above and ends below the edges found, so that no iris shows
_LOWER_SHARE: Final = 0.82  # of the opening that the upper lid crosses; the rest the lower lid comes up
_GAZE_X, _GAZE_Y = 0.075, 0.040  # D that the iris moves
_GAZE_LID: Final = 0.30  # of the opening that the upper lid follows a look down
_EVEN: Final = (0.45, 0.85)  # how far the lid is evened towards plain skin: above the eye, and over the ball
_FINE_EVEN: Final = 0.80  # of that, how much the fine grain is evened too: stretched, it turns to streaks
_ROLLED_IN: Final = (0.035, 0.4)  # of the lid's rim that painted lashes replace: D, and share of the strip
_MOST_UNLIKE: Final = 0.30  # of the eye's contrast that a place of the lid may differ from plain skin
_LASH_ALPHA: Final = 0.72


@dataclass(frozen=True, slots=True)
class EyeLook:
    """What is drawn over the moved pixels. alpha float32 (h, w) in [0, 1], rgb float32 (3,) in [0, 255]."""

    moves: Floats  # (h, w, 2) in D: from each place to the place whose content it shows
    lid_alpha: Floats  # where the lid is skin drawn down over the ball
    skin_alpha: Floats
    skin_shade: Floats  # factor on the skin colour
    lash_alpha: Floats


class EyePainter:
    """One eye of one face: its colours, and the geometry of its lids."""

    def __init__(self, photo: RgbImage, frame: FaceFrame, eye: Eye) -> None:
        self.eye = eye
        self.tones = lid_tones(photo, frame, eye)

    def touches(self, u: Floats, v: Floats) -> npt.NDArray[np.bool_]:
        """Where in the resting face this eye can change anything."""
        eye = self.eye
        near = np.abs(u - np.float32(eye.middle_u)) < eye.half_width * 1.45
        down = v - np.float32(eye.base_v)
        inside: npt.NDArray[np.bool_] = (
            near & (down > -eye.upper - self.tones.strip - 0.06) & (down < eye.lower + 0.12)
        )
        return inside

    def look(self, u: Floats, v: Floats, closed: float, gaze_x: float, gaze_y: float) -> EyeLook:
        """How the eye looks at the places (u, v) of the resting face, float32 (h, w).

        closed: 0 as in the photo to 1 shut. gaze_x, gaze_y: -1 to 1.
        """
        closed = min(1.0, closed + _GAZE_LID * max(gaze_y, 0.0) * (1 - closed))
        s, upper_edge, lower_edge = self._edges(u)
        lens = np.clip(1 - s * s, 0, 1)
        open_height = lower_edge - upper_edge
        moved = self._gazed(u, v, gaze_x, gaze_y)
        lid_edge = upper_edge + np.float32(closed * _LOWER_SHARE) * open_height
        lower_up = np.float32(closed * (1 - _LOWER_SHARE)) * open_height
        top = upper_edge - np.float32(self.tones.strip)
        on_lid = v < lid_edge
        # stretch: the rim keeps the lashes' size, the strip above gives
        fallen = lid_edge - upper_edge
        # lashes and iris must not be stretched over the ball
        most_rolled, of_strip = _ROLLED_IN
        rolled_in = np.float32(min(1.0, 2 * closed) * min(most_rolled, of_strip * self.tones.strip))
        height = np.maximum(lid_edge - top, 1e-3)
        t = np.clip((v - top) / height, 0, 1)
        moved[..., 1] = np.where(
            on_lid, -(fallen + rolled_in * lens) * t * t * (1.8 - 0.8 * t), moved[..., 1]
        )
        moved[..., 0] = np.where(on_lid, 0, moved[..., 0])
        under = ~on_lid & (v < lower_edge + 0.10)
        rise = lower_up * smooth_step(0.10, 0.0, np.abs(v - lower_edge + lower_up))
        moved[..., 1] += np.where(under, rise, 0)
        covered = (v - upper_edge) / np.maximum(fallen, 1e-3)
        evened = smooth_step(-0.75, 0.25, covered) * smooth_step(1.0, 0.55, covered - 0.35) * on_lid
        evened = evened * smooth_step(0.0, 0.9 * self.tones.strip, v - top)
        strength = _EVEN[0] + (_EVEN[1] - _EVEN[0]) * smooth_step(-0.3, 0.3, covered)
        lid_alpha = min(1.0, 1.6 * closed) * evened * smooth_step(0.0, 0.5, lens)
        skin_alpha = strength * lid_alpha
        shade = 0.97 + 0.06 * np.clip(1 - (2 * covered - 0.9) ** 2, -1, 1) - 0.10 * s * s
        lash_alpha = np.float32(_LASH_ALPHA * min(1.0, 2.5 * closed)) * self._lash(v - lid_edge, lens)
        return EyeLook(
            moved, *(part.astype(np.float32) for part in (lid_alpha, skin_alpha, shade, lash_alpha))
        )

    def _lash(self, below_edge: Floats, lens: Floats) -> Floats:
        """The line of lashes, 0 to 1: thin at the corners, and softer towards the cheek than the lid."""
        half = self.tones.lash_half * (0.5 + 0.5 * lens)
        away = np.where(below_edge > 0, 0.75 * below_edge, -below_edge)
        return smooth_step(half * 1.7, 0.2 * half, away) * smooth_step(0.02, 0.55, lens)

    def _edges(self, u: Floats) -> tuple[Floats, Floats, Floats]:
        """Place across the eye (-1 and 1 are the corners), and v of both lids there."""
        eye = self.eye
        along = u - np.float32(eye.middle_u)
        s = along / np.float32(eye.half_width * 1.06)
        lens = np.clip(1 - s * s, 0, 1)
        base = np.float32(eye.base_v) + np.float32(eye.slant) * along
        return s, base - (eye.upper + _MARGIN) * lens, base + (eye.lower + _MARGIN) * lens

    def _gazed(self, u: Floats, v: Floats, gaze_x: float, gaze_y: float) -> Floats:
        """Displacements that move the iris, keeping every place at its height between the two lids."""
        moves = np.zeros((*u.shape, 2), np.float32)
        if not gaze_x and not gaze_y:
            return moves
        s, upper_edge, lower_edge = self._edges(u)
        height = np.maximum(lower_edge - upper_edge, 1e-3)
        between = (v - upper_edge) / height
        iris = np.float32((self.eye.centre[0] - self.eye.middle_u) / self.eye.half_width)
        inside = smooth_step(1.02, 0.25, np.abs(s - 0.6 * iris * (1 - s * s)))
        outside = np.maximum(upper_edge - v, v - lower_edge)
        along = -np.float32(gaze_x * _GAZE_X) * inside * smooth_step(0.07, 0.0, outside)
        _, shifted_upper, shifted_lower = self._edges(u + along)
        t = np.clip(between, 0, 1)
        follow = shifted_upper + t * (shifted_lower - shifted_upper) - (upper_edge + t * height)
        moves[..., 0] = along
        moves[..., 1] = follow * smooth_step(0.07, 0.0, outside)
        moves[..., 1] -= np.float32(gaze_y * _GAZE_Y) * inside * np.clip(4 * t * (1 - t), 0, 1)
        return moves


def paint_eye(pixels: RgbImage, look: EyeLook, painter: EyePainter) -> RgbImage:
    """Lay the lid's colour and its lashes over moved pixels; uint8 (h, w, 3), a new array."""
    strongest = float(max(look.skin_alpha.max(), look.lash_alpha.max()))
    if strongest <= 0:
        return pixels
    painted = pixels.astype(np.float32)
    # a little of the fine grain stays, or the lid looks pasted
    coarse = cv2.GaussianBlur(painted, (0, 0), max(1.0, pixels.shape[1] / 14))
    skin = painter.tones.skin * look.skin_shade[..., None]
    # a glint, a frame or a hair of the brow must not be drawn down with the skin
    unlike = np.float32(_MOST_UNLIKE * painter.tones.contrast)
    painted += look.lid_alpha[..., None] * (skin + np.clip(painted - skin, -unlike, unlike) - painted)
    painted += look.skin_alpha[..., None] * (
        (1 - _FINE_EVEN) * (skin - coarse) + _FINE_EVEN * (skin - painted)
    )
    painted += look.lash_alpha[..., None] * (painter.tones.lash - painted)
    return np.asarray(np.clip(painted + 0.5, 0, 255), np.uint8)
