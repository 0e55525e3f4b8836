"""The seam between those who look for faces and those who need them: any finder will do.

Two exist: OpenCV's cascades (`detector.py`), always there, and RetinaFace (`retinaface.py`), with weights.
"""

from typing import Protocol

from backend.engines.faces.boxes import FoundFace
from backend.media.types import RgbImage


class FindFaces(Protocol):
    """Every face in a photo, from left to right, ids from 0.

    photo: uint8 (H, W, 3) RGB
    """

    def __call__(self, photo: RgbImage) -> tuple[FoundFace, ...]: ...
