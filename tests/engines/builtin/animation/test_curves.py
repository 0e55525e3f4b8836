import numpy as np
import pytest

from backend.engines.builtin.animation.curves import blink, frame_times, hump, keyed, sway

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


@pytest.mark.parametrize("quarter", [True, False])
def test_sway_starts_at_0_and_fits_the_loop(quarter: bool) -> None:
    track = sway(frame_times(76, 25.0), 3.0, cycles=2, height=0.01, quarter=quarter)

    assert track[0] == 0.0
    assert track[75] == pytest.approx(0.0, abs=1e-12)
    assert track.max() == pytest.approx(0.01, rel=0.01)
