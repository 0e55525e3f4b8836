"""Whose face drives, and the square that is cut around it: one place for the whole clip.

The networks were trained on clips whose crop stands still while the head moves in it; a crop that follows the
head would take the motion away. Apart from following the motion: this needs a finder, and no network.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import numpy as np
import numpy.typing as npt

from backend.domain.errors import NoFaceFound
from backend.domain.jobs import Stage
from backend.engines.animation_api import DrivingClip
from backend.engines.api import Checkpoint, FivePoints
from backend.engines.clips.crowd import are_several, candidates
from backend.engines.clips.stretch import Stretch
from backend.engines.faces.boxes import Box, FoundFace, overlap, side
from backend.engines.faces.finding import FindFaces
from backend.engines.faces.five_points import five_points
from backend.engines.first_order.crops import Square, cut_square, square_around
from backend.media.types import RgbImage

_LOOKED_SIDE_PX: Final = 512
_LOOKS: Final = 16  # to find a face for certain takes a third of a second
_SAME_FACE_FROM: Final = 0.4  # of the smaller box
_LARGEST_SHARE: Final = 0.75  # of the square's side; training crops had up to 0.8
_LOST_SHARE: Final = 0.25  # of the looks; shut eyes may hide a face from the finder
_MOSTLY_SHOWN: Final = 0.85  # of the picture's area
_MOST_READ_PX: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverLook:
    """The driver at one moment: frame of the stretch, counted from 0; None where the face was not found."""

    frame: int
    box: Box | None
    points: FivePoints | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """The face that is followed; boxes, points and the square are in pixels of a picture of `size_px`."""

    square: Square  # what is cut out; it may reach beyond the picture
    face: Box  # where it mostly is
    size_px: tuple[int, int]  # width and height
    looks: tuple[DriverLook, ...]
    is_one_of_several: bool

    @property
    def is_lost(self) -> bool:
        """True where the face was out of sight for a good part of the clip."""
        missed = sum(look.box is None for look in self.looks)
        return missed > _LOST_SHARE * len(self.looks)

    @property
    def is_cropped(self) -> bool:
        """True where a good part of the picture is left out."""
        width_px, height_px = self.size_px
        x1, y1, x2, y2 = self.square.shown(width_px, height_px)
        return (x2 - x1) * (y2 - y1) < _MOSTLY_SHOWN * width_px * height_px


def find_driver(clip: DrivingClip, stretch: Stretch, find: FindFaces, checkpoint: Checkpoint) -> Driver:
    """Look at moments spread over the stretch and follow the largest face.

    Raises NoFaceFound, UnreadableVideo, JobCancelled.
    """
    fps = min(clip.fps, _LOOKS / stretch.seconds)
    pictures = clip.read(
        fps=fps, start_s=stretch.start_s, seconds=stretch.seconds, long_side_px=_LOOKED_SIDE_PX
    )
    looked: list[tuple[FoundFace, ...]] = []
    points: list[dict[int, FivePoints | None]] = []
    size_px = (1, 1)
    with closing(pictures):
        for index, picture in enumerate(pictures):
            checkpoint(Stage.MOTION, 0.3 + min(0.2 * index / _LOOKS, 0.2))
            size_px = (picture.shape[1], picture.shape[0])
            faces = candidates(find(picture))
            looked.append(faces)
            points.append({face.id: five_points(picture, face) for face in faces})
    chosen = _largest_throughout(looked)
    boxes = [face.box for face in chosen if face is not None]
    if not boxes:
        raise NoFaceFound("nobody looks at the camera in this clip")
    looks = tuple(
        DriverLook(
            frame=round(index / fps * clip.fps),
            box=None if face is None else face.box,
            points=None if face is None else points[index][face.id],
        )
        for index, face in enumerate(chosen)
    )
    return Driver(
        square=square_throughout(np.array(boxes), size_px),
        face=_median(np.array(boxes)),
        size_px=size_px,
        looks=looks,
        is_one_of_several=are_several(looked),
    )


def square_throughout(boxes: npt.NDArray[np.float64], size_px: tuple[int, int]) -> Square:
    """The square around a face's boxes (N, 4) over time, in their pixels, of a picture of `size_px`.

    Framed as the median face would be in a photo, and moved and made smaller to lie inside the picture: a
    head mirrored at an edge would be a second face that moves. The face takes at most `_LARGEST_SHARE` of it
    (the adapted scale makes up for its size), and one that wanders off is still inside, brow to chin.
    """
    face = _median(boxes)
    usual = square_around(face)
    reach = max(
        float((boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)).max()), side(face) / _LARGEST_SHARE
    )
    length = max(ceil(reach), min(usual.side, *size_px))
    starts = []
    for axis, start in enumerate((usual.x, usual.y)):
        first, last = float(boxes[:, axis].min()), float(boxes[:, axis + 2].max())
        at = start + (usual.side - length) // 2
        at = min(max(at, ceil(last) - length), floor(first))
        room = size_px[axis] - length
        starts.append(min(max(at, 0), room) if room >= 0 else min(max(at, room), 0))
    return Square(x=starts[0], y=starts[1], side=length)


def _median(boxes: npt.NDArray[np.float64]) -> Box:
    x1, y1, x2, y2 = (float(value) for value in np.median(boxes, axis=0))
    return x1, y1, x2, y2


def cropped_frames(
    clip: DrivingClip, stretch: Stretch, driver: Driver, side_px: int
) -> Generator[RgbImage, None, None]:
    """The stretch at the clip's rate, each frame cut to the driver's square: uint8 (side_px, side_px, 3).

    Read no larger than that takes. Raises UnreadableVideo.
    """
    long_px = max(driver.size_px)
    long_side_px = min(_MOST_READ_PX, max(side_px, ceil(side_px * long_px / driver.square.side)))
    pictures = clip.read(
        fps=clip.fps, start_s=stretch.start_s, seconds=stretch.seconds, long_side_px=long_side_px
    )
    with closing(pictures):
        for picture in pictures:
            square = driver.square.scaled(max(picture.shape[:2]) / long_px)
            yield cut_square(picture, square, side_px)


def _largest_throughout(looked: Sequence[tuple[FoundFace, ...]]) -> list[FoundFace | None]:
    """For each look the same face: of all that are seen, the one whose sizes add up to most."""
    tracks: list[dict[int, FoundFace]] = []
    for index, faces in enumerate(looked):
        free = sorted(faces, key=lambda face: -side(face.box))
        for track in sorted(tracks, key=_weight, reverse=True):
            last = track[max(track)].box
            near = max(free, key=lambda face: overlap(face.box, last), default=None)
            if near is not None and overlap(near.box, last) >= _SAME_FACE_FROM:
                track[index] = near
                free.remove(near)
        tracks += [{index: face} for face in free]
    best = max(tracks, key=_weight, default={})
    return [best.get(index) for index in range(len(looked))]


def _weight(track: dict[int, FoundFace]) -> float:
    return sum(side(face.box) for face in track.values())
