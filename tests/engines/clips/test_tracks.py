import numpy as np
import pytest

from backend.engines.api import FivePoints
from backend.engines.clips.tracks import FaceTracks
from backend.engines.faces.boxes import FoundFace


def a_face(x: float, y: float = 50.0, *, side: float = 40.0, off: float = 0.0) -> FoundFace:
    """A face whose box begins at x, y; its points are `off` pixels from where they are."""
    points: FivePoints = (
        (x + 0.3 * side + off, y + 0.4 * side),
        (x + 0.7 * side + off, y + 0.4 * side),
        (x + 0.5 * side + off, y + 0.6 * side),
        (x + 0.35 * side + off, y + 0.8 * side),
        (x + 0.65 * side + off, y + 0.8 * side),
    )
    return FoundFace(id=0, box=(x, y, x + side, y + side), score=0.99, landmarks=points)


def followed(*frames: list[FoundFace], cuts: tuple[int, ...] = ()) -> list[tuple[FivePoints, ...]]:
    tracks = FaceTracks()
    for index, faces in enumerate(frames):
        tracks.add(faces, is_cut=index in cuts)
    return tracks.landmarks()


def test_a_face_that_stands_still_stays_where_it_is() -> None:
    frames = followed(*[[a_face(100.0)] for _ in range(12)])

    assert all(np.allclose(faces[0], np.array(a_face(100.0).landmarks), atol=1e-9) for faces in frames)


def test_trembling_points_come_to_rest() -> None:
    trembling = np.random.default_rng(0).normal(0.0, 1.0, 60)

    frames = followed(*[[a_face(100.0, off=float(off))] for off in trembling])

    steps = np.diff([faces[0][0][0] for faces in frames])
    assert np.abs(steps).mean() < 0.3 * np.abs(np.diff(trembling)).mean()


def test_a_face_that_moves_evenly_is_not_late() -> None:
    frames = followed(*[[a_face(100.0 + 2.0 * index)] for index in range(30)])

    middle = [faces[0][0][0] for faces in frames][8:22]
    assert np.allclose(middle, [100.0 + 2.0 * index + 12.0 for index in range(8, 22)], atol=1e-6)


def test_faces_that_swap_their_order_keep_their_place() -> None:
    left, right = a_face(50.0), a_face(300.0)

    frames = followed(*[[left, right] if index % 2 else [right, left] for index in range(8)])

    assert all(faces[0][0][0] > faces[1][0][0] for faces in frames)  # as in the first frame


def test_a_short_gap_is_filled_along_a_line() -> None:
    frames = followed(*[[] if 10 <= index < 14 else [a_face(100.0 + index)] for index in range(24)])

    assert [len(faces) for faces in frames] == [1] * 24
    assert frames[12][0][0][0] == pytest.approx(100.0 + 12.0 + 12.0, abs=0.05)


def test_a_long_gap_is_not() -> None:
    frames = followed(*[[] if 10 <= index < 20 else [a_face(100.0)] for index in range(30)])

    assert [len(faces) for faces in frames] == [1] * 10 + [0] * 10 + [1] * 10


def test_nobody_is_followed_across_a_cut() -> None:
    frames = followed(*[[a_face(100.0 if index < 6 else 110.0)] for index in range(12)], cuts=(6,))

    assert frames[5][0][0][0] == pytest.approx(112.0, abs=1e-9)
    assert frames[6][0][0][0] == pytest.approx(122.0, abs=1e-9)


def test_what_is_seen_in_passing_is_no_face() -> None:
    frames = followed(*[[a_face(100.0)] + ([a_face(400.0)] if index == 5 else []) for index in range(12)])

    assert [len(faces) for faces in frames] == [1] * 12


def test_a_shot_of_one_frame_keeps_its_face() -> None:
    frames = followed(*[[a_face(100.0)] for _ in range(12)], cuts=(1,))

    assert [len(faces) for faces in frames] == [1] * 12


def test_a_film_of_one_frame_keeps_its_face() -> None:
    assert len(followed([a_face(100.0)])[0]) == 1


def test_faces_without_landmarks_are_passed_over() -> None:
    unseen = FoundFace(id=0, box=(0.0, 0.0, 40.0, 40.0), score=1.0)

    assert followed(*[[unseen] for _ in range(5)]) == [()] * 5
