"""The search: every size, every way up, each face once; and the official single look."""

from collections.abc import Sequence

import numpy as np
import pytest

from backend.engines.faces.boxes import side
from backend.engines.faces.finding import FindFaces
from backend.engines.faces.geometry import pose_of
from backend.engines.faces.looking import Look, Seen
from backend.engines.faces.retinaface import RetinaFaceFinder
from backend.media.types import RgbImage
from tests.engines.faces.faces import SquareLook, moved, paint_face


def a_wall(width_px: int, height_px: int) -> RgbImage:
    return np.full((height_px, width_px, 3), 128, np.uint8)


def test_a_finder_fits_the_seam() -> None:
    find: FindFaces = RetinaFaceFinder(SquareLook())

    assert find(a_wall(64, 64)) == ()


def test_faces_come_from_left_to_right_with_box_eyes_and_points_where_they_are() -> None:
    photo = a_wall(800, 600)
    paint_face(photo, 500, 100, 60)
    paint_face(photo, 100, 300, 120)

    faces = RetinaFaceFinder(SquareLook())(photo)

    assert [face.id for face in faces] == [0, 1]
    np.testing.assert_allclose(faces[0].box, (100, 300, 220, 420), atol=2.0)  # a crop's pixel is 1.2 of these
    np.testing.assert_allclose(faces[1].box, (500, 100, 560, 160), atol=1.0)
    assert faces[0].landmarks is not None
    assert faces[0].eyes == faces[0].landmarks[:2]
    expected = moved(120 / 256, 0.0, 100 - 60, 300 - 75)
    np.testing.assert_allclose(faces[0].landmarks, expected, atol=2.0)


def test_a_face_of_40_px_in_twelve_megapixels_is_found_beside_one_that_fills_half_the_photo() -> None:
    photo = a_wall(4000, 3000)
    paint_face(photo, 300, 600, 1800)
    paint_face(photo, 3200, 500, 40)

    faces = RetinaFaceFinder(SquareLook(least_px=14))(photo)

    assert [side(face.box) for face in faces] == pytest.approx([1800, 40], rel=0.03)


def test_no_look_is_as_large_as_a_large_photo() -> None:
    look = SquareLook()

    RetinaFaceFinder(look)(a_wall(4000, 3000))

    assert max(max(size) for size in look.sizes_px) == 2000


def test_a_thumbnail_is_enlarged() -> None:
    photo = a_wall(120, 100)
    paint_face(photo, 40, 40, 20)

    assert len(RetinaFaceFinder(SquareLook(least_px=30))(photo)) == 1


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_face_on_its_side_is_found_with_its_points_named_as_upright(quarters: int) -> None:
    photo = a_wall(700, 600)
    paint_face(photo, 100, 200, 100)
    turned = np.ascontiguousarray(np.rot90(photo, quarters))

    (face,) = RetinaFaceFinder(SquareLook())(turned)

    assert face.landmarks is not None
    roll_degrees = pose_of(face.landmarks).roll_degrees
    # numpy turns anticlockwise, a roll is clockwise; the crop is cut to a whole pixel
    assert abs((roll_degrees + 90 * quarters + 180) % 360 - 180) < 0.5
    assert side(face.box) == pytest.approx(100, abs=2)


def test_who_wants_upright_faces_only_gets_no_others() -> None:
    photo = a_wall(700, 600)
    paint_face(photo, 100, 200, 100)
    finder = RetinaFaceFinder(SquareLook(), only_upright=True)

    assert len(finder(photo)) == 1
    assert finder(np.ascontiguousarray(np.rot90(photo))) == ()


def test_a_face_cut_by_the_edge_is_looked_at_too() -> None:
    photo = a_wall(400, 400)
    paint_face(photo, 0, 340, 60)

    (face,) = RetinaFaceFinder(SquareLook())(photo)

    np.testing.assert_allclose(face.box, (0, 340, 60, 400), atol=1.5)


def test_what_a_second_look_does_not_believe_in_is_dropped() -> None:
    photo = a_wall(400, 400)
    paint_face(photo, 100, 100, 60)

    assert RetinaFaceFinder(SquareLook(score=0.90))(photo) == ()


class FixedLook:
    """A fake `Look` that sees the same in every picture."""

    def __init__(self, *seen: Seen) -> None:
        self.seen = seen
        self.thresholds: list[float] = []
        self.pictures: list[RgbImage] = []

    def __call__(self, pictures: Sequence[RgbImage], threshold: float) -> list[list[Seen]]:
        self.thresholds.append(threshold)
        self.pictures += pictures
        return [[one for one in self.seen if one.score > threshold] for _ in pictures]


def seen_at(x: float, score: float, ratio: float = 0.2) -> Seen:
    return Seen(box=(x, 10, x + 30, 40), score=score, points=moved(ratio, 0.0, x, 0))


def test_the_official_way_is_one_look_at_full_size_and_keeps_the_order_of_scores() -> None:
    look = FixedLook(seen_at(60, 0.99), seen_at(10, 0.98), seen_at(90, 0.96))
    photo = a_wall(2000, 50)

    faces = RetinaFaceFinder(look).official(photo)

    assert [(face.id, face.box[0], face.score) for face in faces] == [(0, 60, 0.99), (1, 10, 0.98)]
    assert look.thresholds == [0.97]
    assert look.pictures[0] is photo


def test_the_official_way_drops_eyes_that_are_less_than_five_pixels_apart() -> None:
    look: Look = FixedLook(
        seen_at(10, 0.99, ratio=4.99 / 125.92161), seen_at(60, 0.98, ratio=5.01 / 125.92161)
    )

    faces = RetinaFaceFinder(look).official(a_wall(100, 50))

    assert [face.box[0] for face in faces] == [60]


def test_the_official_way_may_have_a_network_of_its_own() -> None:
    exact, fast = FixedLook(seen_at(10, 0.99)), FixedLook()

    faces = RetinaFaceFinder(fast, exact).official(a_wall(100, 50))

    assert len(faces) == 1
    assert not fast.pictures
