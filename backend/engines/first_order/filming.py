"""How the faces of one photo become frames: everything that no frame changes once, then a stream of frames.

Apart from the engine, which decides who moves and how; here is where networks and pictures meet.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from backend.domain.jobs import Stage
from backend.engines.animation_api import AnimateOptions, BestFrame, Border
from backend.engines.api import Checkpoint
from backend.engines.faces.boxes import Box
from backend.engines.film_watch import FilmWatch, WatchedFace
from backend.engines.first_order.ahead import ahead, made_ahead
from backend.engines.first_order.composing import ComposedFace, Place, place_of
from backend.engines.first_order.crops import cut_square
from backend.engines.first_order.driven_motion import DrivenMotion
from backend.engines.first_order.faces import FilmFace
from backend.engines.first_order.moving import MovedKeypoints, moved_keypoints
from backend.engines.first_order.seams import KeypointArrays, MotionNetwork, MovedFace, Source
from backend.media.types import RgbImage

_FRAMES_AHEAD: Final = 2  # more would only lie about: networks work in batches of their own
_MOST_COMPOSERS: Final = 4  # each holds a frame, and no encoder takes more than these make


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MovingFace:
    """A face, ready to be drawn."""

    film: FilmFace
    composed: ComposedFace
    source: Source
    moved: MovedKeypoints
    is_relative: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be done with the motion to lay it onto this face."""
        return self.moved.notes

    def is_at_rest(self, frame_index: int) -> bool:
        """Whether it is in this frame as in the photo: then nothing is drawn, and nothing rounded."""
        return self.is_relative and frame_index % len(self.moved.to) == self.moved.anchor


class Filming:
    """A film's still picture and a network, and how faces are moved in it."""

    def __init__(
        self, still: RgbImage, boxes: Mapping[int, Box], network: MotionNetwork, options: AnimateOptions
    ) -> None:
        """What all faces share.

        still: uint8 (H, W, 3) RGB, the film where nothing moves
        boxes: face id -> box in film pixels, of every face, moving or not
        """
        self._still = still
        self._boxes = boxes
        self._network = network
        self._options = options

    def place(self, face: FilmFace) -> Place | None:
        """Where a face shows; None where it cannot: another one lies on it."""
        height_px, width_px = self._still.shape[:2]
        others = [box for face_id, box in self._boxes.items() if face_id != face.id]
        return place_of(face.square, face.box, others, (width_px, height_px), self._network.side_px)

    def face(
        self,
        portrait: RgbImage,
        face: FilmFace,
        place: Place,
        motion: DrivenMotion,
        best_frame: BestFrame,
    ) -> MovingFace:
        """Everything about one face that no frame changes.

        portrait:   uint8 (H, W, 3) RGB, the photo; the network sees the face as large as it is there
        best_frame: instead of the options', so that faces can share one
        """
        picture = cut_square(portrait, face.source, self._network.side_px)
        source = self._network.encode(picture)
        with closing(self._moved(source, source.keypoints, place)) as at_rest:
            composed = ComposedFace(self._still, picture, place, next(at_rest))
        return MovingFace(
            film=face,
            composed=composed,
            source=source,
            moved=moved_keypoints(motion, source.keypoints, replace(self._options, best_frame=best_frame)),
            is_relative=self._options.relative,
        )

    def frames(
        self, faces: Sequence[MovingFace], frame_count: int, checkpoint: Checkpoint
    ) -> Iterator[RgbImage]:
        """Frame after frame, uint8 (H, W, 3) RGB; drawn ahead in one thread, composited in some more."""

        def composed(numbered: tuple[int, tuple[MovedFace, ...]]) -> RgbImage:
            frame_index, drawn_faces = numbered
            frame = self._still.copy()
            for face, moved in zip(faces, drawn_faces, strict=True):
                if not face.is_at_rest(frame_index):
                    face.composed.paste(moved, frame)
            return frame

        workers = min(max(1, cv2.getNumThreads()), _MOST_COMPOSERS)
        with (
            closing(ahead(self._drawn(faces, frame_count), _FRAMES_AHEAD)) as drawn,
            closing(made_ahead(composed, enumerate(drawn), workers)) as frames,
        ):
            for frame_index in range(frame_count):
                checkpoint(Stage.RENDER, frame_index / frame_count)
                yield next(frames)
        checkpoint(Stage.RENDER, 1.0)

    def watch(self, faces: Sequence[MovingFace], *, loops: bool) -> FilmWatch:
        """Whoever measures the film. loops: the frame after the last should be the first."""
        may_change = np.zeros(self._still.shape[:2], np.float32)
        for face in faces:
            face.composed.place.mark(may_change)
        watched = [WatchedFace(box=face.film.box, points=face.film.points) for face in faces]
        return FilmWatch(
            self._still, watched, may_change=may_change, anchor=faces[0].moved.anchor, loops=loops
        )

    def _drawn(
        self, faces: Sequence[MovingFace], frame_count: int
    ) -> Generator[tuple[MovedFace, ...], None, None]:
        """What the network makes of every face, frame after frame."""
        streams = [
            self._moved(face.source, _repeated(face.moved.to, frame_count), face.composed.place)
            for face in faces
        ]
        try:
            yield from zip(*streams, strict=True)
        finally:
            for stream in streams:
                stream.close()

    def _moved(self, source: Source, to: KeypointArrays, place: Place) -> Generator[MovedFace, None, None]:
        border: Border = self._options.border or "frozen"
        yield from self._network.move(source, to, border=border, still=place.still, mode=self._options.mode)


def _repeated(to: KeypointArrays, count: int) -> KeypointArrays:
    """A motion, from its start again as often as it takes."""
    index = [place % len(to) for place in range(count)]
    return KeypointArrays(to.value[index], to.jacobian[index])
