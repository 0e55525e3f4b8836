import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.builtin.restoration.planes import luma, to_bytes
from backend.engines.gfpgan.colour import keep_colours, keep_tint, measure_tint, tinted
from backend.media.types import FloatImage
from tests.builders import a_portrait
from tests.engines.builtin.restoration.pictures import a_sepia_portrait


def a_crop() -> FloatImage:
    return np.asarray(cv2.resize(a_portrait(), (512, 512), interpolation=cv2.INTER_CUBIC), np.float32)


def test_a_face_that_is_its_crop_stays_so() -> None:
    crop = a_crop()

    assert np.array_equal(keep_colours(crop, crop), crop)


def test_a_shift_of_colour_and_light_is_taken_back() -> None:
    crop = a_crop()
    reddened = crop + np.array([25.0, -5.0, -12.0], np.float32)

    kept = keep_colours(reddened, crop)

    assert np.abs(kept - crop).max() < 0.01  # float32 arithmetic


def test_fine_brightness_is_the_networks() -> None:
    crop = a_crop()
    stripes = np.where(np.arange(512) // 4 % 2, 10.0, -10.0).astype(np.float32)[None, :, None]

    kept = keep_colours(crop + stripes, crop)

    # 8 px a stripe pair; the light's sigma is 48 px: nothing of the stripes is slow
    inner = (kept - crop - stripes)[64:-64, 64:-64]
    assert np.abs(inner).max() < 0.5


def test_a_wide_change_of_colour_is_the_photos_and_a_fine_one_the_networks() -> None:
    crop = np.full((512, 512, 3), 120.0, np.float32)
    face = crop.copy()
    face[..., 0] += np.where(np.arange(512) // 2 % 2, 12.0, -12.0).astype(np.float32)

    kept = keep_colours(face, crop)

    assert np.abs(kept[64:-64, 64:-64, 0].mean(axis=1) - 120.0).max() < 0.5
    assert kept[64:-64, 64:-64, 0].std() > 8.0


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_grey_stays_grey_to_the_level(seed: int) -> None:
    random = np.random.default_rng(seed)
    face = random.uniform(0, 255, (64, 64, 3)).astype(np.float32)
    grey = np.repeat(random.integers(0, 256, (64, 64, 1)), 3, axis=2).astype(np.uint8)

    kept = to_bytes(keep_tint(face, grey.astype(np.float32), measure_tint(grey)))

    assert np.ptp(kept, axis=2).max() == 0


def test_a_sepia_is_drawn_in_its_own_tint_at_every_lightness() -> None:
    sepia = a_sepia_portrait()

    again = tinted(luma(sepia), measure_tint(to_bytes(sepia)))

    assert np.abs(again - sepia).mean() < 1.0
    assert np.abs(luma(again) - luma(sepia)).max() < 0.05


def test_a_tint_has_no_brightness_of_its_own() -> None:
    tint = measure_tint(to_bytes(a_sepia_portrait()))

    assert tint.shape == (256, 3)
    assert np.abs(tint @ np.array([0.299, 0.587, 0.114])).max() < 1e-3
    assert tint[200, 0] > 10 > -10 > tint[200, 2]  # more red, less blue


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 700, 3), (9, 2, 3)])
def test_the_tint_of_next_to_nothing_is_measured_too(shape: tuple[int, int, int]) -> None:
    tint = measure_tint(np.full(shape, (150, 120, 90), np.uint8))

    assert tint[128] == pytest.approx(
        np.array([150, 120, 90]) - (0.299 * 150 + 0.587 * 120 + 9 * 1.14), abs=0.01
    )
