import numpy as np

from backend.engines.builtin.restoration.deblur import deblur, lift_detail
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


def test_lifting_brings_detail_back_and_at_most_doubles_it() -> None:
    photo = a_float_portrait()
    soft = blurred(photo, 1.5)
    stripes = np.full((64, 64, 3), 120, np.float32)
    stripes += 20 * np.sin(np.arange(64) / 1.5)[None, :, None].astype(np.float32)

    lifted = lift_detail(stripes, 2.0)

    assert psnr(lift_detail(soft, 1.5), photo) > psnr(soft, photo) + 0.5
    assert 30 < np.abs(lifted[:, 16:-16] - 120).max() < 41  # 20 before


def test_lifting_is_linear_so_that_no_edge_is_drawn() -> None:
    photo = blurred(a_float_portrait(), 2.0)

    of_half = lift_detail(np.asarray(photo / 2, np.float32), 2.0)

    assert np.abs(2 * of_half - lift_detail(photo, 2.0)).max() < 0.01  # float32 rounding
