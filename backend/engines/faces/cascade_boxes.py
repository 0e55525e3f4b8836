"""Another finder's faces in boxes as the cascades draw them: the built-in engines take sizes from the box.

Measured on 45 faces that both find, old and new: the cascades' box is 2.70 eye distances wide (standard
deviation 0.16) and its middle lies 0.22 above that of the five points (0.04).
"""

from dataclasses import replace
from math import cos, radians, sin
from typing import Final

import numpy as np

from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.finding import FindFaces
from backend.engines.faces.geometry import pose_of
from backend.media.types import RgbImage

_SIDE: Final = 2.70  # of a face's unit, the eyes' distance of the mean face laid over it
_RISE: Final = 0.22


def with_cascade_boxes(find: FindFaces) -> FindFaces:
    """The same faces, scores, eyes and points; a face without points keeps its box."""

    def find_boxed(photo: RgbImage) -> tuple[FoundFace, ...]:
        return tuple(_boxed(face) for face in find(photo))

    return find_boxed


def _boxed(face: FoundFace) -> FoundFace:
    if face.landmarks is None:
        return face
    pose = pose_of(face.landmarks)
    x, y = np.mean(face.landmarks, axis=0).tolist()
    up_px, half_px = _RISE * pose.unit_px, _SIDE * pose.unit_px / 2
    x += up_px * sin(radians(pose.roll_degrees))
    y -= up_px * cos(radians(pose.roll_degrees))
    return replace(face, box=(x - half_px, y - half_px, x + half_px, y + half_px))
