import numpy as np
import pytest

from backend.engines.builtin.animation.curves import (
    SACCADE_S,
    blink,
    frame_times,
    hump,
    keyed,
    saccades,
    wander,
)

FINE_S = np.arange(0.0, 3.0, 0.001)


def test_keyed_passes_through_its_keys_and_is_0_outside_them() -> None:
    track = keyed(FINE_S, [(0.5, 0.0), (1.0, 0.8), (2.0, 0.0)])

    assert track[1000] == pytest.approx(0.8)
    assert not track[:500].any()
    assert np.abs(track[2000:]).max() < 1e-9


def test_keyed_has_neither_steps_nor_kinks() -> None:
    track = keyed(FINE_S, [(0.5, 0.0), (1.0, 0.8), (1.4, -0.3), (2.0, 0.0)])

    speed = np.diff(track) / 0.001
    acceleration = np.diff(speed) / 0.001
    # the steepest minimum-jerk move here is 1.875 * 1.1 / 0.4 per second; a kink would show a thousandfold
    assert np.abs(speed).max() < 5.2
    assert np.abs(np.diff(acceleration)).max() < 2.5


def test_hump_goes_a_little_too_far_and_settles() -> None:
    track = hump(FINE_S, rise=(0.2, 1.0), fall=(2.0, 2.8), height=0.5)

    assert track.max() == pytest.approx(0.54)
    assert track[1900] == pytest.approx(0.5)
    assert track[0] == track[-1] == 0.0


def test_a_lid_falls_faster_than_it_rises() -> None:
    lid = blink(FINE_S, 1.0)

    closing_s = 1.0 - FINE_S[np.argmax(lid > 0.01)]
    opening_s = FINE_S[len(lid) - np.argmax(lid[::-1] > 0.01) - 1] - 1.0
    assert lid.max() == pytest.approx(1.0)
    assert 0.08 < closing_s < 0.13
    assert 0.2 < opening_s < 0.3


def test_a_blink_is_one_smooth_closing_and_opening() -> None:
    lid = blink(FINE_S, 1.0, depth=0.8, slow=2.0)

    shut = int(np.argmax(lid))
    assert lid[shut] == pytest.approx(0.8)
    assert np.diff(lid[: shut + 1]).min() >= 0.0
    assert np.diff(lid[shut:]).max() < 1e-12
    assert np.abs(np.diff(lid, 2)).max() < 1e-3  # per ms²; a kink at 0.8 / 0.2 s would be 4e-3


def test_eyes_jump_and_rest() -> None:
    eyes = saccades(FINE_S, [(0.5, 0.6), (1.5, -0.2), (2.5, 0.0)])

    assert not eyes[:501].any()
    landed = round((0.5 + SACCADE_S) * 1000)
    assert eyes[landed:1500] == pytest.approx(0.6)
    assert eyes[2000] == pytest.approx(-0.2)
    assert eyes[2700] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    "weights", [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (0.3, -0.5, 0.6, 0.2)]
)
def test_a_wandering_value_fits_the_loop_and_sets_off_from_rest(weights: tuple[float, ...]) -> None:
    times_s = frame_times(150, 25.0)

    track = wander(times_s, 0.01, weights)

    around = np.concatenate([track, track])
    assert track[0] == pytest.approx(0.0, abs=1e-15)
    assert np.abs(track).max() == pytest.approx(0.01)
    assert abs(around[151] - around[149]) < 0.1 * np.abs(np.diff(track)).max()  # the seam is a still moment
