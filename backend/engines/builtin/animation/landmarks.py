"""Where the eyes and the mouth of a face are: what the renderer works from, and how it is put together.

The two searches live in `eyes.py` and `lips.py`; here is what they have in common: the frame of the face, and
the rules for a face that is better left alone.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.animation.canonical import FaceFrame, Point
from backend.engines.builtin.animation.eyes import Eye, balanced, find_eye, find_twin
from backend.engines.builtin.animation.lips import Lips, find_lips
from backend.engines.faces.boxes import FoundFace, side
from backend.media.types import GrayImage, RgbImage

SMALLEST_UNIT_PX: Final = 7.0  # below this an eye is two pixels high: nothing to close
_EYE_DISTANCE_OF_BOX: Final = 0.385  # of a face seen from the front, measured on 15 photos
_EYE_HEIGHT_OF_BOX: Final = 0.385
_TALLEST_OF_OTHER: Final = 1.3  # of the other eye's upper lid, where it bulges more than
_TALL_UPPER: Final = 0.095  # D
_TURNED_EYE_DISTANCE: Final = 0.62  # D; eyes closer than this belong to a face turned too far


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmarks:
    """A face as the renderer needs it. Left and right are the picture's.

    frame: the face's coordinate system; everything below is in it, in D.
    """

    frame: FaceFrame
    eye_left: Eye
    eye_right: Eye
    lips: Lips

    @property
    def unit_px(self) -> float:
        """D in pixels of the photo."""
        return self.frame.unit_px

    @property
    def note(self) -> str | None:
        """Why the face is better left alone: "too_small", "profile"; None for a face that can move."""
        if self.unit_px < SMALLEST_UNIT_PX:
            return "too_small"
        if self.eye_right.centre[0] - self.eye_left.centre[0] < _TURNED_EYE_DISTANCE:
            return "profile"
        return None

    def scaled(self, ratio: float, dx_px: float = 0.0, dy_px: float = 0.0) -> "Landmarks":
        """The same face in a photo resized by `ratio` and then moved by whole or part pixels."""
        # Pixel centres: the middle of the first pixel is 0, so its edge is -0.5.
        x, y = ((value + 0.5) * ratio - 0.5 for value in self.frame.origin)
        frame = FaceFrame(
            origin=(x + dx_px, y + dy_px), unit_px=self.frame.unit_px * ratio, roll=self.frame.roll
        )
        return Landmarks(frame=frame, eye_left=self.eye_left, eye_right=self.eye_right, lips=self.lips)


def find_landmarks(photo: RgbImage, face: FoundFace) -> Landmarks:
    """Measure a face. What cannot be made out is put where it usually is; `note` says when to leave it alone.

    photo: uint8 (H, W, 3) RGB.
    """
    gray = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.uint8)
    rough = FaceFrame.from_eyes(*_first_guess(face), unit_px=_EYE_DISTANCE_OF_BOX * side(face.box))
    guesses = [rough.to_face(guess) for guess in _first_guess(face)]
    if len(face.eyes) == 1:
        seen = rough.to_face(face.eyes[0])
        guesses = [seen if guess == seen else find_twin(gray, rough, seen, guess) for guess in guesses]
    found = [find_eye(gray, rough, guess) for guess in guesses]
    left, right = (rough.to_photo(eye.centre) for eye in found)
    distance_px = ((right[0] - left[0]) ** 2 + (right[1] - left[1]) ** 2) ** 0.5
    # Eyes of a turned head are closer together; the box still tells how large the face is.
    unit_px = max(distance_px, 0.92 * _EYE_DISTANCE_OF_BOX * side(face.box))
    frame = FaceFrame.from_eyes(left, right, unit_px=unit_px)
    eye_left, eye_right = _fitted_eyes(gray, frame, frame.to_face(left), frame.to_face(right))
    return Landmarks(frame=frame, eye_left=eye_left, eye_right=eye_right, lips=find_lips(photo, frame))


def _fitted_eyes(gray: GrayImage, frame: FaceFrame, left: Point, right: Point) -> tuple[Eye, Eye]:
    """Both eyes with their lids; one that would be far taller than the other took a brow for its lid."""
    one, other = (find_eye(gray, frame, guess, is_final=True) for guess in (left, right))
    highest = max(_TALLEST_OF_OTHER * min(one.upper, other.upper), _TALL_UPPER)
    if one.upper > highest:
        one = find_eye(gray, frame, left, is_final=True, highest=highest)
    if other.upper > highest:
        other = find_eye(gray, frame, right, is_final=True, highest=highest)
    return balanced(one, other)


def _first_guess(face: FoundFace) -> tuple[Point, Point]:
    """Two eyes in pixels of the photo: as seen, mirrored where one was seen, else where eyes usually are."""
    x1, y1, _, _ = face.box
    width = side(face.box)
    middle = x1 + width / 2
    if len(face.eyes) == 2:
        left, right = face.eyes
        # Seen too close together, one is likely the inner corner: go half of the way to what is usual.
        short = max(0.0, _EYE_DISTANCE_OF_BOX * width - (right[0] - left[0])) / 4
        return (left[0] - short, left[1]), (right[0] + short, right[1])
    height = face.eyes[0][1] if face.eyes else y1 + _EYE_HEIGHT_OF_BOX * width
    half = _EYE_DISTANCE_OF_BOX * width / 2
    if face.eyes:
        seen_x = face.eyes[0][0]
        other = seen_x + (2 * half if seen_x < middle else -2 * half)
        return (min(seen_x, other), height), (max(seen_x, other), height)
    return (middle - half, height), (middle + half, height)
