"""Blinks: where a clip's own eyes were seen to shut, or as people blink when nobody asks.

What was measured only says when; the lids then move as lids do. A wrong half-closed eye looks far worse than
a blink at another moment, so a clip whose eyes cannot be judged blinks naturally.
"""

from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from backend.engines.builtin.animation.curves import (
    BLINK_CLOSE_S,
    BLINK_OPEN_S,
    Track,
    blink,
    frame_times,
    keyed,
)

_FIRST_S: Final = 0.9
_GAPS_S: Final = (2.9, 3.8, 2.3, 0.62, 4.2, 3.1)  # people blink every two to five seconds, now and then twice
_RIGHT_LATER_S: Final = 0.008
_SHUT: Final = 0.5  # of what was measured: both eyes at once
_WINK_SHUT, _WINK_OPEN = 0.7, 0.3  # one eye, and the other meanwhile
_LEAST_WINK_S: Final = 0.16
_LONGEST_STARE_S: Final = 6.0  # nobody keeps the eyes open longer: then they were not seen to shut


def natural_blinks(frame_count: int, fps: float) -> tuple[Track, Track]:
    """Closing of the left and the right eye, 0 to 1, for each frame. Always the same for the same length.

    Every blink is complete; a film too short for one has none.
    """
    times_s = frame_times(frame_count, fps)
    left, right = np.zeros(frame_count), np.zeros(frame_count)
    at_s, index = _FIRST_S, 0
    while at_s + BLINK_CLOSE_S + BLINK_OPEN_S < frame_count / fps:
        shut_s = round(at_s * fps) / fps  # on a frame, so that the eye is seen quite shut
        left = np.maximum(left, blink(times_s, shut_s))
        right = np.maximum(right, blink(times_s, shut_s + _RIGHT_LATER_S))
        at_s += _GAPS_S[index % len(_GAPS_S)]
        index += 1
    return left, right


def seen_blinks(left: Track | None, right: Track | None, fps: float) -> tuple[Track, Track] | None:
    """Closing of both eyes, 0 to 1, where the clip's own were shut; None where that cannot be told.

    left, right: how shut each eye was measured, 0 to 1; None for an eye that could not be judged
    """
    if left is None or right is None:
        return None
    both = np.minimum(left, right) >= _SHUT
    if not both.any() and len(both) > _LONGEST_STARE_S * fps:
        return None
    times_s = frame_times(len(both), fps)
    together = _lids(times_s, both, fps, least_s=0.0)
    winks = []
    for one, other in ((left, right), (right, left)):
        alone = (one >= _WINK_SHUT) & (other <= _WINK_OPEN)
        winks.append(np.maximum(together, _lids(times_s, alone, fps, least_s=_LEAST_WINK_S)))
    return winks[0], winks[1]


def _lids(times_s: Track, is_shut: npt.NDArray[np.bool_], fps: float, *, least_s: float) -> Track:
    """Lids that are down while they should be: fast down, slower up."""
    track = np.zeros(len(times_s))
    for shut, frames in groupby(range(len(is_shut)), key=lambda frame: bool(is_shut[frame])):
        run = list(frames)
        if shut and len(run) / fps >= least_s:
            first_s, last_s = run[0] / fps, max(run[-1], run[0] + 1) / fps
            keys = [
                (first_s - BLINK_CLOSE_S, 0.0),
                (first_s, 1.0),
                (last_s, 1.0),
                (last_s + BLINK_OPEN_S, 0.0),
            ]
            track = np.maximum(track, keyed(times_s, keys))
    return track
