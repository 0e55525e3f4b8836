"""An animator that is instant and takes every option of networks: for trying what is above the engine.

Apart from `fakes.py`, whose animator is the engine without weights and takes none of them.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from backend.domain.errors import InvalidOption
from backend.domain.films import ClipCheck, FilmQuality
from backend.domain.jobs import Stage
from backend.engines.animation_api import (
    MOTION_OPTIONS,
    AnimateOptions,
    Animation,
    Driving,
    DrivingClip,
    FaceCurves,
)
from backend.engines.api import Checkpoint, FaceInfo
from backend.engines.fakes import FakeAnimator
from backend.media.types import RgbImage

MODEL: Final = "vox-adv-cpk"
SIDE_PX: Final = 64  # of a film in mode "parity"
QUALITY: Final = FilmQuality(
    identity_change=0.1, jitter=0.2, flicker=0.3, seam=1.0, outside=0.0, loop=0.9, start=0.0
)
CLIP_CHECKS: Final = (
    ClipCheck(name="cut", passed=True, value=0.02, limit=0.15),
    ClipCheck(name="jitter", passed=False, value=0.03, limit=0.01, frames=(1, 4)),
)


class FakeFirstOrder(FakeAnimator):
    """A film in the one colour of its motion, four levels darker for every option that is not at its default.

    In mode "parity" it is 64 x 64 and has no face. A clip's film has two checks and the note `clip_shaky`; a
    best frame other than the first gives `clip_rest_chosen`. The quality is always the same.
    """

    name = "first_order"
    version = "fake"

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        """As `FakeAnimator`, and a checkpoint of the motion. Raises InvalidOption for a face without one."""
        checkpoint(Stage.MOTION, 0.0)
        if options.mode == "parity":
            square = np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8)
            return replace(super().animate(square, driving, options, checkpoint), faces=(), model=MODEL)
        usual = super().animate(portrait, driving, options, checkpoint)
        darker = 4 * sum(getattr(options, name) != getattr(AnimateOptions(), name) for name in MOTION_OPTIONS)
        return replace(
            usual,
            frames=((np.maximum(frame, darker) - darker).astype(np.uint8) for frame in usual.frames),
            faces=_faces(usual.faces[0], driving, options),
            notes=_notes(driving, options),
            model=MODEL,
            clip_checks=CLIP_CHECKS if isinstance(driving, DrivingClip) else (),
            quality=lambda: QUALITY,
        )


def _faces(face: FaceInfo, driving: Driving, options: AnimateOptions) -> tuple[FaceInfo, ...]:
    """Its one face, id 0."""
    asked = (0,) if isinstance(options.faces, str) else options.faces
    moving = driving.curves if isinstance(driving, FaceCurves) else asked
    if 0 not in moving or 0 not in asked:
        raise InvalidOption("face 0 is to move, but has no motion", option="faces")
    return (face,)


def _notes(driving: Driving, options: AnimateOptions) -> tuple[str, ...]:
    shaky = ("clip_shaky",) if isinstance(driving, DrivingClip) else ()
    return shaky if options.best_frame in ("auto", "first", 0) else (*shaky, "clip_rest_chosen")
