"""What is seen between parted lips: a dark hollow, a soft row of teeth, a tongue when it is wide open.

Painted, because the photo does not have it; toned from the face itself, so that a sepia print stays sepia.
"""

from typing import Final

import numpy as np

from backend.engines.builtin.animation.canonical import Floats
from backend.engines.builtin.animation.head import smooth_step
from backend.engines.builtin.animation.landmarks import Landmarks
from backend.engines.builtin.animation.lid_tones import CROP_PX_PER_UNIT, edge_width
from backend.media.types import FloatImage, RgbImage

_TEETH: Final = 0.075  # D that teeth reach below the upper lip
_TOOTH_EDGES: Final = (
    0.0,
    0.33,
    0.58,
    0.80,
)  # places across the mouth where one tooth ends and the next begins
_BETWEEN_TEETH: Final = 0.055  # half the width of the shadow between two, same unit
_FINE_UNIT_PX: Final = (24.0, 60.0)  # D in pixels below and above which single teeth are not and are drawn
_EDGE_OF_PHOTO: Final = 0.4  # of the width of the photo's own edges: over that a lip fades into the hollow
_EDGE_PX: Final = (1.3, 3.0)
_LIGHTEST_BLACK: Final = 0.4  # of the skin's light, for a photo with nothing dark near the face
_MONO_CHROMA: Final = 9.0  # spread of colour, in levels, below which a print has one hue


class MouthPainter:
    """The inside of one mouth, in the tones of its photo.

    edge: D over which a lip fades into the hollow: as unsharp as the photo.
    """

    def __init__(self, photo: RgbImage, face: Landmarks) -> None:
        pixels = face.frame.crop(photo, (-1.6, 1.6), (-1.6, 2.4), 16).reshape(-1, 3)
        cheeks = face.frame.crop(photo, (-0.5, 0.5), (0.25, 0.85), 32).reshape(-1, 3)
        light, cheek_light = pixels.mean(axis=1), cheeks.mean(axis=1)
        low, high = np.percentile(cheek_light, (50, 85))
        skin = cheeks[(cheek_light >= low) & (cheek_light <= high)].mean(axis=0)
        black = pixels[light <= np.percentile(light, 2)].mean(axis=0)
        black = black * min(1.0, _LIGHTEST_BLACK * float(skin.mean()) / max(float(black.mean()), 1.0))
        chroma = pixels - light[:, None]
        typical = np.median(chroma, axis=0)
        is_mono = float(np.percentile(np.abs(chroma - typical).max(axis=1), 80)) < _MONO_CHROMA
        if not is_mono:  # a blue suit must not tint the mouth
            black = 0.3 * black + 0.7 * black.mean()
        self._hollow = _toned(black, skin, (0.05, 0.05, 0.05) if is_mono else (0.17, 0.05, 0.05))
        self._flesh = _toned(black, skin, (0.17, 0.17, 0.17) if is_mono else (0.50, 0.20, 0.20))
        white = _toned(black, skin, (0.92, 0.92, 0.92))
        grayed = np.full(3, white.mean(), np.float32)
        self._teeth = white if is_mono else (0.50 * white + 0.50 * grayed).astype(np.float32)
        self._has_teeth = not face.lips.shows_teeth
        self._single = float(smooth_step(*_FINE_UNIT_PX, np.float32(face.unit_px)))
        self._teeth_alpha = 0.45 + 0.43 * self._single  # a soft print shows but a paler band
        lips = face.lips
        around = face.frame.crop(
            photo,
            (lips.middle_u - 0.35, lips.middle_u + 0.35),
            (lips.middle_v - 0.25, lips.middle_v + 0.25),
            CROP_PX_PER_UNIT,
        )
        soft_px = _EDGE_OF_PHOTO * edge_width(around.mean(axis=2, dtype=np.float32)) * face.unit_px
        self.edge = float(np.clip(soft_px, *_EDGE_PX)) / face.unit_px

    def paint(self, across: Floats, from_upper: Floats, from_lower: Floats, opened: float) -> FloatImage:
        """The inside of the mouth, float32 (h, w, 3) in [0, 255].

        across: -1 and 1 at the corners. from_upper, from_lower: D to the lips, float32 (h, w).
        """
        depth = smooth_step(-0.01, 0.045, np.minimum(from_upper + 0.02, from_lower))
        rim = 0.5 * (self._flesh + self._hollow)
        inside = rim + (self._hollow - rim) * depth[..., None]
        wide = smooth_step(0.30, 0.65, np.float32(opened))
        arch = from_lower - 0.07 * (1 - across**2)
        tongue = wide * smooth_step(0.045, -0.03, arch) * smooth_step(0.75, 0.45, np.abs(across))
        inside = inside + (0.6 * tongue)[..., None] * (self._flesh - inside)
        if self._has_teeth:
            between = self._single * _between_teeth(across)
            height = _TEETH * min(1.0, opened / 0.28) * (1 - 0.55 * across**2) * (1 - 0.22 * between)
            row = smooth_step(height + 0.022, height - 0.012, from_upper) * smooth_step(
                0.80, 0.50, np.abs(across)
            )
            shade = 0.60 + 0.42 * smooth_step(-0.005, 0.035, from_upper) - 0.25 * across**2
            shade = shade * (1 - 0.20 * between)
            alpha = self._teeth_alpha * row * smooth_step(0.14, 0.40, np.float32(opened))
            inside = inside + alpha[..., None] * (self._teeth * shade[..., None] - inside)
        return inside.astype(np.float32)


def _between_teeth(across: Floats) -> Floats:
    """1 in the shadow between two teeth, 0 on a tooth."""
    away = np.min([np.abs(np.abs(across) - edge) for edge in _TOOTH_EDGES], axis=0)
    return smooth_step(_BETWEEN_TEETH, 0.0, away)


def _toned(black: Floats, skin: Floats, share: tuple[float, float, float]) -> Floats:
    """Between the photo's black and its skin, so that a faded print keeps its haze; float32 (3,)."""
    return np.asarray(black + (skin - black) * np.array(share), np.float32)
