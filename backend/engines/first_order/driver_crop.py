"""Whose face drives, and the square that is cut around it: one place for the whole clip.

The networks were trained on clips whose crop stands still while the head moves in it; a crop that follows the
head would take the motion away. Apart from following the motion: this needs a finder, and no network.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.domain.errors import NoFaceFound
from backend.domain.jobs import Stage
from backend.engines.animation_api import DrivingClip
from backend.engines.api import Checkpoint, FivePoints
from backend.engines.clips.stretch import Stretch
from backend.engines.faces.boxes import Box, FoundFace, overlap, side
from backend.engines.faces.finding import FindFaces
from backend.engines.faces.five_points import five_points
from backend.media.types import RgbImage

FACE_SHARE: Final = 0.6  # of the crop's side; training crops had 0.55 to 0.8
_LOOKED_SIDE_PX: Final = 512
_LOOKS: Final = 16  # to find a face for certain takes a third of a second
_SAME_FACE_FROM: Final = 0.4  # of the smaller box
_ALSO_A_FACE: Final = 0.35  # of the largest one's side: people behind are no second driver
_LOST_SHARE: Final = 0.25  # of the looks; shut eyes may hide a face from the finder
_MOST_READ_PX: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverLook:
    """The driver at one moment: frame of the stretch, counted from 0; None where the face was not found."""

    frame: int
    box: Box | None
    points: FivePoints | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """The face that is followed. All lengths are shares of the picture's long side.

    centre, side: of the square that is cut out; it may lie beyond the picture's edges
    shape: the picture's width and height
    """

    centre: tuple[float, float]
    side: float
    shape: tuple[float, float]
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
        inside = 1.0
        for centre, length in zip(self.centre, self.shape, strict=True):
            inside *= min(centre + self.side / 2, length) - max(centre - self.side / 2, 0.0)
        return inside < 0.85 * self.shape[0] * self.shape[1]


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
    long_px, shape = 1, (1.0, 1.0)
    with closing(pictures):
        for index, picture in enumerate(pictures):
            checkpoint(Stage.MOTION, 0.3 + min(0.2 * index / _LOOKS, 0.2))
            long_px = max(picture.shape[:2])
            shape = (picture.shape[1] / long_px, picture.shape[0] / long_px)
            faces = find(picture)
            looked.append(faces)
            largest = max((side(face.box) for face in faces), default=0.0)
            points.append(
                {
                    face.id: five_points(picture, face)
                    for face in faces
                    if side(face.box) > _ALSO_A_FACE * largest
                }
            )
    chosen = _largest_throughout(looked)
    boxes = np.array([face.box for face in chosen if face is not None], np.float64)
    if not len(boxes):
        raise NoFaceFound("nobody looks at the camera in this clip")
    centre, length = square_around(boxes)
    looks = tuple(
        DriverLook(
            frame=round(index / fps * clip.fps),
            box=None if face is None else _shares(face.box, long_px),
            points=None if face is None else points[index].get(face.id),
        )
        for index, face in enumerate(chosen)
    )
    return Driver(
        centre=(centre[0] / long_px, centre[1] / long_px),
        side=length / long_px,
        shape=shape,
        looks=looks,
        is_one_of_several=_are_several(looked),
    )


def square_around(boxes: npt.NDArray[np.float64]) -> tuple[tuple[float, float], float]:
    """Centre and side of the square around a face's boxes (N, 4) over time.

    The median face takes `FACE_SHARE` of it; a face that wanders off is still inside, brow to chin.
    """
    x1, y1, x2, y2 = np.median(boxes, axis=0)
    usual = float(max(x2 - x1, y2 - y1)) / FACE_SHARE
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    reach = 2 * max((x1 + x2) / 2 - left, right - (x1 + x2) / 2, (y1 + y2) / 2 - top, bottom - (y1 + y2) / 2)
    return (float(x1 + x2) / 2, float(y1 + y2) / 2), max(usual, float(reach))


def cropped_frames(
    clip: DrivingClip, stretch: Stretch, driver: Driver, side_px: int
) -> Generator[RgbImage, None, None]:
    """The stretch at the clip's rate, each frame cut to the driver's square: uint8 (side_px, side_px, 3).

    Beyond the picture's edges it is mirrored. Raises UnreadableVideo.
    """
    long_side_px = min(_MOST_READ_PX, max(side_px, round(side_px / driver.side)))
    pictures = clip.read(
        fps=clip.fps, start_s=stretch.start_s, seconds=stretch.seconds, long_side_px=long_side_px
    )
    with closing(pictures):
        for picture in pictures:
            long_px = max(picture.shape[:2])
            length = max(1, round(driver.side * long_px))
            left, top = (round(centre * long_px - length / 2) for centre in driver.centre)
            columns = _mirrored(np.arange(left, left + length), picture.shape[1])
            rows = _mirrored(np.arange(top, top + length), picture.shape[0])
            yield resized(picture[np.ix_(rows, columns)], side_px)


def resized(square: RgbImage, side_px: int) -> RgbImage:
    """A square picture at another size; made smaller, every pixel of it counts, as in training."""
    if square.shape[0] == side_px:
        return np.ascontiguousarray(square)
    way = cv2.INTER_AREA if square.shape[0] > side_px else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(square, (side_px, side_px), interpolation=way), np.uint8)


def _mirrored(places: npt.NDArray[np.int64], length: int) -> npt.NDArray[np.int64]:
    """Indices within a row of that length, folded at its ends as often as it takes."""
    if length == 1:
        return np.zeros_like(places)
    folded = np.abs((places + (length - 1)) % (2 * (length - 1)) - (length - 1))
    return np.asarray(folded, np.int64)


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


def _are_several(looked: Sequence[tuple[FoundFace, ...]]) -> bool:
    """Whether there is more than one large face most of the time: a finder errs now and then."""
    crowded = 0
    for faces in looked:
        sides = sorted((side(face.box) for face in faces), reverse=True)
        crowded += len(sides) > 1 and sides[1] > _ALSO_A_FACE * sides[0]
    return crowded > max(1, len(looked) // 4)


def _shares(box: Box, long_px: int) -> Box:
    x1, y1, x2, y2 = (value / long_px for value in box)
    return x1, y1, x2, y2
