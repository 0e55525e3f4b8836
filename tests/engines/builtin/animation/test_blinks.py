import numpy as np
import pytest

from backend.engines.builtin.animation.blinks import natural_blinks


def blink_starts(track: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[int]:
    shut = track > 0.9
    return [index for index in range(1, len(shut)) if shut[index] and not shut[index - 1]]


@pytest.mark.parametrize("fps", [12.0, 25.0, 30.0])
def test_people_blink_every_few_seconds(fps: float) -> None:
    left, right = natural_blinks(round(10 * fps), fps)

    gaps_s = np.diff(blink_starts(left)) / fps
    assert len(gaps_s) >= 2
    assert gaps_s.max() < 5.0
    assert left[0] == right[0] == left[-1] == right[-1] == 0.0


def test_both_eyes_close_together() -> None:
    left, right = natural_blinks(250, 25.0)

    assert np.abs(left - right).max() < 0.25
    assert left.max() == right.max() == pytest.approx(1.0)


def test_a_film_too_short_for_a_blink_has_none() -> None:
    left, right = natural_blinks(20, 25.0)

    assert not left.any()
    assert not right.any()


def test_blinks_are_the_same_every_time() -> None:
    assert np.array_equal(natural_blinks(200, 25.0), natural_blinks(200, 25.0))
