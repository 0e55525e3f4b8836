"""The measuring stick, held against figures that can be worked out and against scikit-image."""

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from backend.evaluation.metrics import IDENTICAL_DB, gmsd, psnr_db, ssim
from backend.media.types import RgbImage


def test_the_psnr_of_a_known_shift() -> None:
    picture = _textured()

    assert psnr_db(picture + 5, picture) == pytest.approx(20 * np.log10(255 / 5))


def test_the_psnr_of_a_shift_in_one_channel_counts_a_third() -> None:
    picture = _textured()
    redder = picture.copy()
    redder[..., 0] += 3

    assert psnr_db(redder, picture) == pytest.approx(10 * np.log10(255**2 / 3.0))


def test_equal_pictures_measure_as_equal() -> None:
    picture = _textured()

    assert psnr_db(picture, picture) == IDENTICAL_DB
    assert ssim(picture, picture) == pytest.approx(1.0)
    assert gmsd(picture, picture) == 0.0


@pytest.mark.parametrize("sigma", [2.0, 12.0, 40.0])
def test_ssim_is_that_of_scikit_image(sigma: float) -> None:
    truth = _textured()
    picture = _noisy(truth, sigma)

    expected = structural_similarity(  # type: ignore[no-untyped-call]  # ships no types
        picture @ np.array([0.299, 0.587, 0.114]),
        truth @ np.array([0.299, 0.587, 0.114]),
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert ssim(picture, truth) == pytest.approx(expected, abs=1e-9)


def test_gmsd_of_a_flat_picture_and_an_edge() -> None:
    flat = np.full((12, 12, 3), 100, np.uint8)
    edge = flat.copy()
    edge[:, 6:] = 200  # between the third and the fourth pixel at half the size

    # At half size, rim left out: 4x4 pixels, of which two columns have gradient 100, the others none.
    similar = 170.0 / (100.0**2 + 170.0)
    assert gmsd(edge, flat) == pytest.approx((1.0 - similar) / 2)


def test_gmsd_does_not_see_a_change_of_brightness() -> None:
    picture = _textured()

    assert gmsd(picture + 9, picture) == pytest.approx(0.0, abs=1e-12)


def test_gmsd_grows_with_the_damage() -> None:
    truth = _textured()

    assert gmsd(_noisy(truth, 4.0), truth) < gmsd(_noisy(truth, 16.0), truth)


def test_sides_may_be_odd() -> None:
    picture = _textured()[:47, :53]

    assert gmsd(picture, picture) == 0.0
    assert ssim(picture, picture) == pytest.approx(1.0)


def _textured() -> RgbImage:
    """uint8 (64, 80, 3) in [40, 200]: a slope with waves, so that every metric has something to see."""
    y, x = np.mgrid[0:64, 0:80]
    waves = 120 + 0.5 * x + 25 * np.sin(x / 5.0) * np.cos(y / 7.0)
    return np.asarray(np.clip(waves[..., None] + np.array([8.0, 0.0, -8.0]), 40, 200), np.uint8)


def _noisy(picture: RgbImage, sigma: float) -> RgbImage:
    noise = np.random.default_rng(5).normal(0.0, sigma, picture.shape)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)
