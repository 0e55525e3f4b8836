"""Five points of a face that only the cascades saw."""

import numpy as np

from backend.engines.faces.boxes import FoundFace, side
from backend.engines.faces.detector import find_faces
from backend.engines.faces.five_points import five_points
from tests.builders import a_photo, a_portrait
from tests.engines.faces.faces import moved

# By eye, on the picture at eight times its size: eyes, nose tip, mouth corners.
BY_EYE = ((108.5, 101.2), (150.9, 103.3), (129.5, 127.5), (107.3, 140.4), (148.0, 142.0))


def test_points_of_a_portrait_lie_where_one_sees_them() -> None:
    photo = a_portrait()
    (face,) = find_faces(photo)

    points = five_points(photo, face)

    assert points is not None
    # an eighth of the eyes' distance; the nose is reckoned, not seen
    np.testing.assert_allclose(points, BY_EYE, atol=5.3)


def test_points_that_the_finder_saw_are_taken_as_they_are() -> None:
    points = moved(0.3, 10.0, 5.0, 5.0)
    face = FoundFace(id=0, box=(0, 0, 50, 50), score=1.0, landmarks=points)

    assert five_points(a_photo(), face) == points


def test_a_face_too_small_to_measure_has_no_points() -> None:
    photo = a_portrait()
    (face,) = find_faces(photo)
    tiny = photo[::8, ::8].copy()
    x1, y1, x2, y2 = (value / 8 for value in face.box)
    small = FoundFace(id=0, box=(x1, y1, x2, y2), score=1.0)

    assert side(small.box) < 15
    assert five_points(tiny, small) is None
