"""The few numbers that a face's motion is made of, one set a frame.

Curves (presets) and fits (a person's own clip) both end in these; the renderer reads nothing else.
Left and right are the picture's, not the person's. The unit D is the distance between the eye centres.
"""

from dataclasses import dataclass, fields
from math import isfinite
from typing import Self

from backend.domain.errors import InvalidOption
from backend.engines.animation_api import MotionCurve


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """How one face differs from the photo in one frame. All 0 = the photo as it is."""

    smile: float = 0.0  # -1 corners down .. 1 broad smile
    open: float = 0.0  # 0 .. 0.9, the jaw
    pucker: float = 0.0  # 0 .. 1
    brow_left: float = 0.0  # -1 furrowed .. 1 raised
    brow_right: float = 0.0
    blink_left: float = 0.0  # 0 as in the photo .. 1 closed
    blink_right: float = 0.0
    widen: float = 0.0  # 0 .. 1, upper lids up
    gaze_x: float = 0.0  # -1 left .. 1 right
    gaze_y: float = 0.0  # -1 up .. 1 down
    yaw: float = 0.0  # radians, -0.30 .. 0.30, positive turns the face to the right of the picture
    pitch: float = 0.0  # radians, -0.28 .. 0.28, positive lowers the chin
    roll: float = 0.0  # radians, -0.30 .. 0.30, positive is clockwise in the picture
    shift_x: float = 0.0  # D, positive to the right
    shift_y: float = 0.0  # D, positive downwards
    scale: float = 0.0  # natural logarithm of the head's size ratio

    def scaled(self, intensity: float) -> Self:
        """The same motion, `intensity` times as large, within what a face can do."""
        return type(self)(
            **{
                name: min(max(getattr(self, name) * intensity, low), high)
                for name, (low, high) in LIMITS.items()
            }
        )


LIMITS: dict[str, tuple[float, float]] = {
    "smile": (-1.0, 1.0),
    "open": (0.0, 0.9),
    "pucker": (0.0, 1.0),
    "brow_left": (-1.0, 1.0),
    "brow_right": (-1.0, 1.0),
    "blink_left": (0.0, 1.0),
    "blink_right": (0.0, 1.0),
    "widen": (0.0, 1.0),
    "gaze_x": (-1.0, 1.0),
    "gaze_y": (-1.0, 1.0),
    "yaw": (-0.30, 0.30),
    "pitch": (-0.28, 0.28),
    "roll": (-0.30, 0.30),
    "shift_x": (-0.5, 0.5),
    "shift_y": (-0.5, 0.5),
    "scale": (-0.15, 0.15),
}

MOST_FPS = 120.0  # of a film that players still show frame by frame

CHANNELS: tuple[str, ...] = tuple(field.name for field in fields(Coefficients))


def require_playable(curve: MotionCurve) -> None:
    """Raises InvalidOption for a curve without frames, with channels no face has, or with gaps in it."""
    if unknown := sorted(set(curve.channels) - set(CHANNELS)):
        raise InvalidOption(f"a face has no channel {', '.join(unknown)}", option="preset")
    if not 0 < curve.fps <= MOST_FPS or not curve.frame_count:
        raise InvalidOption(f"a motion needs frames, and 0 to {MOST_FPS:g} a second", option="preset")
    for name, values in curve.channels.items():
        if len(values) != curve.frame_count or not all(map(isfinite, values)):
            raise InvalidOption(
                f"channel {name} needs one number for each of {curve.frame_count} frames", option="preset"
            )


def at_frame(curve: MotionCurve, frame_index: int) -> Coefficients:
    """The coefficients of one frame of a playable curve; channels that it does not name are 0."""
    return Coefficients(**{name: values[frame_index] for name, values in curve.channels.items()})
