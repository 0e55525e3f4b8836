"""Pixels in and out of a network, with the official code's own steps written out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.engines.gfpgan.face_pixels import to_batch, to_pixels


def test_every_level_comes_back() -> None:
    levels = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)

    [back] = to_pixels(to_batch([levels]))

    assert np.array_equal(back, levels)


def test_channels_and_faces_keep_their_places() -> None:
    red = np.zeros((2, 2, 3), np.uint8)
    red[..., 0] = 255

    batch = to_batch([red, 255 - red])

    assert batch.shape == (2, 3, 2, 2)
    assert batch.dtype == np.float32
    assert batch[:, :, 0, 0].tolist() == [[1, -1, -1], [-1, 1, 1]]


def test_float_faces_are_divided_in_float64() -> None:
    face = np.full((1, 1, 3), 17.123456, np.float32)

    batch = to_batch([face])

    expected = (np.float32(np.float64(face[0, 0, 0]) / 255.0) - np.float32(0.5)) / np.float32(0.5)
    assert batch[0, 0, 0, 0] == expected


@given(st.integers(0, 254))
def test_halves_go_to_the_even_level(level: int) -> None:
    # exactly between two levels in float32 only where the arithmetic is: search the value that gives .5
    value = np.float32(2 * (level + 0.5) / 255 - 1)
    stretched = (value + np.float32(1)) / np.float32(2) * np.float32(255)

    [face] = to_pixels(np.full((1, 3, 1, 1), value, np.float32))

    assert face[0, 0, 0] == np.round(stretched)


def test_values_beyond_the_range_are_clipped() -> None:
    [face] = to_pixels(np.array([-9.0, 0.0, 9.0], np.float32).reshape(1, 3, 1, 1))

    assert face[0, 0].tolist() == [0, 128, 255]  # 127.5 is half way; 128 is the even one
