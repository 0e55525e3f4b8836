"""A drawn face, for networks to be tried on when they are loaded: no photo of anybody is needed for that.

Kept apart because it is a picture, not a rule.
"""

import numpy as np

from backend.media.types import RgbImage

_SEED = 4
_NOISE = 6.0  # standard deviation, grey levels


def draw_sample_face(side: int) -> RgbImage:
    """uint8 (side, side, 3) RGB: eyes, nose, mouth and hair where aligned faces have them, and grain."""
    y, x = (np.mgrid[:side, :side].astype(np.float32) + 0.5) / side
    picture = np.full((side, side, 3), (118, 126, 138), np.float32) * (1.1 - 0.4 * y[..., None])
    parts = (  # centre x, centre y, radius x, radius y, colour; later parts cover earlier ones
        (0.50, 0.48, 0.37, 0.47, (62, 46, 38)),
        (0.50, 0.58, 0.29, 0.40, (206, 164, 140)),
        (0.38, 0.41, 0.07, 0.015, (70, 52, 44)),
        (0.62, 0.41, 0.07, 0.015, (70, 52, 44)),
        (0.38, 0.47, 0.05, 0.024, (238, 232, 226)),
        (0.62, 0.47, 0.05, 0.024, (238, 232, 226)),
        (0.38, 0.47, 0.02, 0.022, (52, 62, 74)),
        (0.62, 0.47, 0.02, 0.022, (52, 62, 74)),
        (0.50, 0.60, 0.04, 0.050, (190, 142, 120)),
        (0.50, 0.725, 0.11, 0.028, (168, 78, 80)),
    )
    for centre_x, centre_y, radius_x, radius_y, colour in parts:
        distance = np.hypot((x - centre_x) / radius_x, (y - centre_y) / radius_y)
        cover = np.clip((1 - distance) * side * min(radius_x, radius_y) / 2, 0, 1)[..., None]
        shaded = np.array(colour, np.float32) * (1.15 - 0.3 * x[..., None])
        picture += cover * (shaded - picture)
    grain = np.random.default_rng(_SEED).normal(0, _NOISE, picture.shape)
    face: RgbImage = np.clip((picture + grain).round(), 0, 255).astype(np.uint8)
    return face
