"""The memory of finished faces: bounded, private, and blind to who asks."""

from collections.abc import Sequence

import numpy as np

from backend.engines.gfpgan.finished_faces import FinishedFaces, key_of
from backend.media.types import FloatImage, RgbImage


class _Brighten:
    """Makes faces one level brighter and notes which it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        self.asked.append([int(face[0, 0, 0]) for face in faces])
        return [(face + 1).astype(np.uint8) for face in faces]


def _face(level: int) -> RgbImage:
    return np.full((4, 4, 3), level, np.uint8)


def _faces(*levels: int) -> list[RgbImage]:
    return [_face(level) for level in levels]


def _levels(faces: list[RgbImage]) -> list[int]:
    return [int(face[0, 0, 0]) for face in faces]


def test_only_new_faces_are_made_and_all_keep_their_places() -> None:
    finished, make = FinishedFaces(), _Brighten()
    finished.or_made(_faces(5), make)

    made = finished.or_made(_faces(7, 5, 9), make)

    assert _levels(made) == [8, 6, 10]
    assert make.asked == [[5], [7, 9]]


def test_a_face_twice_in_one_call_is_made_once() -> None:
    make = _Brighten()

    made = FinishedFaces().or_made(_faces(5, 5), make)

    assert _levels(made) == [6, 6]
    assert make.asked == [[5]]


def test_nothing_is_asked_for_no_faces() -> None:
    make = _Brighten()

    assert FinishedFaces().or_made([], make) == []
    assert make.asked == []


def test_the_face_not_asked_for_longest_goes_first() -> None:
    finished, make = FinishedFaces(kept=2), _Brighten()
    for level in (1, 2, 1, 3):
        finished.or_made(_faces(level), make)

    finished.or_made(_faces(1, 2), make)

    assert make.asked == [[1], [2], [3], [2]]


def test_what_a_caller_does_to_a_face_stays_with_the_caller() -> None:
    finished, make = FinishedFaces(), _Brighten()
    [first] = finished.or_made(_faces(1), make)

    first[:] = 99

    assert _levels(finished.or_made(_faces(1), make)) == [2]


def test_more_faces_than_are_kept_all_come_back() -> None:
    made = FinishedFaces(kept=1).or_made(_faces(1, 2, 3), _Brighten())

    assert _levels(made) == [2, 3, 4]


def test_keys_tell_pixels_shapes_and_dtypes_apart() -> None:
    face = _face(0)

    keys = {
        key_of(each) for each in (face, _face(2), face.reshape(2, 8, 3), face.astype(np.float32), face.copy())
    }

    assert len(keys) == 4
