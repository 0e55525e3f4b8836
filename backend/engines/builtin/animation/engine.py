"""The animator that needs no weights: find the faces, fit the motion, draw frame after frame.

It only sequences; every step is a module of its own beside it.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from backend.domain.errors import InvalidOption
from backend.domain.jobs import Stage
from backend.engines.animation_api import (
    AnimateOptions,
    Animation,
    Driving,
    DrivingClip,
    FaceCurves,
    MotionCurve,
)
from backend.engines.api import Checkpoint
from backend.engines.builtin.animation.clip_fit import fit_clip
from backend.engines.builtin.animation.coefficients import Coefficients, at_frame, require_playable
from backend.engines.builtin.animation.landmarks import Landmarks, find_landmarks
from backend.engines.builtin.animation.paste import compose
from backend.engines.builtin.animation.renderer import FaceRenderer
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.choosing import chosen_of, info_of, largest_of, notes_on_choice
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces
from backend.engines.film_sizes import framed, framing_of
from backend.engines.film_watch import FilmWatch, WatchedFace
from backend.media.types import Mask, RgbImage

_MOST_WORKERS: Final = 4  # each holds a frame or two, and no encoder takes more than these draw


@dataclass(frozen=True, slots=True)
class _Measured:
    """A face and what is known about it."""

    face: FoundFace
    landmarks: Landmarks

    @property
    def note(self) -> str | None:
        """Why it cannot move; None where it can."""
        return self.landmarks.note


class BuiltinAnimator:
    """Animates any photo with a clear face, on any machine."""

    def __init__(self, find: FindFaces = find_faces) -> None:
        """find: the faces of the photo, and of a clip that drives them."""
        self._find = find

    @property
    def name(self) -> str:
        """As options and results call it."""
        return "builtin"

    @property
    def version(self) -> str:
        """Changes when the same photo and motion give other pixels."""
        return "2"

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        """See `engines/api.py`. The first frame of a curve is the photo itself.

        Raises NoFaceFound, and InvalidOption for a face that is not there or a curve that cannot be played;
        for a clip also what `fit_clip` raises. All of it before the first frame.
        """
        if not isinstance(driving, DrivingClip):
            _require_playable(driving)
        checkpoint(Stage.FACES, 0.0)
        measured = [_Measured(face, find_landmarks(portrait, face)) for face in self._find(portrait)]
        chosen = chosen_of(measured, options)
        checkpoint(Stage.FACES, 1.0)
        motion, start_s, notes = _motion_of(driving, checkpoint, self._find)
        notes += notes_on_choice(measured, chosen, options)
        largest = largest_of(chosen)
        framing = framing_of(portrait.shape[1], portrait.shape[0], options.size, largest.face.box)
        chosen = [one for one in chosen if framing.shows(*one.landmarks.frame.origin)]
        motions = [_motion(_curve_of(motion, one.face.id), options.intensity) for one in chosen]
        base = framed(portrait, framing)
        moving = [
            one.landmarks.scaled(framing.ratio, -framing.x1 * framing.ratio, -framing.y1 * framing.ratio)
            for one in chosen
        ]
        renderers = [
            FaceRenderer(base, face, [other for other in moving if other is not face]) for face in moving
        ]
        watch = FilmWatch(
            base,
            [WatchedFace(framing.in_film(one.face.box), None) for one in chosen],
            may_change=_may_change(base, renderers),
            loops=_loops(driving),
        )
        frames = _frames(base, list(zip(renderers, motions, strict=True)), motion.frame_count, checkpoint)
        chosen_ids = {one.face.id for one in chosen}
        return Animation(
            width_px=base.shape[1],
            height_px=base.shape[0],
            fps=motion.fps,
            frame_count=motion.frame_count,
            frames=watch.watched(frames),
            faces=tuple(info_of(one, chosen_ids) for one in measured),
            notes=notes,
            clip_start_s=start_s,
            quality=watch.quality,
        )


def _may_change(base: RgbImage, renderers: Sequence[FaceRenderer]) -> Mask:
    """Float32 (H, W): 0 where the film stays the photo."""
    may_change = np.zeros(base.shape[:2], np.float32)
    for renderer in renderers:
        renderer.mark_territory(may_change)
    return may_change


def _loops(driving: Driving) -> bool:
    """Whether the film ends where it begins: curves do, a clip need not."""
    if isinstance(driving, FaceCurves):
        return all(driving.frame_count % curve.frame_count == 0 for curve in driving.curves.values())
    return isinstance(driving, MotionCurve)


def _motion_of(
    driving: Driving, checkpoint: Checkpoint, find: FindFaces
) -> tuple[MotionCurve | FaceCurves, float, tuple[str, ...]]:
    """The motion, where in the clip it begins, and notes about it."""
    if not isinstance(driving, DrivingClip):
        return driving, 0.0, ()
    curve, stretch, notes = fit_clip(driving, checkpoint, find)
    return curve, stretch.start_s, notes


def _require_playable(motion: MotionCurve | FaceCurves) -> None:
    for curve in motion.curves.values() if isinstance(motion, FaceCurves) else (motion,):
        require_playable(curve)


def _curve_of(motion: MotionCurve | FaceCurves, face_id: int) -> MotionCurve:
    """How this face moves. Raises InvalidOption where only others have a motion."""
    if isinstance(motion, MotionCurve):
        return motion
    if face_id not in motion.curves:
        raise InvalidOption(f"face {face_id} is to move, but has no motion", option="faces")
    return motion.curves[face_id]


def _motion(curve: MotionCurve, intensity: float) -> Callable[[int], Coefficients]:
    def at(frame_index: int) -> Coefficients:
        return at_frame(curve, frame_index % curve.frame_count).scaled(intensity)

    return at


def _frames(
    base: RgbImage,
    moving: Sequence[tuple[FaceRenderer, Callable[[int], Coefficients]]],
    frame_count: int,
    checkpoint: Checkpoint,
) -> Iterator[RgbImage]:
    """Frame after frame; a few are drawn ahead, so that all cores work and the encoder never waits."""

    def drawn(frame_index: int) -> RgbImage:
        return compose(base, [renderer.render(motion(frame_index)) for renderer, motion in moving])

    workers = min(max(1, cv2.getNumThreads()), _MOST_WORKERS)
    ahead: deque[Future[RgbImage]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for frame_index in range(frame_count):
                checkpoint(Stage.RENDER, frame_index / frame_count)
                while len(ahead) <= workers and frame_index + len(ahead) < frame_count:
                    ahead.append(pool.submit(drawn, frame_index + len(ahead)))
                yield ahead.popleft().result()
        finally:  # a cancelled film must not draw on
            for frame in ahead:
                frame.cancel()
    checkpoint(Stage.RENDER, 1.0)
