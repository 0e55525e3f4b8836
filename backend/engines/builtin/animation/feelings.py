"""What a face does when it feels something, when, and how far: here are the numbers that people tune.

Every curve starts and ends at the photo as it is, and the frame after the last one would be the first. Real
expressions are never even: one corner of the brow leads, the head goes along, an eye blinks in between.
"""

import numpy as np

from backend.engines.builtin.animation.curves import Track, blink, hump, keyed
from backend.engines.builtin.animation.living import Tracks, alive, joined, lids, looking, on_viewer


def _smile(t: Track, height: float) -> Tracks:
    pitch = keyed(
        t, [(0.16, 0.0), (0.36, 0.010), (1.04, -0.042), (1.40, -0.035), (1.92, -0.035), (2.84, 0.0)]
    )
    cheeks = hump(t, rise=(0.40, 1.00), fall=(1.80, 2.60), height=0.17 * height)  # they narrow the eyes
    return joined(
        alive(t),
        {"blink_left": cheeks, "blink_right": 0.9 * cheeks},
        on_viewer(0.0 * t, height * pitch),
        smile=hump(t, rise=(0.24, 0.92), fall=(1.96, 2.80), height=height),
        brow_left=hump(t, rise=(0.28, 0.84), fall=(1.56, 2.48), height=0.16 * height),
        brow_right=hump(t, rise=(0.34, 0.92), fall=(1.56, 2.48), height=0.22 * height),
        pitch=height * pitch,
        roll=hump(t, rise=(0.36, 1.20), fall=(1.84, 2.84), height=0.034 * height),
        scale=hump(t, rise=(0.30, 1.08), fall=(1.84, 2.84), height=0.010 * height),
    )


def broad_smile(t: Track) -> Tracks:
    """A smile with one blink on the way back."""
    return joined(_smile(t, 0.92), lids(t, 2.28), looking(t, (0.60, 0.10, 0.0), (1.48, 0.0, 0.0)))


def smile_blink(t: Track) -> Tracks:
    """A smile, and a blink at its height."""
    return joined(_smile(t, 0.80), lids(t, 1.32))


def laugh(t: Track) -> Tracks:
    """Breath in, then five bursts that grow weaker while the head falls back, and a smile that stays."""
    bursts = [(0.62, 1.0), (0.84, 0.94), (1.06, 0.80), (1.28, 0.60), (1.50, 0.38), (1.72, 0.18)]
    jaw, shake = [(0.36, 0.0)], [(0.44, 0.0)]
    for at_s, height in bursts:
        jaw += [(at_s, 0.49 * height), (at_s + 0.11, 0.31 * height)]
        shake += [(at_s + 0.04, height), (at_s + 0.15, -0.4 * height)]
    pitch = keyed(t, [(0.16, 0.0), (0.40, 0.030), (0.92, -0.120), (1.40, -0.095), (2.00, 0.020), (2.80, 0.0)])
    shaking = keyed(t, [*shake, (2.08, 0.0)])
    squint = hump(t, rise=(0.36, 0.80), fall=(1.60, 2.36), height=0.30)
    return joined(
        alive(t),
        {"blink_left": squint, "blink_right": 0.9 * squint},
        lids(t, 2.28),
        open=keyed(t, [*jaw, (2.04, 0.0)]),
        # less than a broad smile: wide and open together is a clown's mouth
        smile=hump(t, rise=(0.28, 0.72), fall=(1.96, 2.84), height=0.58),
        brow_left=keyed(t, [(0.16, 0.0), (0.44, 0.34), (0.90, 0.12), (1.60, 0.16), (2.40, 0.0)]),
        brow_right=keyed(t, [(0.18, 0.0), (0.48, 0.28), (0.94, 0.08), (1.60, 0.20), (2.40, 0.0)]),
        pitch=pitch + 0.014 * shaking,
        shift_y=0.014 * shaking,
        roll=keyed(t, [(0.40, 0.0), (1.00, -0.060), (1.60, -0.040), (2.20, 0.018), (2.84, 0.0)]),
        yaw=keyed(t, [(0.40, 0.0), (1.10, 0.040), (2.00, 0.0)]),
        scale=hump(t, rise=(0.36, 0.90), fall=(1.40, 2.40), height=-0.012),
    )


def sad(t: Track) -> Tracks:
    """The corners of the mouth sink, the look falls, the head after it; once it comes up to us."""
    pitch = keyed(t, [(0.50, 0.0), (2.10, 0.105), (3.20, 0.095), (4.20, 0.040), (5.80, 0.0)])
    return joined(
        alive(t),
        lids(t, 0.96, slow=1.3),
        lids(t, 3.44, 5.00, slow=1.3),
        looking(
            t,
            *((0.92, 0.06, 0.34), (1.56, 0.14, 0.62), (2.48, 0.04, 0.66)),
            *((3.44, 0.0, -0.14), (4.60, 0.0, -0.04), (5.00, 0.0, 0.0)),
        ),
        pitch=pitch,
        shift_y=0.30 * pitch,
        yaw=keyed(t, [(0.60, 0.0), (2.20, 0.045), (3.40, 0.030), (5.60, 0.0)]),
        roll=keyed(t, [(0.70, 0.0), (2.30, 0.070), (4.20, 0.055), (5.80, 0.0)]),
        smile=keyed(t, [(0.40, 0.0), (1.70, -0.74), (2.40, -0.62), (4.10, -0.68), (5.70, 0.0)]),
        brow_left=keyed(t, [(0.36, 0.0), (1.30, 0.46), (3.20, 0.40), (3.72, 0.56), (5.40, 0.0)]),
        brow_right=keyed(t, [(0.44, 0.0), (1.44, 0.38), (3.20, 0.32), (3.76, 0.48), (5.40, 0.0)]),
        pucker=keyed(t, [(0.80, 0.0), (1.90, 0.16), (4.00, 0.16), (5.20, 0.0)]),
    )


def kiss(t: Track) -> Tracks:
    """The head comes near, the eyes close, the lips go round and part; then a smile."""
    left = keyed(t, [(0.64, 0.0), (0.92, 1.0), (1.36, 1.0), (1.72, 0.0)])
    right = keyed(t, [(0.66, 0.0), (0.94, 1.0), (1.36, 1.0), (1.74, 0.0)])
    near = keyed(t, [(0.20, 0.0), (0.40, -0.12), (1.08, 1.0), (1.36, 0.96), (1.80, 0.10), (2.40, 0.0)])
    return joined(
        alive(t),
        {"blink_left": left, "blink_right": right},
        lids(t, 2.44),
        pucker=keyed(t, [(0.32, 0.0), (0.88, 0.84), (1.20, 0.95), (1.32, 0.90), (1.56, 0.10), (1.84, 0.0)]),
        open=keyed(t, [(1.28, 0.0), (1.44, 0.13), (1.68, 0.0)]),
        smile=hump(t, rise=(1.44, 1.92), fall=(2.16, 2.84), height=0.56),
        scale=0.035 * near,
        pitch=-0.050 * near,
        roll=keyed(t, [(0.32, 0.0), (1.08, 0.085), (1.40, 0.085), (2.00, -0.020), (2.80, 0.0)]),
        yaw=-0.035 * near,
        brow_left=keyed(t, [(0.36, 0.0), (0.92, 0.30), (1.36, 0.24), (1.80, 0.12), (2.60, 0.0)]),
        brow_right=keyed(t, [(0.40, 0.0), (0.96, 0.22), (1.36, 0.18), (1.80, 0.16), (2.60, 0.0)]),
    )


def puzzled(t: Track) -> Tracks:
    """One brow up, one down, a glance aside and up."""
    return joined(
        alive(t),
        lids(t, 0.56, 2.12),
        looking(t, (0.52, 0.62, -0.45), (1.00, 0.54, -0.36), (1.40, -0.30, -0.05), (2.08, 0.0, 0.0)),
        brow_left=hump(t, rise=(0.40, 1.00), fall=(2.08, 2.72), height=-0.86),
        brow_right=hump(t, rise=(0.32, 0.88), fall=(2.12, 2.76), height=0.80),
        smile=hump(t, rise=(0.52, 1.12), fall=(2.04, 2.72), height=-0.62),
        pucker=hump(t, rise=(0.56, 1.12), fall=(1.96, 2.68), height=0.36),
        roll=hump(t, rise=(0.40, 1.20), fall=(2.04, 2.84), height=0.080),
        yaw=hump(t, rise=(0.44, 1.20), fall=(2.04, 2.84), height=0.080),
        pitch=hump(t, rise=(0.44, 1.12), fall=(2.00, 2.80), height=0.035),
    )


def wink(t: Track) -> Tracks:
    """The picture's right eye, with its cheek."""
    shut = keyed(t, [(0.80, 0.0), (0.96, 1.0), (1.20, 1.0), (1.52, 0.0)])
    cheek = keyed(t, [(0.56, 0.0), (0.96, 1.06), (1.24, 1.0), (1.76, 0.45), (2.12, 0.45), (2.80, 0.0)])
    last = blink(t, 2.28)
    return joined(
        alive(t),
        blink_right=np.maximum(shut, last),
        blink_left=np.maximum(0.10 * shut, last),  # nobody holds the other eye quite still
        smile=0.52 * cheek,
        brow_right=-0.22 * shut,
        brow_left=0.20 * cheek,
        roll=0.060 * cheek - keyed(t, [(0.36, 0.0), (0.60, 0.012), (0.92, 0.0)]),
        yaw=-0.035 * cheek,
        pitch=0.025 * shut,
    )


def surprise(t: Track) -> Tracks:
    """A start: brows and jaw fly up and settle."""
    jump = keyed(t, [(0.28, 0.0), (0.56, 1.08), (0.80, 0.96), (1.40, 0.90), (2.28, 0.0)])
    return joined(
        alive(t),
        lids(t, 0.32, 1.80),  # a start begins with a blink
        looking(t, (0.84, 0.10, 0.0), (1.24, -0.06, 0.0), (1.80, 0.0, 0.0)),
        brow_left=0.84 * jump,
        brow_right=0.78 * jump,
        widen=0.75 * keyed(t, [(0.48, 0.0), (0.68, 1.0), (1.28, 0.85), (1.64, 0.0)]),
        pucker=keyed(t, [(0.32, 0.0), (0.64, 0.58), (1.44, 0.52), (2.08, 0.0)]),  # an "oh", not a laugh
        open=keyed(t, [(0.32, 0.0), (0.68, 0.56), (0.92, 0.50), (1.48, 0.46), (2.16, 0.0)]),
        pitch=keyed(t, [(0.28, 0.0), (0.56, -0.070), (0.88, -0.055), (1.48, -0.050), (2.40, 0.0)]),
        scale=keyed(t, [(0.28, 0.0), (0.60, -0.018), (1.40, -0.014), (2.40, 0.0)]),
        smile=hump(t, rise=(1.56, 2.12), fall=(2.28, 2.84), height=0.26),
    )
