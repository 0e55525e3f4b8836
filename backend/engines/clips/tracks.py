"""Faces followed through a film: which face is which from frame to frame, and landmarks that do not tremble.

A detector looks at each frame anew and is a pixel off here and there; a face that is aligned by such points
swims. So the whole film is looked at first, which costs ten numbers a face and frame, and smoothed both ways:
without the lag that a filter running along would have.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from backend.engines.api import FivePoints
from backend.engines.faces.boxes import Box, FoundFace

_SAME_FACE_FROM: Final = 0.3  # intersection over union of a face's boxes in two frames
_LONGEST_GAP: Final = 5  # frames that a face may be lost for: a blink of the detector, a hand passing by
_FEWEST_FRAMES: Final = 3  # what is seen more briefly is no face, unless its shot is as brief
_SMOOTHED_OVER: Final = 1.5  # frames, standard deviation; a nod takes ten


@dataclass(slots=True)
class _Track:
    """One face: where it was last, and its points in the frames in which it was seen."""

    box: Box
    shot: int
    seen: dict[int, FivePoints] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return max(self.seen)


class FaceTracks:
    """Takes what was found in each frame, in order; `landmarks` then says where every face is."""

    def __init__(self) -> None:
        self._open: list[_Track] = []
        self._closed: list[_Track] = []
        self._frame_count = 0
        self._shot_frames = [0]  # how long each shot is

    def add(self, faces: Sequence[FoundFace], *, is_cut: bool) -> None:
        """The next frame's faces; those without landmarks are passed over.

        is_cut: a new shot begins here, and nobody is who they were
        """
        index = self._frame_count
        self._frame_count += 1
        if is_cut:
            self._closed += self._open
            self._open = []
            self._shot_frames.append(0)
        self._shot_frames[-1] += 1
        self._close_lost(index)
        free = [face for face in faces if face.landmarks is not None]
        pairs = ((_shared_share(track.box, face.box), track, face) for track in self._open for face in free)
        for share, track, face in sorted(pairs, key=lambda pair: -pair[0]):
            if share >= _SAME_FACE_FROM and index not in track.seen and face in free:
                free.remove(face)
                _append(track, index, face)
        for face in free:
            track = _Track(face.box, len(self._shot_frames) - 1)
            _append(track, index, face)
            self._open.append(track)

    def landmarks(self) -> list[tuple[FivePoints, ...]]:
        """For each frame the smoothed points of its faces, always in the same order."""
        frames: list[list[FivePoints]] = [[] for _ in range(self._frame_count)]
        for track in [*self._closed, *self._open]:
            if len(track.seen) < min(_FEWEST_FRAMES, self._shot_frames[track.shot]):
                continue
            first = min(track.seen)
            for offset, points in enumerate(_smoothed(track)):
                frames[first + offset].append(points)
        return [tuple(faces) for faces in frames]

    def _close_lost(self, index: int) -> None:
        lost = [track for track in self._open if index - track.last > _LONGEST_GAP]
        self._closed += lost
        self._open = [track for track in self._open if track not in lost]


def _append(track: _Track, index: int, face: FoundFace) -> None:
    assert face.landmarks is not None
    track.box = face.box
    track.seen[index] = face.landmarks


def _smoothed(track: _Track) -> list[FivePoints]:
    """From the first to the last frame, gaps filled along straight lines."""
    known = sorted(track.seen)
    points = np.array([track.seen[index] for index in known], np.float64).reshape(len(known), 10)
    every = np.arange(known[0], known[-1] + 1)
    filled = np.stack([np.interp(every, known, column) for column in points.T], axis=1)
    return [_five(row) for row in gaussian_filter1d(filled, _SMOOTHED_OVER, axis=0, mode="nearest")]


def _five(row: npt.NDArray[np.float64]) -> FivePoints:
    a, b, c, d, e = ((float(x), float(y)) for x, y in row.reshape(5, 2))
    return a, b, c, d, e


def _shared_share(a: Box, b: Box) -> float:
    """Intersection over union, 0 to 1."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (sum(areas) - width * height)
