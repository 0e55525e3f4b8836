"""What every face does all the time, and how one motion joins another: the ground of each expression.

A face that only smiles is a mask. People breathe, sway a little, look from one of our eyes to the other, and
keep their eyes on us while the head moves; lids go along with the eyes.
"""

from typing import Final

import numpy as np

from backend.engines.builtin.animation.curves import Track, blink, keyed, saccades, wander

Tracks = dict[str, Track]
"""Channel of `coefficients.py` -> its track over the times of one loop, in seconds."""

BREATH_S: Final = 3.0
_RIGHT_LATER_S: Final = 0.008
_ON_VIEWER: Final = 1.6  # gaze per radian of the head; 2.2 would hold the eyes quite still
_LID_DOWN, _LID_UP = 0.35, 0.25  # how far the upper lid goes along with the eye
_YAW_WEIGHTS, _PITCH_WEIGHTS = (0.5, 0.8, -0.4, 0.35), (0.3, -0.5, 0.6, -0.3)
_ROLL_WEIGHTS, _SHIFT_WEIGHTS = (-0.4, 0.6, 0.5, -0.4), (0.6, -0.7, -0.3, 0.5)


def alive(t: Track, *, sway: float = 1.0, breath: float = 1.0) -> Tracks:
    """Breathing, and keeping the head up. `sway` and `breath` are times the usual size."""
    yaw = wander(t, 0.011 * sway, _YAW_WEIGHTS)
    pitch = wander(t, 0.008 * sway, _PITCH_WEIGHTS)
    chest = breathing(t)
    return {
        "yaw": yaw,
        "pitch": pitch - 0.008 * breath * chest,
        "roll": wander(t, 0.008 * sway, _ROLL_WEIGHTS),
        "shift_x": wander(t, 0.006 * sway, _SHIFT_WEIGHTS),
        "shift_y": -0.014 * breath * chest,
    }


def breathing(t: Track) -> Track:
    """0 = out, 1 = in; a breath every three seconds, in quicker than out, and a rest between two."""
    keys = []
    for start_s in np.arange(0.0, loop_s(t) - 0.5 * BREATH_S, BREATH_S):
        keys += [(start_s + 0.08, 0.0), (start_s + 1.20, 1.0), (start_s + 2.84, 0.0)]
    return keyed(t, keys)


def loop_s(t: Track) -> float:
    """How long the loop is whose frames are shown at `t`."""
    return float(len(t) * (t[1] - t[0]))


def joined(base: Tracks, *others: Tracks, **added: Track) -> Tracks:
    """All of them together: motions add up, of lids the one that is closed further counts."""
    result = dict(base)
    for tracks in (*others, added):
        for name, track in tracks.items():
            if name not in result:
                result[name] = track
            elif name.startswith("blink"):
                result[name] = np.maximum(result[name], track)
            else:
                result[name] = result[name] + track
    return result


def lids(t: Track, *at_s: float, slow: float = 1.0) -> Tracks:
    """Blinks of both eyes; the right lid comes a few milliseconds after the left one."""
    left = np.max([blink(t, at, slow=slow) for at in at_s], axis=0)
    right = np.max([blink(t, at + _RIGHT_LATER_S * slow, slow=slow) for at in at_s], axis=0)
    return {"blink_left": left, "blink_right": right}


def looking(t: Track, *jumps: tuple[float, float, float]) -> Tracks:
    """The eyes jump, at each (time, x, y), to a place and rest there."""
    return gaze(
        saccades(t, [(at_s, x) for at_s, x, _ in jumps]), saccades(t, [(at_s, y) for at_s, _, y in jumps])
    )


def gaze(x: Track, y: Track) -> Tracks:
    """The eyes, and the upper lids that go along with them."""
    down, up = np.clip(y, 0.0, None), np.clip(-y, 0.0, None)
    return {
        "gaze_x": x,
        "gaze_y": y,
        "blink_left": _LID_DOWN * down,
        "blink_right": _LID_DOWN * down,
        "widen": _LID_UP * up,
    }


def on_viewer(yaw: Track, pitch: Track) -> Tracks:
    """The eyes stay on whoever looks while the head moves."""
    return gaze(-_ON_VIEWER * yaw, -_ON_VIEWER * pitch)
