"""Squares around faces: where they lie, what they show beyond the picture, and what shrinking does."""

import numpy as np
import pytest

from backend.engines.first_order.crops import Square, cut_square, face_box_in, mirrored, square_around


def test_the_face_of_a_square_is_framed_by_that_square() -> None:
    square = square_around(face_box_in(256.0))

    assert square == Square(x=0, y=0, side=256)


def test_a_square_keeps_the_aspect_of_a_box_that_is_not_square() -> None:
    square = square_around((100.0, 100.0, 180.0, 220.0))

    assert square.side == round(1.945 * 100)
    assert abs(square.x + square.side / 2 - 140.0) <= 0.5


def test_a_square_inside_the_picture_is_a_part_of_it() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (40, 50, 3), dtype=np.uint8)

    shown = cut_square(picture, Square(x=7, y=5, side=20), 20)

    assert np.array_equal(shown, picture[5:25, 7:27])


def test_beyond_the_picture_it_is_mirrored_and_not_squeezed() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (12, 12, 3), dtype=np.uint8)

    shown = mirrored(picture, Square(x=-4, y=-2, side=20))

    expected = np.pad(picture, ((2, 6), (4, 4), (0, 0)), mode="reflect")
    assert np.array_equal(shown, expected)


def test_a_square_many_times_the_picture_is_still_filled() -> None:
    picture = np.full((3, 2, 3), 9, np.uint8)

    assert (cut_square(picture, Square(x=-20, y=-30, side=64), 16) == 9).all()


def test_shrinking_averages_instead_of_picking_pixels() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200

    shown = cut_square(stripes, Square(x=0, y=0, side=64), 16)

    assert (shown == 100).all()


def test_a_square_beside_the_picture_is_an_error() -> None:
    with pytest.raises(ValueError, match="outside"):
        cut_square(np.zeros((10, 10, 3), np.uint8), Square(x=10, y=0, side=5), 4)


def test_a_square_of_a_smaller_picture() -> None:
    assert Square(x=10, y=20, side=30).scaled(0.5, -3.0, 1.0) == Square(x=2, y=11, side=15)
