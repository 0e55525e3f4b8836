"""Which faces move, as a person writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import InvalidOption
from backend.services.face_choice import face_presets, read_faces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", "all"),
        ("largest", "largest"),
        ("2, 0,2", (0, 2)),
        ("0:smile", {0: "smile"}),
        ("2:nod, 0 : smile_blink", {0: "smile_blink", 2: "nod"}),
        ("1:9", {1: "9"}),
    ],
)
def test_each_way_of_writing_is_read(text: str, expected: object) -> None:
    assert read_faces(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "some", "-1", "0,", "12345", "0:", ":nod", "0:nod,1", "0:nod,0:smile", "0:no d", "0:nod:smile", "٣"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        read_faces(text)

    assert refused.value.option == "faces"


@given(st.dictionaries(st.integers(0, 9999), st.sampled_from(["nod", "smile_blink", "3"]), min_size=1))
def test_what_is_written_is_what_is_read(wanted: dict[int, str]) -> None:
    text = ",".join(f"{face_id}:{preset}" for face_id, preset in wanted.items())

    assert read_faces(text) == wanted


@given(st.text(max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    try:
        read_faces(text)
    except InvalidOption as refused:
        assert refused.option == "faces"


@pytest.mark.parametrize(
    "wanted", [{}, {"a": "nod"}, {"0": None}, {"0": True}, {"0": ["nod"]}, {"0": "nod", "00": "smile"}]
)
def test_json_that_names_no_faces_or_presets_is_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(InvalidOption):
        face_presets(wanted)


def test_more_faces_than_any_photo_has_are_refused() -> None:
    with pytest.raises(InvalidOption):
        read_faces(",".join(f"{face_id}:nod" for face_id in range(101)))
