"""What the engine owes with any weights: it starts at the photo, closes, and touches nothing else."""

from dataclasses import replace
from math import pi, sin

import cv2
import numpy as np

from backend.engines.animation_api import AnimateOptions, MotionCurve
from backend.engines.api import no_checkpoint
from backend.engines.faces.detector import find_faces
from backend.engines.first_order.engine import FirstOrderAnimator
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.seams import MotionNetwork
from backend.engines.first_order.templates import TemplateShelf
from backend.evaluation.following import as_clip
from backend.media.types import RgbImage
from tests.builders import a_portrait

FRAMES = 30


class _Models:
    def network(self, mode: str) -> MotionNetwork:
        return FakeMotionNetwork(side_px=64)


def _portrait_moved(right_px: float) -> RgbImage:
    """As a clip would show somebody who leans aside: the fake's keypoints follow what is bright."""
    moved = cv2.warpAffine(
        a_portrait(), np.array([[1, 0, right_px], [0, 1, 0]]), (256, 256), borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.uint8)


def test_films_start_at_the_photo_close_and_touch_nothing_else() -> None:
    waves = [sin(pi * index / FRAMES) ** 2 for index in range(FRAMES)]
    curve = MotionCurve(fps=25.0, channels={"pitch": tuple(0.1 * wave for wave in waves)})
    clip = as_clip([_portrait_moved(24 * wave) for wave in waves])
    engine = FirstOrderAnimator(_Models(), find_faces, TemplateShelf(None))

    film = engine.animate(
        a_portrait(), replace(curve, open_clip=lambda: clip), AnimateOptions(), no_checkpoint
    )
    for _ in film.frames:
        pass

    quality = film.quality()
    assert (quality.start, quality.outside) == (0.0, 0.0)
    assert quality.seam is not None and quality.seam < 1.15
    assert quality.loop is not None and quality.loop < 1.5
