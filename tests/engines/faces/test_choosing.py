"""Which faces of a photo move, and what is said of the others."""

from dataclasses import dataclass

import pytest

from backend.domain.errors import InvalidOption, NoFaceFound
from backend.engines.animation_api import AnimateOptions
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.choosing import chosen_of, info_of, largest_of, notes_on_choice


@dataclass(frozen=True)
class One:
    face: FoundFace
    note: str | None = None


def a_face(face_id: int, side_px: float, note: str | None = None) -> One:
    return One(FoundFace(id=face_id, box=(0.0, 0.0, side_px, side_px), score=0.5), note)


SMALL, LARGE, AWAY = a_face(0, 40.0), a_face(1, 90.0), a_face(2, 200.0, "profile")


@pytest.mark.parametrize(
    ("faces", "expected"),
    [("all", [SMALL, LARGE]), ("largest", [LARGE]), ((0,), [SMALL]), ((2, 1), [LARGE])],
)
def test_faces_that_can_move_are_chosen(faces: object, expected: list[One]) -> None:
    options = AnimateOptions(faces=faces)  # type: ignore[arg-type]  # a parameter

    assert chosen_of([SMALL, LARGE, AWAY], options) == expected


def test_only_of_all_faces_some_are_left_alone() -> None:
    everyone, chosen = [SMALL, LARGE, AWAY], [SMALL, LARGE]

    assert notes_on_choice(everyone, chosen, AnimateOptions()) == ("faces_left_alone",)
    assert notes_on_choice(everyone, chosen, AnimateOptions(faces=(0, 1))) == ()
    assert notes_on_choice(chosen, chosen, AnimateOptions()) == ()


def test_a_face_that_is_not_there_is_an_error_and_one_that_cannot_move_is_none() -> None:
    with pytest.raises(InvalidOption, match=r"\[7\]"):
        chosen_of([SMALL], AnimateOptions(faces=(0, 7)))
    with pytest.raises(NoFaceFound):
        chosen_of([SMALL, AWAY], AnimateOptions(faces=(2,)))
    with pytest.raises(NoFaceFound):
        chosen_of([AWAY], AnimateOptions())


def test_what_a_result_says_of_a_face() -> None:
    info = info_of(AWAY, {0, 1})

    assert (info.id, info.used, info.note, info.score) == (2, False, "profile", 0.5)
    assert info_of(LARGE, {1}).used
    assert largest_of([SMALL, LARGE]) is LARGE
