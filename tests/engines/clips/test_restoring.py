from collections.abc import Iterator

import numpy as np

from backend.domain.jobs import Stage
from backend.engines.api import (
    Checkpoint,
    FivePoints,
    Restoration,
    RestoreOptions,
    SourcePhoto,
    no_checkpoint,
)
from backend.engines.clips.restoring import follow_faces, restored_frames
from backend.engines.faces.boxes import FoundFace
from backend.media.types import RgbImage
from tests.builders import a_photo

POINTS: FivePoints = ((10.0, 10.0), (20.0, 10.0), (15.0, 15.0), (11.0, 20.0), (19.0, 20.0))


class MarksFaces:
    """A restorer that paints the first eye of every face it is given, and nothing else."""

    name, version = "gfpgan", "test"

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        image = photo.pixels.copy()
        for face in photo.landmarks or ():
            x, y = (round(value) for value in face[0])
            image[y, x] = (255, 0, 255)
        return Restoration(image=image, scale=1)


def one_face(photo: RgbImage) -> tuple[FoundFace, ...]:
    return (FoundFace(id=0, box=(5.0, 5.0, 25.0, 25.0), score=1.0, landmarks=POINTS),)


def film(count: int, width_px: int = 96, height_px: int = 64) -> Iterator[RgbImage]:
    return (a_photo(width_px, height_px) for _ in range(count))


def test_every_frame_is_restored_with_the_faces_that_were_followed() -> None:
    landmarks = follow_faces(film(6), one_face, 6, no_checkpoint)

    made = list(restored_frames(film(6), landmarks, MarksFaces(), RestoreOptions(), no_checkpoint))

    assert len(made) == 6
    assert all(tuple(frame[10, 10]) == (255, 0, 255) for frame in made)


def test_odd_sides_are_made_even() -> None:
    (frame,) = restored_frames(film(1, 95, 63), [()], MarksFaces(), RestoreOptions(), no_checkpoint)

    assert frame.shape == (64, 96, 3)
    assert np.array_equal(frame[63], frame[62])


def test_a_frame_more_than_was_looked_at_is_kept_without_faces() -> None:
    made = list(restored_frames(film(3), [(POINTS,)], MarksFaces(), RestoreOptions(), no_checkpoint))

    assert tuple(made[0][10, 10]) == (255, 0, 255)
    assert np.array_equal(made[2], a_photo(96, 64))


def test_both_looks_report_how_far_they_are() -> None:
    told: list[tuple[Stage, float]] = []

    landmarks = follow_faces(film(4), one_face, 4, lambda stage, share: told.append((stage, share)))
    list(
        restored_frames(
            film(4),
            landmarks,
            MarksFaces(),
            RestoreOptions(),
            lambda stage, share: told.append((stage, share)),
        )
    )

    assert told == [(stage, index / 4) for stage in (Stage.FACES, Stage.RENDER) for index in range(4)]
