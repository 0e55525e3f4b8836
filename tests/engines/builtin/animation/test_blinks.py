import numpy as np
import pytest

from backend.engines.builtin.animation.blinks import natural_blinks, seen_blinks


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


def shut(
    count: int, *spans: tuple[int, int], height: float = 1.0
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    track = np.zeros(count)
    for first, last in spans:
        track[first : last + 1] = height
    return track


def test_eyes_shut_together_when_both_were_seen_shut() -> None:
    seen = seen_blinks(shut(75, (30, 33)), shut(75, (31, 34)), 25.0)

    assert seen is not None
    left, right = seen
    assert np.array_equal(left, right)
    assert blink_starts(left) == [31]
    assert left[:25].max() == left[45:].max() == 0.0


def test_eyes_that_stay_shut_stay_shut() -> None:
    seen = seen_blinks(shut(75, (20, 50)), shut(75, (20, 50)), 25.0)

    assert seen is not None
    assert seen[0][20:51].min() == pytest.approx(1.0)


def test_one_eye_alone_is_a_wink_unless_it_was_a_moment() -> None:
    seen = seen_blinks(shut(75, (10, 18), (40, 41)), shut(75), 25.0)

    assert seen is not None
    left, right = seen
    assert blink_starts(left) == [10]
    assert not right.any()


def test_a_half_shut_eye_is_open() -> None:
    seen = seen_blinks(shut(75, (10, 18), height=0.4), shut(75, (10, 18), height=0.4), 25.0)

    assert seen is not None
    assert not seen[0].any()


def test_eyes_that_cannot_be_told_or_never_shut_say_nothing() -> None:
    assert seen_blinks(None, shut(75), 25.0) is None
    assert seen_blinks(shut(200), shut(200), 25.0) is None
    assert seen_blinks(shut(100), shut(100), 25.0) is not None
