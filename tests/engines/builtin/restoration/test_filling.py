import numpy as np
import pytest

from backend.engines.builtin.restoration.filling import paint_over
from backend.media.types import FloatImage, Mask
from tests.engines.builtin.restoration.pictures import (
    a_float_portrait,
    a_sepia_portrait,
    psnr,
    with_scratches,
)


def painted_over(photo: FloatImage, mask: Mask, noise: float) -> FloatImage:
    repaired = photo.copy()
    paint_over(repaired, mask, noise)
    return repaired


def test_scratches_are_painted_from_around_them() -> None:
    photo = a_sepia_portrait()
    scratched, damaged = with_scratches(photo)
    mask = damaged.astype(np.float32)

    repaired = painted_over(scratched, mask, noise=0.0)

    assert psnr(repaired, photo) > psnr(scratched, photo) + 8
    far = np.ones(damaged.shape, bool)
    far[np.lib.stride_tricks.sliding_window_view(np.pad(damaged, 4), (9, 9)).any((2, 3))] = False
    assert np.array_equal(repaired[far], scratched[far])


def test_fillings_have_the_grain_of_the_photo() -> None:
    flat = np.full((64, 64, 3), 128, np.float32)
    mask = np.zeros((64, 64), np.float32)
    mask[16:48, 16:48] = 1

    repaired = painted_over(flat, mask, noise=5.0)

    assert 3 < repaired[16:48, 16:48].std() < 7


def test_a_soft_mask_counts_from_one_half() -> None:
    photo = np.full((40, 40, 3), 100, np.float32)
    photo[10:14], photo[30:34] = 255, 255
    mask = np.zeros((40, 40), np.float32)
    mask[10:14], mask[30:34] = 0.6, 0.4

    repaired = painted_over(photo, mask, noise=0.0)

    assert np.allclose(repaired[10:14], 100, atol=1)
    assert np.array_equal(repaired[30:34], photo[30:34])


def test_a_wide_tear_in_cloth_is_not_a_smear() -> None:
    y, x = np.mgrid[0:160, 0:160]
    weave = 128 + 60 * np.sin(2 * np.pi * x / 7) * np.sin(2 * np.pi * y / 7)
    cloth = np.repeat(weave[..., None], 3, axis=2).astype(np.float32)
    mask = np.zeros((160, 160), np.float32)
    mask[60:90] = 1

    repaired = painted_over(np.where(mask[..., None] > 0, 250, cloth).astype(np.float32), mask, noise=0.0)

    assert repaired[65:85].std() > 0.7 * cloth[65:85].std()


def test_a_photo_of_several_tiles_is_filled_without_a_seam() -> None:
    y, x = np.mgrid[0:700, 0:1400].astype(np.float32)
    slope = np.repeat((40 + x / 14 + y / 14)[..., None], 3, axis=2)
    mask = np.zeros((700, 1400), np.float32)
    mask[300:305] = 1
    mask[:, 637:643] = 1

    repaired = painted_over(np.where(mask[..., None] > 0, 255, slope).astype(np.float32), mask, noise=0.0)

    assert np.abs(repaired - slope).max() < 2


def test_the_wide_scratches_of_a_large_scan_are_bridged_too() -> None:
    y, x = np.mgrid[0:60, 0:3200].astype(np.float32)
    slope = np.repeat((40 + x / 32 + y)[..., None], 3, axis=2)
    mask = np.zeros((60, 3200), np.float32)
    mask[:, 1000:1025] = mask[:, 2000:2004] = 1

    repaired = painted_over(np.where(mask[..., None] > 0, 255, slope).astype(np.float32), mask, noise=0.0)

    assert np.abs(repaired - slope).max() < 2


@pytest.mark.parametrize("shape", [(1, 2), (1, 40), (7, 3)])
def test_the_smallest_photos_can_be_painted(shape: tuple[int, int]) -> None:
    photo = np.full((*shape, 3), 100, np.float32)
    mask = np.zeros(shape, np.float32)
    mask[0, 0] = 1

    assert painted_over(photo, mask, noise=0.0).shape == photo.shape


@pytest.mark.parametrize("shape", [(120, 160), (300, 1300)])
def test_one_whole_corner_is_enough_to_fill_from(shape: tuple[int, int]) -> None:
    """In the second photo, the last tile has nothing whole near it before the first one is filled."""
    photo = np.full((*shape, 3), 255, np.float32)
    photo[:8, :8] = 90
    mask = np.ones(shape, np.float32)
    mask[:8, :8] = 0

    repaired = painted_over(photo, mask, noise=0.0)

    assert np.allclose(repaired, 90, atol=2)  # grey levels, of rounding in the blends


def test_a_large_scan_of_which_thin_lines_are_whole_is_filled() -> None:
    """At half its size no pixel is mostly whole."""
    photo = np.full((120, 2900, 3), 255, np.float32)
    photo[::40] = 90
    mask = np.ones((120, 2900), np.float32)
    mask[::40] = 0

    assert np.allclose(painted_over(photo, mask, noise=0.0), 90, atol=2)


def test_nothing_whole_is_nothing_to_fill_from() -> None:
    with pytest.raises(ValueError, match="whole"):
        paint_over(np.zeros((9, 9, 3), np.float32), np.ones((9, 9), np.float32), noise=0.0)


def test_the_photo_is_changed_and_the_mask_is_not() -> None:
    photo: FloatImage = a_float_portrait()
    mask = np.zeros(photo.shape[:2], np.float32)
    mask[20:60, 20:60] = 1
    before, mask_before = photo.copy(), mask.copy()

    paint_over(photo, mask, 2.0)

    assert not np.array_equal(photo[20:60, 20:60], before[20:60, 20:60])
    assert np.array_equal(photo[80:], before[80:])
    assert np.array_equal(mask, mask_before)
