"""The moment of a clip that its motion is measured against: eyes open, mouth closed, straight to the camera.

The first picture will not do: a clip may begin in the middle of a word or a blink.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from backend.domain.errors import NoFaceFound, UnreadableVideo
from backend.engines.api import DrivingClip
from backend.engines.builtin.animation.landmarks import Landmarks, find_landmarks
from backend.engines.builtin.animation.lid_edges import darkness
from backend.engines.clips.stretch import Look, Stretch
from backend.engines.faces.boxes import side
from backend.engines.faces.detector import find_faces
from backend.media.types import RgbImage

FOLLOWED_SIDE_PX: Final = 512  # long side of the pictures in which a face is followed
_CANDIDATES: Final = 4  # to compare; finding a face for certain takes a third of a second
_ATTEMPTS: Final = 8
_APART_S: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Neutral:
    """A face at rest, the picture it is in, and when."""

    at_s: float
    picture: RgbImage
    face: Landmarks


def find_neutral(clip: DrivingClip, stretch: Stretch) -> Neutral:
    """Compare the clearest moments of a stretch. Raises NoFaceFound, UnreadableVideo."""
    found: list[Neutral] = []
    for look in _clearest(stretch.looks)[:_ATTEMPTS]:
        picture = _picture_at(clip, look.at_s)
        largest = max(find_faces(picture), key=lambda face: side(face.box), default=None)
        if largest is not None:
            landmarks = find_landmarks(picture, largest)
            found.append(Neutral(at_s=look.at_s, picture=picture, face=landmarks))
        if len(found) == _CANDIDATES:
            break
    if not found:
        raise NoFaceFound("nobody looks at the camera in this clip")
    return min(zip(found, _unrest(found), strict=True), key=lambda pair: (pair[1], pair[0].at_s))[0]


def _clearest(looks: Sequence[Look]) -> list[Look]:
    """Best first, each some time from those before it."""
    picked: list[Look] = []
    for look in sorted(looks, key=lambda look: (-round(look.quality, 1), look.at_s)):
        if look.quality > 0 and all(abs(look.at_s - other.at_s) >= _APART_S for other in picked):
            picked.append(look)
    return picked


def _picture_at(clip: DrivingClip, at_s: float) -> RgbImage:
    part = clip.read(fps=clip.fps, start_s=at_s, seconds=2.0 / clip.fps, long_side_px=FOLLOWED_SIDE_PX)
    with closing(part):
        for picture in part:
            return picture
    raise UnreadableVideo("the clip has no frames")


def _unrest(found: Sequence[Neutral]) -> list[float]:
    """How far each is from rest: a wide or open mouth, lids that hang, a head that is turned or tilted."""
    eyes = np.array([_eye_darkness(one) for one in found])
    paler = 1.0 - eyes / np.maximum(eyes.max(axis=0), 1e-6)
    narrowest = min(one.face.lips.half_width for one in found)
    return [
        2.0 * one.face.lips.gap
        + 0.3 * one.face.lips.shows_teeth
        + 0.5 * (one.face.lips.half_width - narrowest)
        + float(paler[index].sum())
        + _turned(one.face)
        for index, one in enumerate(found)
    ]


def _eye_darkness(one: Neutral) -> tuple[float, float]:
    gray = np.asarray(cv2.cvtColor(one.picture, cv2.COLOR_RGB2GRAY), np.uint8)
    return darkness(gray, one.face.frame, one.face.eye_left), darkness(
        gray, one.face.frame, one.face.eye_right
    )


def _turned(face: Landmarks) -> float:
    middle_u = (face.eye_left.middle_u + face.eye_right.middle_u) / 2
    return abs(face.lips.middle_u - middle_u) + 0.5 * abs(face.frame.roll)
