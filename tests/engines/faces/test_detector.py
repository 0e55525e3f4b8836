import json
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from backend.engines.faces.boxes import overlap
from backend.engines.faces.detector import find_faces
from backend.media.types import RgbImage
from tests.builders import a_photo, a_portrait
from tests.shared_data import SHARED, needs_shared

TRUE_FACE = (76.0, 58.0, 182.0, 170.0)  # in `a_portrait`, read by eye


def _portrait_scaled(ratio: float) -> RgbImage:
    portrait = Image.fromarray(a_portrait())
    return np.asarray(portrait.resize((round(256 * ratio), round(256 * ratio)), Image.Resampling.LANCZOS))


def test_finds_the_one_face_of_a_portrait_where_it_is() -> None:
    (face,) = find_faces(a_portrait())

    assert face.id == 0
    assert face.score == 1.0
    assert overlap(face.box, TRUE_FACE) > 0.8


def test_sees_both_eyes_left_one_first() -> None:
    (face,) = find_faces(a_portrait())

    left, right = face.eyes
    assert left == pytest.approx((107.3, 101.4), abs=5.0)  # read by eye in the portrait
    assert right == pytest.approx((150.8, 103.5), abs=5.0)


def test_finds_nothing_in_a_picture_without_people() -> None:
    assert find_faces(a_photo(320, 240)) == ()


@pytest.mark.parametrize("size_px", [(16, 16), (1, 5000), (5000, 1), (40, 12)])
def test_a_picture_too_small_for_a_face_is_simply_empty(size_px: tuple[int, int]) -> None:
    assert find_faces(np.full((size_px[1], size_px[0], 3), 128, np.uint8)) == ()


def test_finds_a_small_face_in_a_large_picture() -> None:
    photo = np.full((1400, 1000, 3), 120, np.uint8)
    small = _portrait_scaled(0.5)  # the face is about 45 px wide
    photo[200:328, 300:428] = small

    faces = find_faces(photo)

    assert len(faces) == 1
    assert overlap(faces[0].box, (338.0, 229.0, 391.0, 285.0)) > 0.7


def test_numbers_faces_from_left_to_right() -> None:
    photo = np.concatenate([a_portrait(), _portrait_scaled(1.0)], axis=1)

    faces = find_faces(photo)

    assert [face.id for face in faces] == [0, 1]
    assert faces[0].box[0] < faces[1].box[0]


def test_ignores_a_face_too_small_to_move() -> None:
    large = _portrait_scaled(3.0).copy()
    large[0:40, 0:40] = _portrait_scaled(40 / 256)  # a face of 14 px: below what can be moved

    assert len(find_faces(large)) == 1


def test_the_same_picture_gives_the_same_faces() -> None:
    assert find_faces(a_portrait()) == find_faces(a_portrait())


def test_the_number_of_threads_changes_no_face(threads: Callable[[int], None]) -> None:
    photo = np.concatenate([a_portrait(), _portrait_scaled(1.0)[:, ::-1], a_photo(256, 256)], axis=1)

    def faces(count: int) -> object:
        threads(count)
        return find_faces(photo)

    assert faces(1) == faces(3)


def _shared_photos() -> list[str]:
    listing = SHARED / "data" / "faces.json"
    return sorted(json.loads(listing.read_text())["photos"]) if listing.exists() else []


@needs_shared("data/photos")
@needs_shared("data/clean")
@pytest.mark.parametrize("name", _shared_photos())
def test_counts_the_faces_of_real_photos(name: str) -> None:
    expected = json.loads((SHARED / "data" / "faces.json").read_text())["photos"][name]
    with Image.open(SHARED / "data" / name) as file:
        photo = np.asarray(file.convert("RGB"))

    faces = find_faces(photo)

    assert len(faces) in expected["accept_counts"]
    for face in faces:
        boxes = [tuple(float(value) for value in one["box"]) for one in expected["faces"]]
        assert max(overlap(face.box, (x1, y1, x2, y2)) for x1, y1, x2, y2 in boxes) > 0.5
