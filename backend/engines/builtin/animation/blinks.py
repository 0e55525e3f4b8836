"""Blinks as people do them when nobody asks: for clips, whose own eyes cannot be measured well enough.

Measured eye closure from the darkness of the lids failed on real clips (light irises, glasses, side glances),
and a wrong half-closed eye looks far worse than a blink at another moment.
"""

from typing import Final

import numpy as np

from backend.engines.builtin.animation.curves import BLINK_CLOSE_S, BLINK_OPEN_S, Track, blink, frame_times

_FIRST_S: Final = 0.9
_GAPS_S: Final = (2.9, 3.8, 2.3, 0.62, 4.2, 3.1)  # people blink every two to five seconds, now and then twice
_RIGHT_LATER_S: Final = 0.008


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
