import cv2
import numpy as np
import pytest

from backend.engines.builtin.restoration.analyse import analyse
from backend.engines.builtin.restoration.enlarged import repair_enlarged
from backend.engines.builtin.restoration.planes import to_bytes
from backend.media.types import FloatImage
from tests.engines.builtin.restoration.pictures import a_float_portrait, blurred, psnr, with_grain


def a_large_portrait() -> FloatImage:
    return np.asarray(cv2.resize(a_float_portrait(), (512, 512), interpolation=cv2.INTER_CUBIC), np.float32)


def shrunk_and_enlarged(photo: FloatImage, ratio: int, *, blur_px: float, grain: float) -> FloatImage:
    """As a picture comes that somebody enlarged: the grain is as many pixels wide as the ratio says."""
    side_px = photo.shape[0] // ratio
    small = cv2.resize(blurred(photo, blur_px), (side_px, side_px), interpolation=cv2.INTER_AREA)
    grainy = with_grain(np.asarray(small, np.float32), grain)
    return np.asarray(cv2.resize(grainy, photo.shape[:2], interpolation=cv2.INTER_LINEAR), np.float32)


def repaired(photo: FloatImage) -> FloatImage | None:
    return repair_enlarged(photo, analyse(photo).blur_px, 1.0, with_chroma=True)


@pytest.mark.parametrize(("ratio", "blur_px"), [(2, 3.5), (4, 6.0)])
def test_an_enlarged_picture_comes_closer_to_what_it_was(ratio: int, blur_px: float) -> None:
    truth = a_large_portrait()
    soft = shrunk_and_enlarged(truth, ratio, blur_px=blur_px, grain=4.0)

    result = repaired(soft)

    assert result is not None
    assert psnr(result, truth) > psnr(soft, truth) + 0.3


@pytest.mark.parametrize("blur_px", [0.5, 1.0, 1.5])
def test_a_picture_that_fills_its_size_is_none_of_its_business(blur_px: float) -> None:
    assert repaired(blurred(a_large_portrait(), blur_px)) is None


@pytest.mark.parametrize(("ratio", "blur_px"), [(2, 3.5), (4, 6.0)])
def test_a_repaired_picture_is_not_repaired_again(ratio: int, blur_px: float) -> None:
    first = repaired(shrunk_and_enlarged(a_large_portrait(), ratio, blur_px=blur_px, grain=4.0))
    assert first is not None

    second = repaired(first)

    assert second is None or psnr(second, first) > 40


def test_what_has_no_grain_at_a_quarter_of_its_size_is_not_touched() -> None:
    out_of_focus = to_bytes(blurred(a_large_portrait(), 7.0)).astype(np.float32)

    assert repaired(out_of_focus) is out_of_focus


@pytest.mark.parametrize("shape", [(16, 16, 3), (17, 400, 3), (1, 9, 3)])
def test_the_smallest_pictures_are_looked_at_without_harm(shape: tuple[int, int, int]) -> None:
    flat = np.full(shape, 90, np.float32)

    assert repaired(flat) is None
