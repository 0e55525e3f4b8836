"""A face whose landmarks are known because they are written down here: to test what is drawn, not found."""

import numpy as np

from backend.engines.builtin.animation.canonical import FaceFrame
from backend.engines.builtin.animation.eyes import Eye
from backend.engines.builtin.animation.landmarks import Landmarks
from backend.engines.builtin.animation.lips import SAMPLES, Lips
from backend.media.types import RgbImage

SKIN = (205, 160, 135)
DARK = (40, 30, 30)


def known_landmarks(origin: tuple[float, float] = (160.0, 130.0), unit_px: float = 48.0) -> Landmarks:
    """An upright face with a level mouth."""
    return Landmarks(
        frame=FaceFrame(origin=origin, unit_px=unit_px, roll=0.0),
        eye_left=Eye(centre=(-0.5, 0.0), middle_u=-0.5, base_v=0.0),
        eye_right=Eye(centre=(0.5, 0.0), middle_u=0.5, base_v=0.0),
        lips=Lips(middle_u=0.0, half_width=0.4, line=(1.08,) * SAMPLES),
    )


def drawn_face(face: Landmarks, width_px: int = 320, height_px: int = 360) -> RgbImage:
    """A photo of that face: skin everywhere, dark eyes and a dark line between the lips.

    returns: uint8 (height_px, width_px, 3) RGB
    """
    y, x = np.indices((height_px, width_px), dtype=np.float32)
    u, v = face.frame.face_grids(x, y)
    photo = np.empty((height_px, width_px, 3), np.uint8)
    photo[:] = SKIN
    for eye in (face.eye_left, face.eye_right):
        s = (u - eye.middle_u) / eye.half_width
        photo[(v > -eye.upper * (1 - s * s)) & (v < eye.lower * (1 - s * s))] = DARK
    photo[(np.abs(v - 1.08) < 0.015) & (np.abs(u) < 0.4)] = (120, 60, 60)
    return photo
