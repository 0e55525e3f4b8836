import cv2
import numpy as np
import pytest

from backend.engines.builtin.animation.lid_tones import LidTones, lid_tones
from backend.media.types import RgbImage
from tests.engines.builtin.animation.known_faces import DARK, SKIN, drawn_face, known_landmarks

FACE = known_landmarks()


def _tones(photo: RgbImage) -> LidTones:
    return lid_tones(photo, FACE.frame, FACE.eye_left)


def test_a_lid_has_the_colour_of_the_skin_around_the_eye() -> None:
    tones = _tones(drawn_face(FACE))

    assert tones.skin == pytest.approx(SKIN, abs=3)
    assert tones.lash.mean() < np.mean(SKIN) / 2
    assert tones.lash.mean() >= np.mean(DARK) - 1


def test_a_lid_in_the_shadow_of_a_brow_stays_in_it() -> None:
    photo = drawn_face(FACE)
    above_cheeks = round(FACE.frame.origin[1])
    photo[:above_cheeks] = photo[:above_cheeks] // 3

    assert _tones(photo).skin.mean() < 0.75 * np.mean(SKIN)


def test_the_strip_that_is_drawn_down_ends_below_a_brow_or_a_frame_of_glasses() -> None:
    framed = drawn_face(FACE)
    lid_y = FACE.frame.to_photo((-0.5, -FACE.eye_left.upper - 0.12))[1]
    framed[round(lid_y) - 1 : round(lid_y) + 1] = 250

    assert _tones(framed).strip < 0.13 < _tones(drawn_face(FACE)).strip


def test_lashes_are_as_soft_as_the_photo() -> None:
    sharp = drawn_face(FACE)
    soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 2.5), np.uint8)

    assert _tones(soft).lash_half > 1.3 * _tones(sharp).lash_half
    assert _tones(soft).lash.mean() > _tones(sharp).lash.mean()
