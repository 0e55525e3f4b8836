import cv2
import numpy as np
import pytest

from backend.engines.builtin.restoration.borders import Border
from backend.engines.builtin.restoration.planes import luma
from backend.engines.builtin.restoration.tone import measure_fade, restore_tone
from backend.media.types import FloatImage
from tests.engines.builtin.restoration.pictures import a_float_portrait, a_sepia_portrait, faded


def tint_of(photo: FloatImage) -> FloatImage:
    return np.asarray(photo - luma(photo)[..., None], np.float32)


def test_sound_blacks_are_no_fault() -> None:
    assert measure_fade(a_float_portrait(), is_mono=False) is None


def test_fog_is_no_fault() -> None:
    assert measure_fade(faded(a_float_portrait(), (150, 150, 150)), is_mono=False) is None


def test_a_wall_whose_gaps_are_its_only_shadows_is_not_faded() -> None:
    wall = np.random.default_rng(0).normal(100, 4, (256, 256, 1)).astype(np.float32).repeat(3, axis=2)
    wall[:, 64:192] += 40  # its sunlit part
    wall[100:103] = 60

    assert measure_fade(wall, is_mono=True) is None


def test_uneven_fading_is_a_cast_and_is_taken_back() -> None:
    photo = a_float_portrait()
    greenish = faded(photo, (20.0, 75.0, 55.0))

    fade = measure_fade(greenish, is_mono=False)

    assert fade is not None
    assert fade.is_cast
    restored = restore_tone(greenish, fade)
    before, after = greenish.mean((0, 1)) - photo.mean((0, 1)), restored.mean((0, 1)) - photo.mean((0, 1))
    # Not all of it: this fading reaches into the lights, where a tint may be the light of the scene.
    assert abs(after[1] - after[0]) < 0.6 * abs(before[1] - before[0])


def test_a_tint_of_the_shadows_leaves_no_other_tint_in_middle_greys() -> None:
    """As measured on a faded colour print: shadows are green, and the lights are as grey as they were."""
    grey = np.repeat(np.linspace(10, 245, 236, dtype=np.float32)[None, :, None], 3, axis=2)
    darkness = (1 - grey / 255) ** 2.5
    lifted = grey + darkness * np.array([0.0, 60.0, 40.0], np.float32)
    greenish = np.repeat(lifted.astype(np.float32), 64, axis=0)

    fade = measure_fade(greenish, is_mono=False)

    assert fade is not None
    restored = restore_tone(greenish, fade)
    # 12 levels is a third of what was there, and below what shows in a shadow; sound lights move by less.
    assert np.abs(np.ptp(restored[0], axis=-1)).max() < 12
    assert np.ptp(restored[0, 140:], axis=-1).max() < 4


def test_without_evidence_only_the_tint_of_the_shadows_is_taken_back() -> None:
    photo = faded(a_float_portrait(), (0.0, 30.0, 0.0))

    assert measure_fade(photo, is_mono=False) is None
    fade = measure_fade(photo, is_mono=False, needs_evidence=False)

    assert fade is not None
    assert fade.tints[1] > 5
    assert not fade.is_fade


def test_the_tint_of_a_sepia_print_is_kept() -> None:
    pale = faded(a_sepia_portrait(), (60.0, 60.0, 60.0))

    fade = measure_fade(pale, is_mono=True)

    assert fade is not None
    assert not fade.is_cast
    restored = restore_tone(pale, fade)
    is_light = luma(pale) > 120
    # The toe and the shoulder press tints together at the ends; between, they are what they were,
    # but for a grey level.
    assert np.abs(tint_of(restored) - tint_of(pale))[is_light].max() < 2.0
    assert luma(restored)[luma(pale) < 70].mean() < luma(pale)[luma(pale) < 70].mean() - 15


def test_the_whites_of_a_faded_mono_print_are_white_again() -> None:
    grey = np.repeat(luma(a_float_portrait())[..., None], 3, axis=2)
    pale = np.asarray(60 + grey * (190 - 60) / 255, np.float32)

    fade = measure_fade(pale, is_mono=True)

    assert fade is not None
    restored = restore_tone(pale, fade)
    assert np.percentile(restored, 99.5) > np.percentile(pale, 99.5) + 10
    assert restored.max() <= 255


def test_what_lies_around_a_picture_does_not_hide_its_fading() -> None:
    pale = faded(a_float_portrait(), (60.0, 60.0, 60.0))
    on_black = np.asarray(cv2.copyMakeBorder(pale, 26, 26, 26, 26, cv2.BORDER_CONSTANT, value=0), np.float32)
    shares = (26 / on_black.shape[0],) * 4
    border = Border(start=(0.0,) * 4, outer=shares, inner=shares, is_paper=False)

    assert measure_fade(on_black, is_mono=False) is None
    assert measure_fade(on_black, is_mono=False, border=border) is not None


def test_whites_stay_and_order_is_kept() -> None:
    ramp = np.repeat(np.linspace(0, 255, 256, dtype=np.float32)[None, :, None], 3, axis=2)
    fade = measure_fade(faded(a_float_portrait(), (60.0, 60.0, 60.0)), is_mono=False)
    assert fade is not None

    restored = restore_tone(ramp, fade)

    assert restored[0, -1].tolist() == pytest.approx([255.0] * 3)
    assert (np.diff(restored[0, :, 0]) > 0).all()
    assert restored.min() >= 0
