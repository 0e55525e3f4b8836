import numpy as np
import pytest

from backend.engines.builtin.restoration.tone import measure_fade, restore_tone
from tests.engines.builtin.restoration.pictures import a_float_portrait, a_sepia_portrait, faded


def test_sound_blacks_are_no_fault() -> None:
    assert measure_fade(a_float_portrait(), is_mono=False) is None


def test_fog_is_no_fault() -> None:
    assert measure_fade(faded(a_float_portrait(), (150, 150, 150)), is_mono=False) is None


def test_uneven_fading_is_a_cast_and_is_taken_back() -> None:
    photo = a_float_portrait()
    greenish = faded(photo, (20.0, 75.0, 55.0))

    fade = measure_fade(greenish, is_mono=False)

    assert fade is not None
    assert fade.is_cast
    restored = restore_tone(greenish, fade)
    before, after = greenish.mean((0, 1)) - photo.mean((0, 1)), restored.mean((0, 1)) - photo.mean((0, 1))
    assert abs(after[1] - after[0]) < 0.5 * abs(before[1] - before[0])


def test_the_tint_of_a_sepia_print_is_kept() -> None:
    pale = faded(a_sepia_portrait(), (60.0, 60.0, 60.0))

    fade = measure_fade(pale, is_mono=True)

    assert fade is not None
    assert not fade.is_cast
    assert fade.offsets[0] == fade.offsets[1] == fade.offsets[2] > 20


def test_whites_stay_and_order_is_kept() -> None:
    ramp = np.repeat(np.linspace(0, 255, 256, dtype=np.float32)[None, :, None], 3, axis=2)
    fade = measure_fade(faded(a_float_portrait(), (60.0, 60.0, 60.0)), is_mono=False)
    assert fade is not None

    restored = restore_tone(ramp, fade)

    assert restored[0, -1].tolist() == pytest.approx([255.0] * 3)
    assert (np.diff(restored[0, :, 0]) > 0).all()
    assert restored.min() >= 0
