"""The moment of a clip that its motion is measured against: eyes open, mouth closed, straight to the camera.

The first picture will not do: a clip may begin in the middle of a word or a blink.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from backend.domain.errors import NoFaceFound, UnreadableVideo
from backend.engines.animation_api import DrivingClip
from backend.engines.builtin.animation.landmarks import Landmarks, find_landmarks
from backend.engines.builtin.animation.lid_edges import darkness
from backend.engines.clips.crowd import are_several, candidates
from backend.engines.clips.stretch import Look, Stretch
from backend.engines.faces.boxes import FoundFace, side
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces
from backend.media.types import RgbImage

FOLLOWED_SIDE_PX: Final = 512  # long side of the pictures in which a face is followed
_CANDIDATES: Final = 6  # to compare; finding a face for certain takes a third of a second
_ATTEMPTS: Final = 10
_GAP_S: Final = 1.0  # the next picture of a clip with an uneven rate may be that far
_CLEAR_SHARE: Final = 0.7
_EARLY: Final = 0.04  # D that the last moment must be better by: most people begin at rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Neutral:
    """A face at rest, the picture it is in, and when."""

    at_s: float
    picture: RgbImage
    face: Landmarks
    is_one_of_several: bool = False  # in the clip; the largest face is followed


def find_neutral(clip: DrivingClip, stretch: Stretch, find: FindFaces = find_faces) -> Neutral:
    """Compare the clearest moments of a stretch. Raises NoFaceFound."""
    found: list[Neutral] = []
    seen: list[tuple[FoundFace, ...]] = []
    for look in _candidates(stretch.looks)[:_ATTEMPTS]:
        picture = _picture_at(clip, look.at_s)
        if picture is None:
            continue
        seen.append(candidates(find(picture)))
        largest = max(seen[-1], key=lambda face: side(face.box), default=None)
        if largest is not None:
            landmarks = find_landmarks(picture, largest)
            found.append(Neutral(at_s=look.at_s, picture=picture, face=landmarks))
        if len(found) == _CANDIDATES:
            break
    if not found:
        raise NoFaceFound("nobody looks at the camera in this clip")
    best = min(zip(found, _unrest(found), strict=True), key=lambda pair: (pair[1], pair[0].at_s))[0]
    return replace(best, is_one_of_several=are_several(seen))


def _candidates(looks: Sequence[Look]) -> list[Look]:
    """Clear moments spread over the stretch, its first one among them, in order of time; then all others."""
    best = max(look.quality for look in looks)
    clear = [look for look in looks if look.quality >= _CLEAR_SHARE * best]
    places = np.linspace(0, len(clear) - 1, min(_CANDIDATES, len(clear)))
    picked = [clear[index] for index in sorted({round(float(place)) for place in places})]
    rest = sorted(
        (look for look in looks if look.quality > 0 and look not in picked), key=lambda look: -look.quality
    )
    return [*picked, *rest]


def _picture_at(clip: DrivingClip, at_s: float) -> RgbImage | None:
    """None where the clip has a gap."""
    part = clip.read(fps=clip.fps, start_s=at_s, seconds=_GAP_S, long_side_px=FOLLOWED_SIDE_PX)
    with closing(part):
        try:
            return next(part, None)
        except UnreadableVideo:
            return None


def _unrest(found: Sequence[Neutral]) -> list[float]:
    """How far each is from rest: an open or wide mouth, lids that hang, a head turned, lowered or tilted."""
    eyes = np.array([_eye_darkness(one) for one in found])
    paler = 1.0 - eyes / np.maximum(eyes.max(axis=0), 1e-6)
    narrowest = min(one.face.lips.half_width for one in found)
    usual_mouth_v = float(np.median([one.face.lips.middle_v for one in found]))  # a nod shortens a face
    places = np.array([one.face.frame.origin for one in found])
    away_px = np.linalg.norm(places - np.median(places, axis=0), axis=1)  # a turn moves the eyes
    early = np.linspace(0.0, _EARLY, len(found))
    return [
        2.0 * one.face.lips.gap
        + 0.3 * one.face.lips.shows_teeth
        + 0.5 * (one.face.lips.half_width - narrowest)
        + float(paler[index].sum())
        + abs(one.face.lips.middle_v - usual_mouth_v)
        + float(away_px[index]) / one.face.unit_px
        + float(early[index])
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
