"""Watches a film while it is made, and says how good it is: one pass, nothing kept but numbers.

Apart from the engines because all are measured with the same stick, and from `film_quality/`, which holds
what is measured of one face or one frame: here is when, and how a film's figure is made of its frames'.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import cv2
import numpy as np

from backend.domain.films import FilmQuality
from backend.engines.faces.boxes import Box, side
from backend.engines.film_quality.bends import Trembling
from backend.engines.film_quality.following import FaceFollower, Followed
from backend.engines.film_quality.likeness import Likeness
from backend.engines.film_quality.outside import Outside
from backend.engines.film_quality.regions import SMALLEST_FACE_PX, WatchedFace
from backend.engines.film_quality.seams import Seams
from backend.media.types import GrayImage, Mask, RgbImage

__all__ = ["FilmWatch", "WatchedFace"]

_NOW_AND_THEN: Final = 8  # every how many frames likeness and seams are looked at
_WORST: Final = 0.9  # of those looks, the share that is no worse than the film's figure
_MOVES: Final = 0.02  # grey levels, mean of a face's surroundings from frame to frame; less is a rest


class FilmWatch:
    """One film. Faces that are smaller than 32 pixels are not looked into.

    Memory does not grow with the frames, save for a few numbers each.
    """

    def __init__(
        self,
        still: RgbImage,
        faces: Sequence[WatchedFace],
        *,
        may_change: Mask | None,
        anchor: int = 0,
        loops: bool,
    ) -> None:
        """Get ready.

        still:      uint8 (H, W, 3) RGB, the photo at the film's size; kept, not copied
        faces:      those that move
        may_change: float32 (H, W) in [0, 1], 0 where the film must be the photo; None = not known: no `seam`
            and no `outside`
        anchor:     the frame, counted from 0, in which nothing should have moved
        loops:      the frame after the last should be the first; else there is no `loop`
        """
        self._still = still
        self._faces = [_FaceWatch(still, face) for face in faces if side(face.box) >= SMALLEST_FACE_PX]
        self._boxes = [_whole_pixels(face.box, still) for face in faces]
        self._outside = None if may_change is None else Outside(still, may_change)
        self._seams = None if may_change is None else Seams(still, may_change, [face.box for face in faces])
        self._anchor = anchor
        self._loops = loops
        self._frame_count = 0
        self._start: float | None = None
        self._seen_seams: list[float] = []

    def watched(self, frames: Iterable[RgbImage]) -> Iterator[RgbImage]:
        """The same frames, unchanged, each looked at before it is given on."""
        for frame in frames:
            self._look(frame)
            yield frame

    def quality(self) -> FilmQuality:
        """The figures of the frames that have passed."""
        if not self._frame_count:
            return FilmQuality()
        return FilmQuality(
            identity_change=_worst([face.identity_change() for face in self._faces]),
            jitter=_worst([face.trembling.px() for face in self._faces]),
            flicker=_worst([face.flicker() for face in self._faces]),
            seam=_usually_worst(self._seen_seams),
            outside=None if self._outside is None else self._outside.largest,
            loop=_worst([face.loop() for face in self._faces]) if self._loops else None,
            start=self._start,
        )

    def _look(self, frame: RgbImage) -> None:
        is_looked_into = self._frame_count % _NOW_AND_THEN == 0
        for face in self._faces:
            face.look(frame, with_likeness=is_looked_into)
        if self._seams is not None and is_looked_into and (seam := self._seams.added(frame)) is not None:
            self._seen_seams.append(seam)
        if self._outside is not None:
            self._outside.look(frame)
        if self._frame_count == self._anchor:
            self._start = _worst([_mean_change(frame[part], self._still[part]) for part in self._boxes])
        self._frame_count += 1


class _FaceWatch:
    """What is gathered of one face."""

    def __init__(self, still: RgbImage, face: WatchedFace) -> None:
        self.trembling = Trembling()
        self._follower = FaceFollower(still, face)
        self._likeness = Likeness(self._follower.rest, self._follower.region.oval)
        self._changes: list[float] = []
        self._steps: list[float] = []
        self._flicker_sum = 0.0
        self._first: GrayImage | None = None
        self._last: Followed | None = None

    def look(self, frame: RgbImage, *, with_likeness: bool) -> None:
        """The next frame, uint8 (H, W, 3) RGB."""
        seen = self._follower.follow(frame, with_whole=with_likeness)
        self.trembling.add(seen.places)
        if seen.whole is not None:
            self._changes.append(self._likeness.change(seen.whole))
        if self._last is None:
            self._first = seen.small
        else:
            change = cv2.absdiff(seen.skin, self._last.skin)
            self._flicker_sum += cv2.mean(change, self._follower.region.skin)[0]
            self._steps.append(_mean_change(seen.small, self._last.small))
        self._last = seen

    def identity_change(self) -> float | None:
        """0.0 to 1.0; nine of ten looks found no more."""
        return _usually_worst(self._changes)

    def flicker(self) -> float | None:
        """Grey levels of the skin, from frame to frame; None of one frame."""
        return self._flicker_sum / len(self._steps) if self._steps else None

    def loop(self) -> float | None:
        """The step from the last frame to the first / the usual one; None where nothing moves."""
        steps = [step for step in self._steps if step > _MOVES]
        if not steps or self._first is None or self._last is None:
            return None
        return _mean_change(self._last.small, self._first) / float(np.median(steps))


def _worst(figures: Sequence[float | None]) -> float | None:
    return max((figure for figure in figures if figure is not None), default=None)


def _usually_worst(figures: Sequence[float]) -> float | None:
    return float(np.quantile(figures, _WORST)) if figures else None


def _mean_change(picture: RgbImage | GrayImage, other: RgbImage | GrayImage) -> float:
    """Mean difference, grey levels."""
    return cv2.norm(picture, other, cv2.NORM_L1) / picture.size


def _whole_pixels(box: Box, still: RgbImage) -> tuple[slice, slice]:
    """The pixels of a box that are in the picture: at least one."""
    height, width = still.shape[:2]
    x1, y1 = min(max(0, int(box[0])), width - 1), min(max(0, int(box[1])), height - 1)
    return slice(y1, max(y1 + 1, min(height, int(box[3])))), slice(x1, max(x1 + 1, min(width, int(box[2]))))
