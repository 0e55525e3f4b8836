import cv2
import numpy as np

from backend.engines.gfpgan.detail import beyond_grid_share, with_texture
from backend.media.types import FloatImage

FLAT = np.full((512, 512, 3), 128.0, np.float32)


def textured(amplitude: float, seed: int = 0) -> FloatImage:
    noise = np.random.default_rng(seed).normal(0.0, 1.0, (512, 512)).astype(np.float32)
    fine = cv2.GaussianBlur(noise, (0, 0), 0.8)
    return np.asarray(FLAT + (amplitude * fine / fine.std())[..., None], np.float32)


def test_a_face_smaller_than_the_crop_keeps_the_networks_skin() -> None:
    assert with_texture(FLAT, textured(12.0), 0.7, 1.0) is FLAT


def test_a_sharp_face_gets_some_of_its_own_skin_back() -> None:
    back = with_texture(FLAT, textured(8.0), 1.5, 1.0)

    share = back.std() / textured(8.0).std()
    assert 0.4 < share < 0.75  # at most 0.7 of what is finer than 2 px


def test_grain_is_not_taken_for_skin() -> None:
    back = with_texture(FLAT, textured(3.0), 1.5, 3.0)

    assert back.std() < 0.3


def test_what_the_network_drew_sharper_stays() -> None:
    drawn = textured(30.0, seed=1)

    kept = with_texture(drawn, textured(6.0), 1.5, 0.5)

    assert kept.std() > 0.95 * drawn.std()


def test_a_face_that_is_its_crop_stays_so() -> None:
    crop = textured(8.0)

    assert np.array_equal(with_texture(crop, crop, 1.5, 1.0), crop)


def test_only_faces_larger_than_the_network_get_what_is_finer_than_its_grid() -> None:
    assert [beyond_grid_share(ratio) for ratio in (0.2, 1.0, 1.125, 1.25, 4.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]
