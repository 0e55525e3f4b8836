"""Where faces show and move: soft, inside their squares, and never two in one place."""

import numpy as np
import numpy.typing as npt
import pytest

from backend.engines.faces.boxes import Box
from backend.engines.first_order.crops import Square, face_box_in, square_around
from backend.engines.first_order.matte import Masks, masks_at

SIDE = 200


def places(width: int, height: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    return np.arange(width, dtype=np.float32)[None, :], np.arange(height, dtype=np.float32)[:, None]


def masks(square: Square, box: Box, *others: Box, width: int = SIDE, height: int = SIDE) -> Masks:
    return masks_at(*places(width, height), square, box, others)


@pytest.fixture
def alone() -> Masks:
    return masks(Square(x=0, y=0, side=SIDE), face_box_in(SIDE))


def test_a_face_fades_out_before_its_square_ends(alone: Masks) -> None:
    border = np.ones((SIDE, SIDE), bool)
    border[1:-1, 1:-1] = False

    assert (alone.shown[border] == 0).all()
    assert (alone.free[border] == 0).all()


def test_brows_to_chin_and_hair_are_shown_and_move_freely(alone: Masks) -> None:
    x1, y1, x2, y2 = face_box_in(SIDE)
    x, y = places(SIDE, SIDE)
    face = (2 * (x - x1) / (x2 - x1) - 1) ** 2 + (2 * (y - y1) / (y2 - y1) - 1) ** 2 < 1

    assert (alone.free[face] > 0.95).all()
    assert (alone.shown[round(y1 - (y2 - y1) / 3) : round(y2), SIDE // 2] == 1).all()


def test_what_fades_into_the_photo_does_not_move(alone: Masks) -> None:
    assert (alone.shown[alone.free > 0] > 0.9).all()
    assert ((alone.shown > 0) & (alone.free == 0)).any()


def test_the_edge_is_softer_than_a_twenty_fifth_of_the_square(alone: Masks) -> None:
    row = alone.shown[SIDE // 2, : SIDE // 2]

    assert np.count_nonzero((row > 0) & (row < 1)) >= 0.04 * SIDE
    assert np.abs(np.diff(alone.shown, axis=0)).max() < 0.2


def test_neighbours_never_show_in_one_place_and_never_move_each_other() -> None:
    boxes: list[Box] = [(60.0, 60.0, 120.0, 120.0), (110.0, 80.0, 170.0, 140.0), (20.0, 110.0, 80.0, 170.0)]
    each = [
        masks(square_around(box), box, *(other for other in boxes if other is not box), width=240, height=240)
        for box in boxes
    ]

    shown = np.stack([one.shown for one in each])

    assert ((shown > 0).sum(axis=0) <= 1).all()
    for one, box in zip(each, boxes, strict=True):
        assert one.shown[round(box[1] + 30), round(box[0] + 30)] == 1
        assert (one.shown[one.free > 0] > 0.8).all()


def test_two_boxes_on_one_face_leave_nothing_to_show() -> None:
    box = face_box_in(SIDE)

    assert masks(Square(x=0, y=0, side=SIDE), box, box).shown.max() == 0
