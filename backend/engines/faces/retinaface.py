"""Find faces and their five points with RetinaFace: whatever size, and whichever way up.

It only sequences: copies of the photo propose (`proposing.py`), a crop of each decides (`judging.py`).
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from backend.engines.faces.boxes import FoundFace, overlap
from backend.engines.faces.geometry import eye_distance_px
from backend.engines.faces.judging import is_level, judge
from backend.engines.faces.looking import Look, Seen, turning
from backend.engines.faces.proposing import propose
from backend.media.types import RgbImage

_OFFICIAL_SCORE: Final = 0.97  # facexlib/utils/face_restoration_helper.py
_OFFICIAL_EYES_PX: Final = 5.0
_SURE_OF_TURNED: Final = 0.99  # in 196 photographs, four false faces on their side had 0.974 or less
_ENOUGH_REJECTED: Final = 12  # the likeliest come first: what follows is leaves and cloth
_NESTED: Final = 0.6  # of the smaller box; what shares more is one face


class RetinaFaceFinder:
    """A `FindFaces`. Holds a network and nothing about a photo."""

    def __init__(self, look: Look, official_look: Look | None = None, *, only_upright: bool = False) -> None:
        """Both looks may be one.

        official_look: through the network as it was trained, where `look` takes a faster form
        only_upright: leave out faces that lie on their side or upside down
        """
        self._look = look
        self._official_look = official_look or look
        self._only_upright = only_upright

    def __call__(self, photo: RgbImage) -> tuple[FoundFace, ...]:
        """Every face, from left to right.

        photo: uint8 (H, W, 3) RGB. Landmarks are named as on an upright face, also where it is turned.
        """
        faces = self._searched(photo)
        if not faces and not self._only_upright:
            faces = self._searched_turned(photo)
        faces = [face for face in faces if is_level(face.points) or self._may_lie(face)]
        return _numbered(sorted(faces, key=lambda face: (face.box[0] + face.box[2], face.box)))

    def official(self, photo: RgbImage) -> tuple[FoundFace, ...]:
        """The faces that facexlib finds: one look at the photo's own size, best first."""
        (seen,) = self._official_look([photo], _OFFICIAL_SCORE)
        return _numbered(one for one in seen if eye_distance_px(one.points) >= _OFFICIAL_EYES_PX)

    def _may_lie(self, face: Seen) -> bool:
        return not self._only_upright and face.score >= _SURE_OF_TURNED

    def _searched_turned(self, photo: RgbImage) -> list[Seen]:
        """Some lying faces are not even proposed: look at the photo on its sides, then upside down."""
        height_px, width_px = photo.shape[:2]
        for quarters in (1, 3, 2):
            faces = self._searched(np.ascontiguousarray(np.rot90(photo, quarters)))
            if faces:
                back = turning(quarters, width_px, height_px)
                return [face.mapped(back) for face in faces]
        return []

    def _searched(self, photo: RgbImage) -> list[Seen]:
        """Every face, each once, best first."""
        faces: list[Seen] = []
        for proposals in propose(photo, self._look):
            rejected_in_a_row = 0
            for proposal in proposals:
                if rejected_in_a_row == _ENOUGH_REJECTED:
                    break
                if not _is_among(proposal, faces):
                    face = judge(photo, proposal, self._look)
                    faces += [] if face is None else [face]
                    rejected_in_a_row = rejected_in_a_row + 1 if face is None else 0
        kept: list[Seen] = []
        for face in sorted(faces, key=lambda face: -face.score):
            if not _is_among(face, kept):
                kept.append(face)
        return kept


def _is_among(one: Seen, faces: Iterable[Seen]) -> bool:
    return any(overlap(one.box, face.box) > _NESTED for face in faces)


def _numbered(faces: Iterable[Seen]) -> tuple[FoundFace, ...]:
    return tuple(
        FoundFace(id=index, box=face.box, score=face.score, eyes=face.points[:2], landmarks=face.points)
        for index, face in enumerate(faces)
    )
