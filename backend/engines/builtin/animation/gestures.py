"""What a head says and where it turns, when, and how far: here are the numbers that people tune.

Every curve starts and ends at the photo as it is, and the frame after the last one would be the first. Eyes
go first and jump; the head follows, slower and less far, and swings through a little.
"""

from backend.engines.builtin.animation.curves import Track, hump, keyed
from backend.engines.builtin.animation.living import Tracks, alive, joined, lids, looking, on_viewer


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
    return joined(
        alive(t),
        lids(t, 0.76, 2.32),
        on_viewer(0.0 * t, pitch),
        pitch=pitch,
        shift_y=0.30 * pitch,
        smile=hump(t, rise=(0.48, 1.24), fall=(2.00, 2.80), height=0.38),
        brow_left=hump(t, rise=(0.28, 0.60), fall=(0.96, 1.60), height=0.18),
        brow_right=hump(t, rise=(0.30, 0.64), fall=(0.96, 1.60), height=0.15),
        roll=keyed(t, [(0.30, 0.0), (0.90, 0.020), (1.70, -0.014), (2.70, 0.0)]),
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
    return joined(
        alive(t),
        lids(t, 0.84, 2.28),
        on_viewer(yaw, 0.0 * t),
        yaw=yaw,
        shift_x=0.22 * yaw,
        roll=-0.16 * yaw,  # the chin leads
        smile=hump(t, rise=(0.44, 1.04), fall=(1.96, 2.76), height=-0.26),
        brow_left=hump(t, rise=(0.40, 0.96), fall=(2.00, 2.68), height=-0.30),
        brow_right=hump(t, rise=(0.40, 0.96), fall=(2.00, 2.68), height=-0.26),
        pitch=hump(t, rise=(0.40, 1.08), fall=(1.96, 2.80), height=0.030),
    )


def head_tilt(t: Track) -> Tracks:
    """Aside, a little too far and back a little, with a smile: somebody who is glad to see us.

    No further than hats and the boards of a wall behind stay straight.
    """
    tilt = keyed(
        t,
        [
            *((0.20, 0.0), (0.44, 0.010), (1.28, -0.106), (1.60, -0.095)),
            *((1.88, -0.095), (2.60, 0.008), (2.88, 0.0)),
        ],
    )
    turn = keyed(t, [(0.40, 0.0), (1.40, -0.085), (1.68, -0.076), (1.92, -0.076), (2.72, 0.0)])
    nodding = keyed(t, [(0.32, 0.0), (0.96, 0.030), (1.44, 0.018), (2.00, 0.018), (2.60, 0.0)])
    return joined(
        alive(t),
        lids(t, 0.60, 2.04),
        on_viewer(turn, nodding),
        roll=tilt,
        shift_x=0.16 * tilt,
        yaw=turn,
        pitch=nodding,
        smile=hump(t, rise=(0.64, 1.24), fall=(1.92, 2.76), height=0.46),
        brow_left=hump(t, rise=(0.48, 0.92), fall=(1.60, 2.40), height=0.26),
        brow_right=hump(t, rise=(0.52, 1.00), fall=(1.60, 2.40), height=0.34),
    )


def look_around(t: Track) -> Tracks:
    """Eyes first, left, right and up; the head follows."""
    head = [(0.32, 0.0), (0.92, -0.160), (1.08, -0.150), (1.68, 0.170), (1.84, 0.160), (2.72, 0.0)]
    return joined(
        alive(t),
        lids(t, 1.12, 2.28),
        looking(
            t,
            *((0.28, -0.90, 0.0), (0.76, -0.66, 0.06), (1.08, 0.92, 0.0)),
            *((1.52, 0.66, 0.05), (1.84, 0.10, -0.66), (2.24, 0.0, 0.0)),
        ),
        yaw=keyed(t, head),
        roll=keyed(t, [(0.40, 0.0), (0.96, -0.025), (1.16, -0.025), (1.72, 0.030), (2.72, 0.0)]),
        pitch=keyed(t, [(1.80, 0.0), (2.12, -0.045), (2.28, -0.040), (2.80, 0.0)]),
        brow_left=keyed(t, [(1.80, 0.0), (2.00, 0.28), (2.20, 0.28), (2.60, 0.0)]),
        brow_right=keyed(t, [(1.82, 0.0), (2.04, 0.24), (2.20, 0.24), (2.60, 0.0)]),
        smile=hump(t, rise=(0.48, 1.12), fall=(1.72, 2.72), height=0.12),
    )


def look_up(t: Track) -> Tracks:
    """The eyes go up, the head after them; something up there is good to see."""
    pitch = keyed(
        t, [(0.40, 0.0), (1.08, -0.165), (1.40, -0.150), (1.88, -0.150), (2.56, 0.012), (2.84, 0.0)]
    )
    turn = keyed(t, [(0.44, 0.0), (1.12, 0.065), (1.88, 0.055), (2.72, 0.0)])
    return joined(
        alive(t),
        lids(t, 0.36, 1.92),
        looking(t, (0.32, 0.22, -0.72), (1.00, 0.34, -0.56), (1.44, 0.10, -0.60), (1.88, 0.0, 0.0)),
        pitch=pitch,
        shift_y=0.16 * pitch,
        yaw=turn,
        roll=hump(t, rise=(0.56, 1.24), fall=(1.92, 2.80), height=0.034),
        brow_left=hump(t, rise=(0.36, 0.72), fall=(1.80, 2.36), height=0.42),
        brow_right=hump(t, rise=(0.38, 0.80), fall=(1.80, 2.36), height=0.36),
        smile=hump(t, rise=(0.92, 1.48), fall=(1.96, 2.80), height=0.34),
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
    pitch = keyed(
        t,
        [
            *((0.20, 0.0), (0.60, 0.050), (0.96, -0.020), (1.24, 0.060)),
            *((1.64, 0.0), (2.00, 0.045), (2.32, -0.015), (2.80, 0.0)),
        ],
    )
    yaw = keyed(t, [(0.24, 0.0), (0.92, 0.050), (1.60, -0.040), (2.20, 0.020), (2.80, 0.0)])
    return joined(
        alive(t),
        lids(t, 1.04, 2.52),
        on_viewer(yaw, pitch),
        looking(t, (1.00, -0.20, 0.10), (1.36, 0.0, 0.0)),  # for the word
        open=keyed(t, jaw),
        pucker=keyed(t, round_lips),
        smile=keyed(t, wide_lips),
        pitch=pitch,
        yaw=yaw,
        roll=keyed(t, [(0.40, 0.0), (1.20, 0.026), (1.96, -0.020), (2.80, 0.0)]),
        brow_left=keyed(t, [(0.92, 0.0), (1.20, 0.34), (1.56, 0.06), (2.00, 0.18), (2.56, 0.0)]),
        brow_right=keyed(t, [(0.92, 0.0), (1.20, 0.28), (1.56, 0.06), (2.00, 0.22), (2.56, 0.0)]),
    )
