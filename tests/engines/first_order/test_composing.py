"""Moved faces in a film's picture: only where they show, and whoever is pasted first."""

import numpy as np

from backend.engines.faces.boxes import Box
from backend.engines.first_order.composing import ComposedFace, Place, place_of
from backend.engines.first_order.crops import cut_square, square_around
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.seams import KeypointArrays, MovedFace
from backend.media.types import RgbImage

FILM = (240, 200)
BOXES: list[Box] = [(60.0, 60.0, 110.0, 110.0), (115.0, 80.0, 165.0, 130.0)]
NETWORK = FakeMotionNetwork()


def a_still() -> RgbImage:
    return np.random.default_rng(5).integers(0, 256, (FILM[1], FILM[0], 3), dtype=np.uint8)


def a_place(box: Box, others: list[Box]) -> Place:
    place = place_of(square_around(box), box, others, FILM, NETWORK.side_px)
    assert place is not None
    return place


def composed(still: RgbImage, place: Place) -> tuple[ComposedFace, MovedFace]:
    """A face and how it looks a little further right and down."""
    picture = cut_square(still, place.square, NETWORK.side_px)
    source = NETWORK.encode(picture)
    at = source.keypoints
    to = KeypointArrays(
        np.concatenate((at.value, at.value + np.float32(0.05))), at.jacobian.repeat(2, axis=0)
    )
    rest, moved = NETWORK.move(source, to, border="frozen", still=place.still)
    return ComposedFace(still, picture, place, rest), moved


def test_nothing_changes_where_a_face_does_not_show() -> None:
    still = a_still()
    place = a_place(BOXES[0], [])
    face, moved = composed(still, place)
    frame = still.copy()

    face.paste(moved, frame)

    height, width = place.shown.shape
    outside = np.ones(still.shape[:2], bool)
    outside[place.y : place.y + height, place.x : place.x + width] = place.shown == 0
    assert np.array_equal(frame[outside], still[outside])
    assert (frame[~outside] != still[~outside]).mean() > 0.3


def test_the_order_of_faces_does_not_matter() -> None:
    still = a_still()
    faces = [composed(still, a_place(box, [other for other in BOXES if other is not box])) for box in BOXES]
    one, other = still.copy(), still.copy()

    for face, moved in faces:
        face.paste(moved, one)
    for face, moved in reversed(faces):
        face.paste(moved, other)

    assert np.array_equal(one, other)


def test_a_face_at_the_photo_s_edge_is_pasted_inside_it() -> None:
    still = a_still()
    face, moved = composed(still, a_place((-10.0, 150.0, 50.0, 210.0), []))
    frame = still.copy()

    face.paste(moved, frame)

    assert frame.shape == still.shape
    assert (frame[-1, :40] != still[-1, :40]).any()


def test_a_face_beside_the_film_has_no_place() -> None:
    box = (600.0, 60.0, 650.0, 110.0)

    assert place_of(square_around(box), box, [], FILM, NETWORK.side_px) is None


def test_a_face_under_another_one_has_no_place() -> None:
    assert place_of(square_around(BOXES[0]), BOXES[0], [BOXES[0]], FILM, NETWORK.side_px) is None
