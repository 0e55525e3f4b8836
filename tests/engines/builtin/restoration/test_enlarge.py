import cv2
import numpy as np
import pytest

from backend.engines.builtin.restoration.enlarge import enlarge_twice
from tests.engines.builtin.restoration.pictures import a_float_portrait, psnr


def test_the_result_is_twice_the_size_and_the_same_picture() -> None:
    photo = a_float_portrait()

    large = enlarge_twice(photo, noise=4.0)

    assert large.shape == (512, 512, 3)
    assert psnr(cv2.resize(large, (256, 256), interpolation=cv2.INTER_AREA).astype(np.float32), photo) > 45


def test_it_is_at_least_as_true_as_cubic() -> None:
    photo = a_float_portrait()
    small = cv2.resize(photo, (128, 128), interpolation=cv2.INTER_AREA).astype(np.float32)
    cubic = cv2.resize(small, (256, 256), interpolation=cv2.INTER_CUBIC).astype(np.float32)

    assert psnr(enlarge_twice(small, noise=4.0), photo) > psnr(cubic, photo)


def test_sharpening_adds_no_halo() -> None:
    edge = np.full((40, 40, 3), 60, np.float32)
    edge[:, 20:] = 190

    sharp = enlarge_twice(edge, noise=0.0)
    soft = enlarge_twice(edge, noise=4.0)

    assert sharp.min() >= soft.min()
    assert sharp.max() <= soft.max()
    assert np.abs(np.diff(sharp[40, :, 0])).max() > np.abs(np.diff(soft[40, :, 0])).max()


@pytest.mark.parametrize("shape", [(16, 16, 3), (17, 301, 3)])
def test_odd_and_tiny_sizes_are_doubled(shape: tuple[int, int, int]) -> None:
    assert enlarge_twice(np.full(shape, 99, np.float32), noise=0.0).shape == (shape[0] * 2, shape[1] * 2, 3)
