"""A film restored frame by frame, faces where `tracks.py` says, and one frame at a time in memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint, FivePoints, RestoreOptions, Restorer, SourcePhoto, no_checkpoint
from backend.engines.clips.shots import CutDetector
from backend.engines.clips.tracks import FaceTracks
from backend.engines.faces.finding import FindFaces
from backend.engines.faces.five_points import five_points
from backend.media.types import RgbImage


def follow_faces(
    frames: Iterable[RgbImage], find_faces: FindFaces, frame_count: int, checkpoint: Checkpoint
) -> list[tuple[FivePoints, ...]]:
    """The first of two looks at a film: every frame's faces, followed and smoothed.

    frame_count: an estimate, for progress
    """
    tracks, cuts = FaceTracks(), CutDetector()
    for index, frame in enumerate(frames):
        checkpoint(Stage.FACES, min(1.0, index / max(1, frame_count)))
        faces = [replace(face, landmarks=five_points(frame, face)) for face in find_faces(frame)]
        tracks.add(faces, is_cut=cuts.is_cut(frame))
    return tracks.landmarks()


def restored_frames(
    frames: Iterable[RgbImage],
    landmarks: Sequence[tuple[FivePoints, ...]],
    restorer: Restorer,
    options: RestoreOptions,
    checkpoint: Checkpoint,
) -> Iterator[RgbImage]:
    """The second look: each frame restored with its faces as given.

    landmarks: as `follow_faces` made them of the same frames; a frame beyond them has no face
    yields: uint8 (H, W, 3) RGB with even sides, a last row or column repeated where it takes one
    """
    for index, frame in enumerate(frames):
        checkpoint(Stage.RENDER, min(1.0, index / max(1, len(landmarks))))
        faces = landmarks[index] if index < len(landmarks) else ()
        photo = SourcePhoto(pixels=frame, landmarks=faces)
        yield _even(restorer.restore(photo, options, no_checkpoint).image)


def _even(frame: RgbImage) -> RgbImage:
    height_px, width_px = frame.shape[:2]
    if height_px % 2 == 0 and width_px % 2 == 0:
        return frame
    return np.pad(frame, ((0, height_px % 2), (0, width_px % 2), (0, 0)), mode="edge")
