"""Measure the built-in animator: which faces it finds, how smoothly they move, and what it leaves alone.

One film a photo holds every expression, one after the other: each starts and ends at rest, and the faces are
looked for once.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from backend.domain.errors import InvalidInput
from backend.engines.animation_api import AnimateOptions, Animator, MotionCurve
from backend.engines.api import no_checkpoint
from backend.engines.builtin.animation.landmarks import Landmarks, find_landmarks
from backend.engines.faces.boxes import Box, overlap, side
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces
from backend.engines.film_sizes import framing_of
from backend.evaluation.restoring import Progress
from backend.evaluation.samples import Sample, read_photo
from backend.evaluation.trembling import SkinTracker, asked_path, bending
from backend.media.types import GrayImage, RgbImage

_SAME_FACE = 0.5  # of the smaller box that is shared; the boxes of the list were read by eye
_TERRITORY = (2.4, -2.5, 3.3)  # D: most |u|, least and most v that a face may move


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPhoto:
    """A photo whose faces were marked by eye."""

    sample: Sample
    path: Path
    accepted_counts: tuple[int, ...]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionFigures:
    """One expression of one photo."""

    starts_at_photo: bool | None  # bit for bit; None where the film is smaller than the photo
    seam: float  # from the last frame back to the photo, against the largest change between two frames
    seen_bending: float  # of the skin's path as it is seen in the film, px
    asked_bending: float  # of the path that the curve asks for, px


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingFigures:
    """One photo. `expressions` is empty where no face can move."""

    sample: Sample
    is_count_accepted: bool
    false_count: int  # faces that are moved and are none
    found_px: tuple[float, ...]  # sides of the boxes of all faces found
    expressions: Mapping[str, ExpressionFigures]
    keeps_the_rest: bool  # bit for bit, outside the territories of the moved faces


def find_labelled(folder: Path) -> list[LabelledPhoto]:
    """What `faces.json` lists. Raises InvalidInput where it says something else than expected."""
    try:
        photos = json.loads((folder / "faces.json").read_text("utf-8"))["photos"]
        return [
            LabelledPhoto(
                sample=Sample(name=Path(name).stem, is_ffhq="ffhq" in name, folder=folder),
                path=folder / name,
                accepted_counts=tuple(facts["accept_counts"]),
                boxes=tuple((x1, y1, x2, y2) for x1, y1, x2, y2 in (each["box"] for each in facts["faces"])),
            )
            for name, facts in photos.items()
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(f"{folder / 'faces.json'} is not a list of photos with faces") from error


def measure_moving(
    photos: Sequence[LabelledPhoto],
    animator: Animator,
    curves: Mapping[str, MotionCurve],
    progress: Progress,
    find: FindFaces = find_faces,
) -> tuple[MovingFigures, ...]:
    """All figures of all photos. curves: slug -> one loop, all at one rate; find: the animator's own."""
    figures = []
    for index, photo in enumerate(photos):
        progress(photo.sample.name, index / len(photos))
        figures.append(measure_photo(photo, animator, curves, find))
    return tuple(figures)


def measure_photo(
    photo: LabelledPhoto,
    animator: Animator,
    curves: Mapping[str, MotionCurve],
    find: FindFaces = find_faces,
) -> MovingFigures:
    """One photo: all its faces move, the largest is followed."""
    pixels = read_photo(photo.path)
    faces = find(pixels)
    moved = [(face, known) for face in faces if (known := find_landmarks(pixels, face)).note is None]
    expressions: dict[str, ExpressionFigures] = {}
    keeps_the_rest = True
    if moved:
        largest = max(moved, key=lambda each: side(each[0].box))
        ratio = framing_of(pixels.shape[1], pixels.shape[0], "auto", largest[0].box).ratio
        film = animator.animate(pixels, in_a_row(tuple(curves.values())), AnimateOptions(), no_checkpoint)
        watched = _Film(
            pixels, film.frames, largest[1].scaled(ratio), [each.scaled(ratio) for _, each in moved]
        )
        expressions = {slug: watched.next_expression(curve) for slug, curve in curves.items()}
        keeps_the_rest = watched.keeps_the_rest
    return MovingFigures(
        sample=photo.sample,
        is_count_accepted=len(faces) in photo.accepted_counts,
        false_count=sum(all(overlap(face.box, box) < _SAME_FACE for box in photo.boxes) for face, _ in moved),
        found_px=tuple(side(face.box) for face in faces),
        expressions=expressions,
        keeps_the_rest=keeps_the_rest,
    )


def in_a_row(curves: Sequence[MotionCurve]) -> MotionCurve:
    """One curve that plays all of them; a channel that one does not name rests there."""
    names = sorted({name for curve in curves for name in curve.channels})
    channels = {
        name: tuple(
            value for curve in curves for value in curve.channels.get(name, (0.0,) * curve.frame_count)
        )
        for name in names
    }
    return MotionCurve(fps=curves[0].fps, channels=channels)


class _Film:
    """A film that is watched once, expression by expression, a frame at a time."""

    def __init__(
        self, photo: RgbImage, frames: Iterator[RgbImage], largest: Landmarks, moved: Sequence[Landmarks]
    ) -> None:
        self.keeps_the_rest = True
        self._photo = photo
        self._frames = frames
        self._largest = largest
        self._moved = moved
        self._rest: RgbImage | None = None

    def next_expression(self, curve: MotionCurve) -> ExpressionFigures:
        """Watch one expression."""
        first = next(self._frames)
        if self._rest is None:
            self._rest = first
            self._tracker = SkinTracker(first, self._largest.frame)
            self._still = _outside(first, self._moved)
        path, changes, last = [(0.0, 0.0)], [0.0], first
        for _ in range(curve.frame_count - 1):
            frame = next(self._frames)
            self.keeps_the_rest &= cv2.norm(frame, self._rest, cv2.NORM_INF, self._still) == 0
            path.append(self._tracker.moved(frame))
            changes.append(_change(frame, last))
            last = frame
        seen = np.array(path)
        return ExpressionFigures(
            starts_at_photo=self._starts_at_photo(first, self._rest),
            seam=_change(last, first) / max(*changes, 1e-9),
            seen_bending=bending(seen),
            asked_bending=bending(asked_path(seen, curve.channels)),
        )

    def _starts_at_photo(self, first: RgbImage, rest: RgbImage) -> bool | None:
        """Whether the film begins with the photo, bit for bit; of a photo that it shows smaller, None.

        Even then it must begin with one picture, whatever the expression.
        """
        height, width = self._photo.shape[:2]
        if first.shape[0] < height or first.shape[1] < width:
            return None if np.array_equal(first, rest) else False
        return np.array_equal(first[:height, :width], self._photo)


def _change(frame: RgbImage, other: RgbImage) -> float:
    """Mean difference, levels."""
    return cv2.norm(frame, other, cv2.NORM_L1) / frame.size


def _outside(picture: RgbImage, moved: Sequence[Landmarks]) -> GrayImage:
    """1 where no face may move anything, else 0; uint8 (H, W)."""
    height, width = picture.shape[:2]
    y, x = np.indices((height, width), dtype=np.float32)
    is_outside = np.ones((height, width), np.bool_)
    most_u, least_v, most_v = _TERRITORY
    for face in moved:
        u, v = face.frame.face_grids(x, y)
        is_outside &= (np.abs(u) > most_u) | (v < least_v) | (v > most_v)
    return is_outside.astype(np.uint8)
