"""Six frames of every face in every expression: the gallery's cells of the animators."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backend.domain.errors import NoFaceFound
from backend.engines.animation_api import AnimateOptions, Animation, Animator, MotionCurve
from backend.engines.api import FaceInfo, no_checkpoint
from backend.evaluation.gallery.cells import Cell
from backend.evaluation.gallery.strips import around, strip
from backend.media.images import decode_photo
from backend.media.types import RgbImage

FRAME_COUNT = 6
_HEIGHT_PX = 240
_FACE_SIDES = 1.9  # of a face's box: hair, neck and what is behind them


def animated_cells(
    folder: Path, name: str, data: bytes, animator: Animator, curves: Mapping[str, MotionCurve]
) -> Iterator[Cell]:
    """A cell for each face that moves and each expression; none where no face does.

    name, data: of the photo: what its cells are called, and its file
    curves: the expressions by slug
    """
    photo = decode_photo(data).pixels
    for slug, curve in curves.items():
        started_s = time.perf_counter()
        chosen = telling_frames(curve, FRAME_COUNT)
        try:
            animation = animator.animate(photo, _only(curve, chosen), AnimateOptions(), no_checkpoint)
        except NoFaceFound:
            return
        frames = [frame.copy() for frame in animation.frames]
        elapsed_s = time.perf_counter() - started_s
        for face in animation.faces:
            if face.used:
                key = f"animate/{animator.name}/{name}/{slug}/{face.id}"
                cut = [around(frame, _in_film(face, animation, photo), _FACE_SIDES) for frame in frames]
                figures = {
                    "frames": ", ".join(map(str, chosen)),
                    "seconds": f"{elapsed_s:.2f}",
                    "face, px": f"{face.box[2] - face.box[0]:.0f}",
                    "greatest change": f"{_greatest_change(cut):.1f}",
                }
                yield Cell.written(folder, key, strip(cut, _HEIGHT_PX), figures)


def telling_frames(curve: MotionCurve, count: int) -> tuple[int, ...]:
    """The frames that differ most: frame 0, then always the one farthest from those taken; in order of time.

    Evenly spaced frames would miss a blink, which lasts three of seventy-five.
    """
    values: npt.NDArray[np.float64] = np.array([list(track) for track in curve.channels.values()]).T
    spans = np.abs(values).max(axis=0)
    motion = values / np.where(spans > 0, spans, 1.0)
    taken = [0]
    while len(taken) < min(count, curve.frame_count):
        apart = np.linalg.norm(motion[:, None] - motion[taken], axis=2).min(axis=1)
        apart[taken] = -1.0
        taken.append(int(np.argmax(apart)))
    return tuple(sorted(taken))


def _only(curve: MotionCurve, frames: Sequence[int]) -> MotionCurve:
    channels = {name: tuple(track[index] for index in frames) for name, track in curve.channels.items()}
    return MotionCurve(fps=curve.fps, channels=channels)


def _in_film(face: FaceInfo, animation: Animation, photo: RgbImage) -> tuple[float, float, float, float]:
    ratio = min(animation.width_px / photo.shape[1], animation.height_px / photo.shape[0])
    x1, y1, x2, y2 = face.box
    return x1 * ratio, y1 * ratio, x2 * ratio, y2 * ratio


def _greatest_change(frames: Sequence[RgbImage]) -> float:
    """Mean absolute difference to the first frame, in grey levels, of the frame that differs most."""
    first = frames[0].astype(np.int16)
    return max(float(np.abs(frame - first).mean()) for frame in frames)
