"""Smooth motion over time out of a few keys: the arithmetic under every preset, apart from what they mean.

Between two keys a value moves like a hand does, with no jerk at either end (the minimum-jerk polynomial of
Flash and Hogan 1985), so speed and acceleration are continuous everywhere, also where the loop closes.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Track = npt.NDArray[np.float64]
"""float64 (N,): one value per frame of a loop."""

Keys = Sequence[tuple[float, float]]
"""(time in seconds, value), times rising; before the first and after the last the value is 0."""

BLINK_CLOSE_S = 0.12
BLINK_SHUT_S = 0.04
BLINK_OPEN_S = 0.24
SACCADE_S = 0.10
"""A jump of the eyes. Real ones take half of that, which would be a single frame and look like a fault."""


def frame_times(frame_count: int, fps: float) -> Track:
    """When each frame of a loop is shown, in seconds from the first."""
    return np.arange(frame_count) / fps


def keyed(times_s: Track, keys: Keys) -> Track:
    """The track that passes through every key and rests for a moment on each."""
    key_times = np.array([time for time, _ in keys])
    values = np.array([value for _, value in keys])
    index = np.clip(np.searchsorted(key_times, times_s, side="right") - 1, 0, len(keys) - 2)
    span = key_times[index + 1] - key_times[index]
    part = np.clip((times_s - key_times[index]) / span, 0.0, 1.0)
    track: Track = values[index] + (values[index + 1] - values[index]) * _minimum_jerk(part)
    return track


def hump(times_s: Track, *, rise: tuple[float, float], fall: tuple[float, float], height: float) -> Track:
    """Up to `height` between the two times of `rise`, down again between those of `fall`.

    It arrives 8 % too high and settles, as muscles do.
    """
    settle_s = min(0.35, max(fall[0] - rise[1], 0.02) * 0.6)
    return keyed(
        times_s,
        [
            (rise[0], 0.0),
            (rise[1], height * 1.08),
            (rise[1] + settle_s, height),
            (fall[0], height),
            (fall[1], 0.0),
        ],
    )


def saccades(times_s: Track, jumps: Keys) -> Track:
    """The eyes: they jump, at each of the times, to the value beside it, and rest there until the next."""
    track = np.zeros_like(times_s)
    before = 0.0
    for at_s, value in jumps:
        track += (value - before) * _minimum_jerk(np.clip((times_s - at_s) / SACCADE_S, 0.0, 1.0))
        before = value
    return track


def blink(times_s: Track, at_s: float, *, depth: float = 1.0, slow: float = 1.0) -> Track:
    """One closing and opening of a lid that is shut at `at_s`: fast down, a moment, slower and slower up."""
    since_s = (times_s - at_s) / slow
    closing = _minimum_jerk(np.clip(1.0 + since_s / BLINK_CLOSE_S, 0.0, 1.0))
    opening = _minimum_jerk(np.clip((since_s - BLINK_SHUT_S) / BLINK_OPEN_S, 0.0, 1.0) ** 0.75)
    return depth * (closing - opening)


def wander(times_s: Track, height: float, weights: Sequence[float]) -> Track:
    """An uneven sway that never goes further than `height`; `times_s` spans one loop.

    weights: of waves that fit the loop and all set off from rest, so that the seam is a moment of stillness.
    """
    angle = 2 * np.pi * np.arange(len(times_s)) / len(times_s)
    waves = [
        1 - np.cos(angle),
        np.sin(angle) - np.sin(2 * angle) / 2,
        1 - np.cos(2 * angle),
        np.sin(2 * angle) - 2 * np.sin(3 * angle) / 3,
    ]
    track = np.sum([weight * wave for weight, wave in zip(weights, waves, strict=True)], axis=0)
    swayed: Track = height * track / np.abs(track).max()
    return swayed


def _minimum_jerk(part: Track) -> Track:
    return part**3 * (10 + part * (6 * part - 15))
