import cv2
import numpy as np
import pytest

from backend.engines.builtin.restoration.enlarge import enlarge_twice
from backend.engines.builtin.restoration.planes import to_bytes
from backend.engines.gfpgan.grain import measure_grain, missing_grain, seed_of
from backend.media.types import RgbImage
from tests.builders import a_photo

SMOOTH_FACE = np.full((512, 512, 3), 128.0, np.float32)


def grainy(sigma: float, scale: int = 1) -> RgbImage:
    noise = np.random.default_rng(3).normal(0.0, sigma, (300, 400, 1)).astype(np.float32)
    photo = np.asarray(120.0 + np.repeat(noise, 3, 2), np.float32)
    return to_bytes(photo if scale == 1 else enlarge_twice(photo, sigma))


@pytest.mark.parametrize("scale", [1, 2])
def test_grain_is_measured_at_the_photos_own_size(scale: int) -> None:
    # 20 %: a deviation from blocks of 16 x 16
    assert measure_grain(grainy(4.0, scale), scale) == pytest.approx(4.0, rel=0.2)


def test_texture_of_any_strength_counts_as_eight_at_most() -> None:
    assert measure_grain(grainy(40.0), 1) == 8.0


def test_a_smooth_face_gets_the_grain_of_its_photo() -> None:
    grain = missing_grain(SMOOTH_FACE, 4.0, 0.4, (600, 600), 2, seed=1)

    assert grain is not None and grain.shape == (600, 600)
    at_photo_size = cv2.resize(grain, (300, 300), interpolation=cv2.INTER_AREA)
    assert at_photo_size.std() == pytest.approx(4.0, rel=0.15)  # enlarging softens it a little
    assert abs(float(grain.mean())) < 0.1


def test_a_face_with_grain_of_its_own_gets_none() -> None:
    noise = np.random.default_rng(0).normal(0.0, 4.0, (512, 512, 1)).astype(np.float32)

    assert missing_grain(SMOOTH_FACE + noise, 3.0, 1.0, (512, 512), 1, seed=1) is None


def test_a_photo_without_grain_gives_none() -> None:
    assert missing_grain(SMOOTH_FACE, 0.0, 0.4, (300, 300), 2, seed=1) is None


def test_the_same_seed_gives_the_same_grain() -> None:
    one, same, other = (missing_grain(SMOOTH_FACE, 4.0, 0.4, (101, 77), 2, seed=seed) for seed in (1, 1, 2))

    assert one is not None and same is not None and other is not None
    assert one.shape == (77, 101)
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_seed_belongs_to_a_photo() -> None:
    photo, other = a_photo(seed=1), a_photo(seed=2)

    assert seed_of(photo) == seed_of(photo.copy())
    assert seed_of(photo) != seed_of(other)
    assert seed_of(np.zeros((7, 14, 3), np.uint8)) != seed_of(np.zeros((14, 7, 3), np.uint8))
