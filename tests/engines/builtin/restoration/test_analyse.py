import numpy as np
import pytest

from backend.engines.builtin.restoration.analyse import analyse
from tests.builders import a_photo
from tests.engines.builtin.restoration.pictures import (
    a_float_portrait,
    a_sepia_portrait,
    as_jpeg,
    blurred,
    with_grain,
)


def test_a_sound_photo_shows_nothing_to_repair() -> None:
    analysis = analyse(a_float_portrait())

    assert analysis.noise < 1.6
    assert analysis.blur_px < 1.25
    assert 0.9 < analysis.blockiness < 1.3
    assert not analysis.is_mono


@pytest.mark.parametrize("sigma", [4.0, 8.0, 12.0])
def test_noise_is_measured_within_a_third(sigma: float) -> None:
    gray_grain = with_grain(np.repeat(a_float_portrait()[..., 1:2], 3, axis=2), sigma)
    gray_grain[...] = gray_grain[..., :1]

    assert analyse(gray_grain).noise == pytest.approx(sigma, rel=0.33)


def test_coarse_texture_is_not_taken_for_noise() -> None:
    bricks = a_photo(256, 256).astype(np.float32)
    texture = np.random.default_rng(1).normal(0, 25, bricks.shape[:2])
    texture[:, :40] = 0  # a calm part: grain would be there too

    assert analyse(bricks + texture[..., None].astype(np.float32)).noise < 4


def test_sepia_is_one_tint_and_colour_is_not() -> None:
    assert analyse(a_sepia_portrait()).is_mono
    assert analyse(np.repeat(a_float_portrait()[..., :1], 3, axis=2)).is_mono
    assert not analyse(a_float_portrait()).is_mono


@pytest.mark.parametrize("sigma_px", [1.5, 2.5])
def test_blur_is_measured_within_a_third(sigma_px: float) -> None:
    sharp_already = analyse(a_float_portrait()).blur_px

    measured = analyse(blurred(a_float_portrait(), sigma_px)).blur_px

    assert measured == pytest.approx(np.hypot(sigma_px, sharp_already), rel=0.33)


def test_jpeg_blocks_are_seen() -> None:
    assert analyse(as_jpeg(a_float_portrait(), 8)).blockiness > 1.3


def test_large_scans_are_measured_like_small_ones() -> None:
    tile = with_grain(a_float_portrait(), 6.0)

    large = analyse(np.tile(tile, (7, 7, 1)))

    assert large.noise == pytest.approx(analyse(tile).noise, rel=0.25)


@pytest.mark.parametrize("shape", [(16, 16, 3), (16, 900, 3), (900, 17, 3)])
def test_tiny_and_flat_pictures_are_measured_too(shape: tuple[int, int, int]) -> None:
    analysis = analyse(np.full(shape, 128, np.float32))

    assert (analysis.noise, analysis.blur_px, analysis.blockiness) == (0.0, 0.0, 1.0)
