"""What a face does in each of our expressions, when, and how far: here are the numbers that people tune.

Every curve starts and ends at the photo as it is, and the frame after the last one would be the first. Real
expressions are never even: one corner of the brow leads, the head goes along, an eye blinks in between.
"""

import numpy as np

from backend.engines.builtin.animation.curves import Track, blink, hump, keyed, sway

LOOP_S = 3.0
Tracks = dict[str, Track]
"""Channel of `coefficients.py` -> its track. Each function below takes the frames' times, in seconds."""


def _alive(t: Track) -> Tracks:
    """What nobody can stop doing: breathing, and keeping the head up."""
    return {
        "shift_y": sway(t, LOOP_S, cycles=1, height=0.012, quarter=True),
        "roll": sway(t, LOOP_S, cycles=1, height=0.006),
        "yaw": sway(t, LOOP_S, cycles=1, height=0.008, quarter=True),
    }


def _with(base: Tracks, **added: Track) -> Tracks:
    return base | {name: base[name] + track if name in base else track for name, track in added.items()}


def _both_lids(t: Track, *at_s: float, slow: float = 1.0) -> Tracks:
    """Blinks of both eyes; the right lid comes a few milliseconds after the left one."""
    left = np.max([blink(t, at, slow=slow) for at in at_s], axis=0)
    right = np.max([blink(t, at + 0.008, slow=slow) for at in at_s], axis=0)
    return {"blink_left": left, "blink_right": right}


def _smile(t: Track, height: float) -> Tracks:
    smile = hump(t, rise=(0.24, 0.92), fall=(1.96, 2.80), height=height)
    return _with(
        _alive(t),
        smile=smile,
        brow_left=hump(t, rise=(0.28, 0.84), fall=(1.56, 2.48), height=0.16 * height),
        brow_right=hump(t, rise=(0.34, 0.92), fall=(1.56, 2.48), height=0.22 * height),
        pitch=hump(t, rise=(0.30, 1.00), fall=(1.92, 2.84), height=-0.035 * height),
        roll=hump(t, rise=(0.30, 1.08), fall=(1.84, 2.84), height=0.030 * height),
        scale=hump(t, rise=(0.30, 1.08), fall=(1.84, 2.84), height=0.010 * height),
    )


def broad_smile(t: Track) -> Tracks:
    """A smile with one blink on the way back."""
    return _smile(t, 0.92) | _both_lids(t, 2.28)


def smile_blink(t: Track) -> Tracks:
    """A smile, and a blink at its height."""
    return _smile(t, 0.80) | _both_lids(t, 1.32)


def puzzled(t: Track) -> Tracks:
    """One brow up, one down, a glance aside and up."""
    return _with(
        _alive(t) | _both_lids(t, 0.52, 2.36),
        brow_left=hump(t, rise=(0.40, 1.00), fall=(2.08, 2.72), height=-0.86),
        brow_right=hump(t, rise=(0.32, 0.88), fall=(2.12, 2.76), height=0.80),
        smile=hump(t, rise=(0.52, 1.12), fall=(2.04, 2.72), height=-0.62),
        pucker=hump(t, rise=(0.56, 1.12), fall=(1.96, 2.68), height=0.36),
        roll=hump(t, rise=(0.40, 1.20), fall=(2.04, 2.84), height=0.125),
        yaw=hump(t, rise=(0.44, 1.20), fall=(2.04, 2.84), height=0.080),
        pitch=hump(t, rise=(0.44, 1.12), fall=(2.00, 2.80), height=0.035),
        gaze_x=keyed(t, [(0.56, 0), (0.68, 0.62), (1.40, 0.62), (1.52, -0.30), (2.04, -0.30), (2.36, 0)]),
        gaze_y=keyed(t, [(0.56, 0), (0.68, -0.45), (1.40, -0.45), (1.52, -0.05), (2.04, -0.05), (2.36, 0)]),
    )


def nod(t: Track) -> Tracks:
    """Twice down, less the second time."""
    pitch = keyed(
        t,
        [
            (0.20, 0.0),
            (0.40, -0.040),  # up a little first: every nod takes a run
            (0.80, 0.175),
            (1.20, -0.050),
            (1.60, 0.145),
            (2.00, -0.025),
            (2.36, 0.055),
            (2.76, 0.0),
        ],
    )
    return _with(
        _alive(t) | _both_lids(t, 0.76, 2.32),
        pitch=pitch,
        shift_y=0.30 * pitch,
        gaze_y=-1.1 * pitch,  # the eyes stay on the viewer
        smile=hump(t, rise=(0.48, 1.24), fall=(2.00, 2.80), height=0.38),
        brow_left=0.16 * hump(t, rise=(0.28, 0.60), fall=(0.96, 1.60), height=1.0),
        brow_right=0.16 * hump(t, rise=(0.28, 0.60), fall=(0.96, 1.60), height=1.0),
    )


def shake(t: Track) -> Tracks:
    """Left, right, and less each time."""
    yaw = keyed(
        t,
        [
            (0.20, 0.0),
            (0.60, -0.165),
            (1.06, 0.180),
            (1.52, -0.155),
            (1.96, 0.120),
            (2.36, -0.040),
            (2.76, 0.0),
        ],
    )
    return _with(
        _alive(t) | _both_lids(t, 1.28),
        yaw=yaw,
        shift_x=0.22 * yaw,
        roll=-0.16 * yaw,  # the chin leads
        gaze_x=-1.0 * yaw,
        smile=hump(t, rise=(0.44, 1.04), fall=(1.96, 2.76), height=-0.26),
        brow_left=hump(t, rise=(0.40, 0.96), fall=(2.00, 2.68), height=-0.30),
        brow_right=hump(t, rise=(0.40, 0.96), fall=(2.00, 2.68), height=-0.26),
        pitch=hump(t, rise=(0.40, 1.08), fall=(1.96, 2.80), height=0.030),
    )


def blinks(t: Track) -> Tracks:
    """Once, a pause, then twice."""
    return _with(
        _alive(t) | _both_lids(t, 0.72, 1.88, 2.24),
        smile=hump(t, rise=(0.80, 1.40), fall=(1.96, 2.76), height=0.14),
        pitch=hump(t, rise=(0.60, 0.80), fall=(0.88, 1.28), height=0.012),
        roll=hump(t, rise=(0.92, 1.64), fall=(1.88, 2.80), height=-0.018),
    )


def wink(t: Track) -> Tracks:
    """The picture's right eye, with its cheek."""
    shut = keyed(t, [(0.76, 0.0), (0.96, 1.0), (1.24, 1.0), (1.56, 0.0)])
    cheek = keyed(t, [(0.56, 0.0), (0.96, 1.06), (1.24, 1.0), (1.76, 0.45), (2.12, 0.45), (2.80, 0.0)])
    last = blink(t, 2.28)
    return _with(
        _alive(t),
        blink_right=np.maximum(shut, last),
        blink_left=np.maximum(0.10 * shut, last),  # nobody holds the other eye quite still
        smile=0.52 * cheek,
        brow_right=-0.22 * shut,
        brow_left=0.20 * cheek,
        roll=0.060 * cheek,
        yaw=-0.035 * cheek,
        pitch=0.025 * shut,
    )


def surprise(t: Track) -> Tracks:
    """A start: brows and jaw fly up and settle."""
    jump = keyed(t, [(0.28, 0.0), (0.56, 1.08), (0.80, 0.96), (1.40, 0.90), (2.28, 0.0)])
    return _with(
        _alive(t) | _both_lids(t, 0.28, 1.80),  # a start begins with a blink
        brow_left=0.84 * jump,
        brow_right=0.78 * jump,
        widen=0.75 * keyed(t, [(0.48, 0.0), (0.68, 1.0), (1.28, 0.85), (1.64, 0.0)]),
        pucker=keyed(t, [(0.32, 0.0), (0.64, 0.58), (1.44, 0.52), (2.08, 0.0)]),  # an "oh", not a laugh
        open=keyed(t, [(0.32, 0.0), (0.68, 0.56), (0.92, 0.50), (1.48, 0.46), (2.16, 0.0)]),
        pitch=keyed(t, [(0.28, 0.0), (0.56, -0.070), (0.88, -0.055), (1.48, -0.050), (2.40, 0.0)]),
        scale=keyed(t, [(0.28, 0.0), (0.60, -0.018), (1.40, -0.014), (2.40, 0.0)]),
        smile=hump(t, rise=(1.56, 2.12), fall=(2.28, 2.84), height=0.26),
    )


def talk(t: Track) -> Tracks:
    """A sentence of uneven syllables."""
    # Syllables are not even: (time, jaw); between two the lips nearly meet.
    jaw = [
        *((0.20, 0.0), (0.32, 0.26), (0.44, 0.06), (0.58, 0.34), (0.72, 0.10), (0.84, 0.20), (0.96, 0.0)),
        *((1.08, 0.0), (1.20, 0.36), (1.34, 0.14), (1.46, 0.28), (1.58, 0.04), (1.70, 0.22), (1.84, 0.05)),
        *((1.98, 0.30), (2.14, 0.08), (2.26, 0.18), (2.44, 0.0)),
    ]
    round_lips = [(0.66, 0.0), (0.80, 0.45), (0.96, 0.0), (1.52, 0.0), (1.68, 0.50), (1.86, 0.0)]
    wide_lips = [
        (0.20, 0.0),
        (0.40, 0.20),
        (0.72, 0.06),
        (1.20, 0.24),
        (1.64, 0.08),
        (2.08, 0.26),
        (2.76, 0.0),
    ]
    nodding = [
        *((0.20, 0.0), (0.60, 0.050), (0.96, -0.020), (1.24, 0.060)),
        *((1.64, 0.000), (2.00, 0.045), (2.32, -0.015), (2.80, 0.0)),
    ]
    turning = [(0.24, 0.0), (0.92, 0.050), (1.60, -0.040), (2.20, 0.020), (2.80, 0.0)]
    return _with(
        _alive(t) | _both_lids(t, 1.04, 2.52),
        open=keyed(t, jaw),
        pucker=keyed(t, round_lips),
        smile=keyed(t, wide_lips),
        pitch=keyed(t, nodding),
        yaw=keyed(t, turning),
        brow_left=keyed(t, [(0.92, 0.0), (1.20, 0.34), (1.56, 0.06), (2.00, 0.18), (2.56, 0.0)]),
        brow_right=keyed(t, [(0.92, 0.0), (1.20, 0.28), (1.56, 0.06), (2.00, 0.22), (2.56, 0.0)]),
    )


def look_around(t: Track) -> Tracks:
    """Eyes first, left, right and up; the head follows."""
    # The eyes jump and rest; the head follows slower, and less far.
    gaze = [
        *((0.28, 0.0), (0.38, -0.95), (1.04, -0.80), (1.16, 0.95), (1.84, 0.80)),
        *((1.94, 0.10), (2.20, 0.10), (2.30, 0.0)),
    ]
    up = [(1.84, 0.0), (1.94, -0.70), (2.20, -0.70), (2.30, 0.0)]
    head = [(0.32, 0.0), (0.88, -0.150), (1.08, -0.150), (1.64, 0.160), (1.84, 0.160), (2.64, 0.0)]
    return _with(
        _alive(t) | _both_lids(t, 1.12, 2.28),
        gaze_x=keyed(t, gaze),
        gaze_y=keyed(t, up),
        yaw=keyed(t, head),
        roll=keyed(t, [(0.40, 0.0), (0.96, -0.025), (1.16, -0.025), (1.72, 0.030), (2.72, 0.0)]),
        pitch=keyed(t, [(1.72, 0.0), (2.08, -0.040), (2.24, -0.040), (2.80, 0.0)]),
        brow_left=keyed(t, [(1.80, 0.0), (2.00, 0.28), (2.20, 0.28), (2.60, 0.0)]),
        brow_right=keyed(t, [(1.80, 0.0), (2.00, 0.28), (2.20, 0.28), (2.60, 0.0)]),
        smile=hump(t, rise=(0.48, 1.12), fall=(1.72, 2.72), height=0.12),
    )
