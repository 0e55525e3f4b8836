from dataclasses import replace

import numpy as np

from backend.engines.builtin.animation.mouth import MouthPainter
from backend.media.types import RgbImage
from tests.engines.builtin.animation.known_faces import SKIN, drawn_face, known_landmarks

FACE = known_landmarks()
PHOTO = drawn_face(FACE)
ACROSS = np.zeros((1, 3), np.float32)
FROM_UPPER = np.array([[0.03, 0.1, 0.2]], np.float32)  # under the upper lip, in the middle, on the lower lip
FROM_LOWER = np.array([[0.2, 0.13, 0.01]], np.float32)


def _sepia() -> RgbImage:
    light = PHOTO.mean(axis=2, keepdims=True)
    return np.asarray(np.clip(light * np.array([1.0, 0.85, 0.65]), 0, 255), np.uint8)


def test_the_hollow_is_far_darker_than_the_skin() -> None:
    inside = MouthPainter(PHOTO, FACE).paint(ACROSS, FROM_UPPER, FROM_LOWER, opened=0.25)

    assert inside[0, 1].mean() < 0.5 * np.mean(SKIN)


def test_teeth_show_below_the_upper_lip_of_a_wide_mouth() -> None:
    inside = MouthPainter(PHOTO, FACE).paint(ACROSS, FROM_UPPER, FROM_LOWER, opened=0.6)

    assert inside[0, 0].mean() > 1.5 * inside[0, 1].mean()


def test_no_second_row_of_teeth_where_the_photo_shows_some() -> None:
    toothy = replace(FACE, lips=replace(FACE.lips, gap=0.15, shows_teeth=True))

    inside = MouthPainter(PHOTO, toothy).paint(ACROSS, FROM_UPPER, FROM_LOWER, opened=0.6)

    assert inside[0, 0].mean() < 0.5 * np.mean(SKIN)


def test_a_sepia_print_stays_sepia() -> None:
    inside = MouthPainter(_sepia(), FACE).paint(ACROSS, FROM_UPPER, FROM_LOWER, opened=0.6)

    red, green, blue = inside[0, 0]
    assert abs(green / red - 0.85) < 0.05
    assert abs(blue / red - 0.65) < 0.05
