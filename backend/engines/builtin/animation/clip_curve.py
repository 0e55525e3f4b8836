"""From what was measured on a clip to a motion curve: rest taken out, small things left out, ends joined.

Kept apart from measuring because here are the numbers that people tune: what counts as motion, and what as
noise.
"""

from typing import Final

import numpy as np

from backend.engines.animation_api import MotionCurve
from backend.engines.builtin.animation.blinks import natural_blinks, seen_blinks
from backend.engines.builtin.animation.clip_follow import FollowedFace
from backend.engines.builtin.animation.coefficients import LIMITS
from backend.engines.builtin.animation.curves import Track, frame_times, keyed
from backend.engines.builtin.animation.expression_fit import EXPRESSIONS

_PLACED: Final = ("shift_x", "shift_y", "scale")
_HEAD: Final = ("yaw", "pitch", "roll", *_PLACED)
_HEAD_SMOOTHING_S: Final = 0.04
_FACE_SMOOTHING_S: Final = 0.06
_JAW_DEAD_ZONE: Final = 0.12  # pressed lips and frowns reach this
_DEAD_ZONE: Final = {"smile": 0.08, "pucker": 0.12, "brow_left": 0.12, "brow_right": 0.12}
# A turned head is seen from another side, which looks like an expression. For each radian of yaw or pitch,
# and half as much for roll; one channel driven at a time, on five faces, leaks 1.0 at most.
_DEAD_ZONE_PER_TURN: Final = 1.2
# Lips that part or widen pull at what the other would move.
_LEAKS_FROM: Final = {"smile": ("open",), "pucker": ("open", "smile")}
_DEAD_ZONE_PER_LEAK: Final = 0.3
_RAISED: Final = 0.3  # of a brow: it bares a lid, which looks like one that shuts
_REST_PERCENTILE: Final = 10.0  # of what only goes one way: jaw, pout
_JOIN_S: Final = 0.4  # from the photo into the motion, and back
_LONGEST_JOIN: Final = 0.2  # of the film
_DECIMALS: Final = 4


def curve_of(followed: FollowedFace, fps: float) -> tuple[MotionCurve, tuple[str, ...]]:
    """The motion, and notes about it. Frame 0 is the photo, and so would be the one after the last."""
    head = {name: _head_track(followed, name, fps) for name in _HEAD}
    turn = np.abs(head["yaw"]) + np.abs(head["pitch"]) + 0.5 * np.abs(head["roll"])
    face = {"open": _jaw(followed, fps)}
    for name in EXPRESSIONS:  # smile comes before pucker, which it resembles
        dead = _DEAD_ZONE[name] + _DEAD_ZONE_PER_TURN * turn
        for other in _LEAKS_FROM.get(name, ()):
            dead = dead + _DEAD_ZONE_PER_LEAK * np.abs(face[other])
        face[name] = _face_track(followed, name, dead, fps)
    count = len(followed.poses)
    joined = _joined(count, fps)
    channels = {name: _limited(name, track * joined) for name, track in (head | face).items()}
    seen = seen_blinks(*_shut(followed, face), fps)
    channels["blink_left"], channels["blink_right"] = natural_blinks(count, fps) if seen is None else seen
    for name in ("blink_left", "blink_right"):
        channels[name] = channels[name] * joined
    rounded = {
        name: tuple(float(value) for value in np.round(track, _DECIMALS) + 0.0)
        for name, track in channels.items()
    }
    notes = ("natural_blinks",) if seen is None else ()
    return MotionCurve(fps=fps, channels=rounded), notes


def _shut(followed: FollowedFace, face: dict[str, Track]) -> tuple[Track | None, Track | None]:
    """How shut each eye was seen; under a raised brow, no more than the other. Not while the face is lost."""
    if followed.shut_left is None or followed.shut_right is None:
        return None, None
    is_seen = ~np.asarray(followed.is_lost)
    left, right = followed.shut_left * is_seen, followed.shut_right * is_seen
    both = np.minimum(left, right)
    return (
        np.where(face["brow_left"] > _RAISED, both, left),
        np.where(face["brow_right"] > _RAISED, both, right),
    )


def _head_track(followed: FollowedFace, name: str, fps: float) -> Track:
    """Turns against the moment of rest; place and size against where the head mostly is."""
    track = _bridged(np.array([getattr(pose, name) for pose in followed.poses]), followed)
    if name in _PLACED:
        track = track - np.median(track)
    return _smoothed(track, _HEAD_SMOOTHING_S * fps)


def _face_track(followed: FollowedFace, name: str, dead: Track, fps: float) -> Track:
    """What goes beyond `dead`, float64 (N,), in both directions."""
    track = _bridged(followed.expressions[:, EXPRESSIONS.index(name)], followed)
    track = _smoothed(track, _FACE_SMOOTHING_S * fps)
    if LIMITS[name][0] == 0.0:
        track = np.clip(track - np.percentile(track, _REST_PERCENTILE), 0.0, None)
    else:
        # Mostly below rest: then rest was not neutral. Mostly above it: somebody who smiles a lot.
        track = track - min(float(np.median(track)), 0.0)
    felt: Track = np.sign(track) * np.clip(np.abs(track) - dead, 0.0, None)
    return felt


def _jaw(followed: FollowedFace, fps: float) -> Track:
    """Opening: what chin and lips both say.

    A frown or pressed lips move neither, a kiss sinks only the chin, a grin parts only the lips.
    """
    chin, lips = (
        _above_rest(_smoothed(_bridged(np.array(track), followed), _HEAD_SMOOTHING_S * fps))
        for track in ([pose.chin for pose in followed.poses], [pose.lips for pose in followed.poses])
    )
    opening: Track = np.clip(np.minimum(chin, lips) - _JAW_DEAD_ZONE, 0.0, None) / (1.0 - _JAW_DEAD_ZONE)
    return opening


def _above_rest(track: Track) -> Track:
    """Against the mouth at its most closed."""
    above: Track = track - float(np.percentile(track, _REST_PERCENTILE))
    return above


def _bridged(track: Track, followed: FollowedFace) -> Track:
    """A straight line over every gap in which the face was lost."""
    seen = np.flatnonzero(~np.asarray(followed.is_lost))
    if seen.size in (0, len(track)):
        return track
    bridged: Track = np.interp(np.arange(len(track)), seen, track[seen])
    return bridged


def _smoothed(track: Track, sigma_frames: float) -> Track:
    """Gaussian, ends repeated; it looks both ways, so nothing comes late."""
    reach = max(1, round(3 * sigma_frames))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma_frames, 1e-3)) ** 2)
    smooth: Track = np.convolve(np.pad(track, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
    return smooth


def _joined(count: int, fps: float) -> Track:
    """0 in the first frame and in the one after the last, 1 in between."""
    length_s = count / fps
    join_s = min(_JOIN_S, _LONGEST_JOIN * length_s)
    keys = [(0.0, 0.0), (join_s, 1.0), (length_s - join_s, 1.0), (length_s, 0.0)]
    return keyed(frame_times(count, fps), keys)


def _limited(name: str, track: Track) -> Track:
    """Softly within what a face can do."""
    low, high = LIMITS[name]
    limit = max(abs(low), high)
    limited: Track = np.clip(limit * np.tanh(track / limit), low, high)
    return limited
