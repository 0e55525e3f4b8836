"""Expressions that one can look at for minutes: a face at rest, and nearly so. Here are the numbers to tune.

Every curve starts and ends at the photo as it is, and the frame after the last one would be the first.
"""

from backend.engines.builtin.animation.curves import Track, hump, keyed
from backend.engines.builtin.animation.living import Tracks, alive, joined, lids, looking, on_viewer


def idle(t: Track) -> Tracks:
    """Somebody sits there and looks at us: small looks aside, an uneven blink, the trace of a smile."""
    turning = keyed(t, [(0.60, 0.0), (1.90, 0.045), (3.00, 0.030), (4.30, -0.035), (5.80, 0.0)])
    nodding = keyed(t, [(1.60, 0.0), (2.70, 0.022), (4.20, -0.012), (5.70, 0.0)])
    return joined(
        alive(t, sway=1.5),
        lids(t, 0.80, 3.68, 4.20),
        looking(
            t,
            *((0.76, 0.20, 0.04), (1.52, 0.12, -0.06), (2.28, -0.10, 0.02)),
            *((3.64, -0.22, 0.08), (4.44, 0.06, 0.0), (5.24, 0.0, 0.0)),
        ),
        on_viewer(0.7 * turning, 0.7 * nodding),
        yaw=turning,
        pitch=nodding,
        roll=keyed(t, [(0.90, 0.0), (2.40, -0.026), (4.10, 0.018), (5.80, 0.0)]),
        smile=keyed(t, [(1.00, 0.0), (2.60, 0.20), (3.80, 0.14), (5.60, 0.0)]),
        brow_left=hump(t, rise=(2.10, 2.60), fall=(3.00, 4.10), height=0.10),
        brow_right=hump(t, rise=(2.16, 2.70), fall=(3.00, 4.10), height=0.14),
    )


def breathe(t: Track) -> Tracks:
    """One deep breath: the head rises with it, the lids close for a moment on the way out."""
    chest = keyed(t, [(0.16, 0.0), (2.20, 1.0), (2.52, 0.97), (4.72, -0.12), (5.84, 0.0)])
    late = keyed(t, [(0.28, 0.0), (2.36, 1.0), (2.72, 0.97), (4.96, -0.10), (5.88, 0.0)])  # the head follows
    lowered = hump(t, rise=(2.60, 3.40), fall=(4.30, 5.30), height=0.28)
    return joined(
        alive(t, breath=0.0),
        lids(t, 1.04),
        lids(t, 3.32, slow=1.9),
        {"blink_left": lowered, "blink_right": lowered},
        on_viewer(0.0 * t, -0.5 * 0.055 * late),
        shift_y=-0.050 * chest,
        scale=0.016 * chest,
        pitch=-0.055 * late,
        roll=0.018 * late,
        brow_left=0.18 * chest.clip(0.0),
        brow_right=0.14 * chest.clip(0.0),
        smile=hump(t, rise=(2.90, 3.90), fall=(4.50, 5.80), height=0.26),
    )


def blinks(t: Track) -> Tracks:
    """Once, a pause, then twice."""
    return joined(
        alive(t),
        lids(t, 0.72, 1.84, 2.24),
        looking(t, (0.68, 0.12, 0.03), (1.28, 0.0, 0.0)),
        smile=hump(t, rise=(0.80, 1.40), fall=(1.96, 2.76), height=0.18),
        pitch=hump(t, rise=(0.60, 0.80), fall=(0.88, 1.28), height=0.014),
        roll=hump(t, rise=(0.92, 1.64), fall=(1.88, 2.80), height=-0.020),
        brow_left=hump(t, rise=(1.80, 1.96), fall=(2.24, 2.72), height=-0.10),
        brow_right=hump(t, rise=(1.80, 1.96), fall=(2.24, 2.72), height=-0.08),
    )


def sleepy(t: Track) -> Tracks:
    """The lids fall, are pulled up, and fall again; the head sinks, and wakes with a start."""
    left = keyed(
        t,
        [
            *((0.40, 0.0), (1.20, 0.46), (1.52, 0.22), (2.36, 0.66), (2.64, 0.40)),
            *((3.28, 1.0), (3.92, 1.0), (4.24, 0.0)),
        ],
    )
    right = keyed(
        t,
        [
            *((0.48, 0.0), (1.24, 0.54), (1.56, 0.28), (2.36, 0.74), (2.68, 0.48)),
            *((3.24, 1.0), (3.96, 1.0), (4.24, 0.0)),
        ],
    )
    sinking = keyed(
        t,
        [
            *((0.60, 0.0), (1.40, 0.045), (1.72, 0.025), (2.60, 0.075), (3.88, 0.185)),
            *((4.44, -0.040), (4.80, -0.015), (5.70, 0.0)),
        ],
    )
    start = keyed(t, [(3.92, 0.0), (4.36, 1.0), (4.60, 0.7), (5.20, 0.0)])
    return joined(
        alive(t, sway=1.3),
        {"blink_left": left, "blink_right": right},
        lids(t, 4.72, 5.20),  # rubs the sleep away
        pitch=sinking,
        shift_y=0.22 * sinking,
        roll=keyed(t, [(0.80, 0.0), (2.60, 0.040), (3.88, 0.085), (4.52, -0.018), (5.70, 0.0)]),
        gaze_y=keyed(t, [(0.60, 0.0), (2.60, 0.35), (3.20, 0.55), (4.00, 0.55), (4.16, 0.0)]),
        widen=0.45 * start,
        brow_left=keyed(t, [(0.60, 0.0), (1.52, 0.26), (2.64, 0.32), (3.40, 0.0)]) + 0.40 * start,
        brow_right=keyed(t, [(0.60, 0.0), (1.52, 0.20), (2.64, 0.26), (3.40, 0.0)]) + 0.36 * start,
        smile=keyed(t, [(1.00, 0.0), (3.20, -0.22), (4.00, -0.22), (4.60, 0.20), (5.70, 0.0)]),
        open=keyed(t, [(2.70, 0.0), (3.70, 0.10), (3.96, 0.10), (4.16, 0.0)]),
    )
