"""Five points for a face that the cascades found: they see a box and eyes, and to align a face takes more.

Measured by the built-in animator's landmarks, so that a face can be restored though no detector is installed.
"""

from typing import Final

import numpy as np

from backend.engines.api import FivePoints, Point
from backend.engines.builtin.animation.landmarks import Landmarks, find_landmarks
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.geometry import pose_of
from backend.media.types import RgbImage

_NOSE_SHARE: Final = 0.564  # of the way from the eyes to the mouth, on the face that networks are trained on
_MOST_RESIDUAL: Final = 0.2  # beyond it the points lie like no frontal face: something was taken for another


def five_points(photo: RgbImage, face: FoundFace) -> FivePoints | None:
    """The face's own points where its finder saw them, else measured; None where they do not fit a face.

    photo: uint8 (H, W, 3) RGB
    """
    if face.landmarks is not None:
        return face.landmarks
    landmarks = find_landmarks(photo, face)
    if landmarks.note is not None:
        return None
    points = _points_of(landmarks)
    return points if pose_of(points).residual <= _MOST_RESIDUAL else None


def _points_of(face: Landmarks) -> FivePoints:
    """The nose tip is not looked for: it lies between eyes and mouth, as on a frontal face."""
    left, right = (face.frame.to_photo(eye.centre) for eye in (face.eye_left, face.eye_right))
    lips = face.lips
    corner_left, corner_right = (
        face.frame.to_photo((lips.middle_u + side * lips.half_width, lips.line[end]))
        for side, end in ((-1, 0), (1, -1))
    )
    eyes, mouth = _between(left, right), _between(corner_left, corner_right)
    nose = _between(eyes, mouth, _NOSE_SHARE)
    return left, right, nose, corner_left, corner_right


def _between(a: Point, b: Point, share: float = 0.5) -> Point:
    x, y = (1 - share) * np.array(a) + share * np.array(b)
    return float(x), float(y)
