from dataclasses import replace
from math import nan

import pytest

from backend.domain.errors import InvalidOption
from backend.engines.api import FivePoints
from backend.engines.faces.boxes import FoundFace
from backend.engines.gfpgan.choice import Choice, FaceChoice, choose_faces, faces_at
from tests.engines.gfpgan.fake_models import a_face, points_at

LEFT, MIDDLE, RIGHT = a_face(0, 10, 20, 100), a_face(1, 150, 40, 110), a_face(2, 300, 30, 90)


def chosen(wanted: FaceChoice, *faces: FoundFace) -> Choice:
    return choose_faces(faces or (LEFT, MIDDLE, RIGHT), wanted, 400, 200)


def test_all_faces_are_restored_unless_some_are_asked_for() -> None:
    choice = chosen(None)

    assert [one.id for one in choice.chosen] == [0, 1, 2]
    assert all(face.used and face.note is None for face in choice.faces)


def test_only_the_faces_asked_for_are_restored() -> None:
    choice = chosen((0, 2))

    assert [one.id for one in choice.chosen] == [0, 2]
    assert [(face.used, face.note) for face in choice.faces] == [
        (True, None),
        (False, "not_chosen"),
        (True, None),
    ]


def test_an_id_that_nobody_has_is_refused() -> None:
    with pytest.raises(InvalidOption) as refused:
        chosen((0, 7))

    assert refused.value.option == "face_ids"


def test_the_one_nearest_to_the_centre_can_be_asked_for() -> None:
    assert [one.id for one in chosen("centre").chosen] == [1]


def test_the_centre_falls_on_a_face_that_can_be_restored() -> None:
    unseen = replace(MIDDLE, landmarks=None)

    choice = chosen("centre", LEFT, unseen, RIGHT)

    assert [one.id for one in choice.chosen] == [0]
    assert choice.faces[1].note == "profile"


def test_nobody_at_all_is_no_error() -> None:
    choice = choose_faces((), "centre", 400, 200)

    assert choice.faces == ()
    assert choice.chosen == ()


@pytest.mark.parametrize(("eyes_px", "note"), [(4.9, "too_small"), (5.1, None)])
def test_eyes_less_than_five_pixels_apart_hold_no_face(eyes_px: float, note: str | None) -> None:
    # The template's eyes are 125.92 of 512 apart.
    tiny = a_face(0, 10, 10, 512 * eyes_px / 125.9217)

    assert chosen(None, tiny).faces[0].note == note


@pytest.mark.parametrize(
    "points",
    [None, ((nan, 1.0),) * 5, ((10.0, 10.0), (60.0, 10.0), (nan, 30.0), (20.0, 50.0), (50.0, 50.0))],
)
def test_points_that_are_no_face_leave_it_alone(points: FivePoints | None) -> None:
    face = chosen(None, replace(LEFT, landmarks=points)).faces[0]

    assert (face.used, face.note) == (False, "profile")


def test_a_face_turned_away_is_left_unless_somebody_says_it_is_one() -> None:
    # A woman in profile: the far eye, the nose and the far corner of the mouth are nearly one line.
    points = ((30.0, 40.0), (49.0, 41.0), (62.0, 55.0), (42.0, 70.0), (54.0, 70.0))
    profile = replace(LEFT, landmarks=points)

    found = choose_faces([profile], None, 400, 200)
    given = choose_faces([profile], None, 400, 200, are_given=True)

    assert (found.faces[0].used, found.faces[0].note) == (False, "profile")
    assert given.faces[0].used


def test_given_points_are_faces_in_their_order_with_a_box_around_them() -> None:
    faces = faces_at([points_at(200, 10, 100), points_at(10, 10, 100)])

    assert [face.id for face in faces] == [0, 1]
    for face in faces:
        assert face.landmarks is not None
        x1, y1, x2, y2 = face.box
        assert all(x1 < x < x2 and y1 < y < y2 for x, y in face.landmarks)
        assert 40 < x2 - x1 < 80  # of a crop of 100, where a face fills about 60


def test_the_ratio_says_how_much_larger_than_the_network_a_face_is() -> None:
    assert chosen(None, a_face(0, 0, 0, 1024)).chosen[0].photo_ratio == pytest.approx(2.0, abs=1e-3)
