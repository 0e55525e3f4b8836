import numpy as np
import pytest

from backend.engines.builtin.restoration.across import fill_across
from backend.engines.builtin.restoration.patches import fill_with_patches
from backend.media.types import FloatImage
from tests.engines.builtin.restoration.pictures import psnr


def test_a_hole_in_cloth_is_filled_with_cloth() -> None:
    cloth = _cloth()
    hole = np.zeros(cloth.shape[:2], bool)
    hole[40:70, 50:80] = True
    torn = cloth.copy()
    torn[hole] = 255
    smooth = fill_across(torn, hole, 40)

    filled = fill_with_patches(smooth, hole)

    assert psnr(filled[hole], cloth[hole]) > psnr(smooth[hole], cloth[hole]) + 3
    assert filled[hole].std() > 0.8 * cloth[hole].std()  # not a smear
    assert np.array_equal(filled[~hole], torn[~hole])


def test_the_same_hole_is_filled_alike() -> None:
    cloth = _cloth()
    hole = np.zeros(cloth.shape[:2], bool)
    hole[40:70, 50:80] = True

    assert np.array_equal(fill_with_patches(cloth, hole), fill_with_patches(cloth, hole))


@pytest.mark.parametrize("shape", [(10, 10), (60, 60)])
def test_where_nothing_can_be_copied_the_photo_stays(shape: tuple[int, int]) -> None:
    photo = np.full((*shape, 3), 90, np.float32)
    damaged = np.ones(shape, bool)
    damaged[:2] = False

    assert np.array_equal(fill_with_patches(photo, damaged), photo)


def _cloth() -> FloatImage:
    """A woven pattern of two colours."""
    y, x = np.mgrid[0:120, 0:140]
    weave = np.sin(2 * np.pi * x / 9) * np.sin(2 * np.pi * y / 7)
    return np.asarray(128 + 60 * weave[..., None] * np.array([1.0, 0.8, 0.6]), np.float32)
