import numpy as np

from backend.engines.builtin.restoration.deblur import deblur
from tests.engines.builtin.restoration.pictures import a_float_portrait, blurred, psnr


def test_a_slight_blur_is_undone_in_part() -> None:
    photo = a_float_portrait()
    soft = blurred(photo, 1.8)

    assert psnr(deblur(soft, 1.8, noise=0.0), photo) > psnr(soft, photo) + 1


def test_noisy_photos_are_left_soft() -> None:
    soft = blurred(a_float_portrait(), 1.8)

    assert np.array_equal(deblur(soft, 1.8, noise=5.0), soft)


def test_edges_get_no_halos() -> None:
    edge = np.full((64, 64, 3), 60, np.float32)
    edge[:, 32:] = 190

    sharp = deblur(blurred(edge, 2.0), 2.0, noise=0.0)

    assert sharp.min() > 60 - 11
    assert sharp.max() < 190 + 11
