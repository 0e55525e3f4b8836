"""Boxes as the cascades draw them: of the points' size and tilt, whatever box came."""

import numpy as np
import pytest

from backend.engines.faces.boxes import FoundFace, side
from backend.engines.faces.cascade_boxes import with_cascade_boxes
from backend.media.types import RgbImage
from tests.builders import a_photo
from tests.engines.faces.faces import moved

UNIT_PX = 125.92161 * 0.5


def boxed(face: FoundFace) -> FoundFace:
    def find(photo: RgbImage) -> tuple[FoundFace, ...]:
        return (face,)

    (result,) = with_cascade_boxes(find)(a_photo())
    return result


def test_the_box_is_made_of_the_points_and_nothing_else_changes() -> None:
    points = moved(0.5, 0.0, 10.0, 20.0)
    face = FoundFace(id=3, box=(0, 0, 1, 2), score=0.98, eyes=points[:2], landmarks=points)

    result = boxed(face)

    assert side(result.box) == pytest.approx(2.70 * UNIT_PX, rel=1e-4)
    middle_x, middle_y = np.mean(points, axis=0)
    assert (result.box[0] + result.box[2]) / 2 == pytest.approx(middle_x, abs=0.1)
    assert (result.box[1] + result.box[3]) / 2 == pytest.approx(middle_y - 0.22 * UNIT_PX, abs=0.1)
    assert (result.id, result.score, result.eyes, result.landmarks) == (3, 0.98, points[:2], points)


def test_on_a_tilted_face_up_is_towards_the_brow() -> None:
    points = moved(0.5, 30.0, 300.0, 20.0)
    face = FoundFace(id=0, box=(0, 0, 1, 2), score=0.98, landmarks=points)

    result = boxed(face)

    # clockwise: the brow is to the right of the chin
    middle_x = float(np.mean(points, axis=0)[0])
    assert (result.box[0] + result.box[2]) / 2 == pytest.approx(middle_x + 0.11 * UNIT_PX, abs=0.1)


def test_a_face_without_points_keeps_its_box() -> None:
    face = FoundFace(id=0, box=(1, 2, 3, 4), score=0.5)

    assert boxed(face) == face
