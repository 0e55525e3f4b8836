import numpy as np
import pytest

from backend.engines.builtin.restoration.denoise import denoise, kept_grain_share
from backend.engines.builtin.restoration.planes import luma
from tests.engines.builtin.restoration.pictures import a_float_portrait, psnr, with_grain


@pytest.mark.parametrize("at_half_size", [False, True])
def test_grain_goes_and_the_picture_stays(at_half_size: bool) -> None:
    photo = a_float_portrait()
    noisy = with_grain(photo, 10.0)

    calm = denoise(noisy, 6.0, with_chroma=True, at_half_size=at_half_size)

    assert psnr(calm, photo) > psnr(noisy, photo) + 2


def test_some_grain_is_left_so_that_skin_is_not_wax() -> None:
    flat = with_grain(np.full((96, 96, 3), 128, np.float32), 6.0)

    calm = denoise(flat, 5.0, with_chroma=True)

    assert 0.1 < luma(calm).std() / luma(flat).std() < 0.5


def test_colour_grain_is_kept_where_colour_must_not_change() -> None:
    noisy = with_grain(a_float_portrait(), 10.0)

    calm = denoise(noisy, 6.0, with_chroma=False)

    assert np.allclose(calm - luma(calm)[..., None], noisy - luma(noisy)[..., None], atol=1e-2)


def test_prints_without_colour_keep_more_of_their_grain_unless_it_is_coarse() -> None:
    fine, coarse = kept_grain_share(3.0, is_mono=True), kept_grain_share(12.0, is_mono=True)
    flat = with_grain(np.full((96, 96, 3), 128, np.float32), 3.0)

    calm = denoise(flat, 3.0, with_chroma=False, kept_grain=fine)

    assert fine > coarse == kept_grain_share(3.0, is_mono=False)
    assert 0.25 < luma(calm).std() / luma(flat).std() < 0.6
