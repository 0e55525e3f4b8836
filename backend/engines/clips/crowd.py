"""Whose face counts in a clip with several people: one rule for every engine that follows a face."""

from collections.abc import Sequence
from typing import Final

from backend.engines.faces.boxes import FoundFace, side

_ALSO_A_FACE: Final = 0.35  # of the largest one's side: people far behind drive nothing
_MOSTLY: Final = 0.25  # of the looks: a finder errs now and then


def candidates(faces: Sequence[FoundFace]) -> tuple[FoundFace, ...]:
    """Of the faces in a picture those that are large enough to be meant, in the same order."""
    largest = max((side(face.box) for face in faces), default=0.0)
    return tuple(face for face in faces if side(face.box) > _ALSO_A_FACE * largest)


def are_several(looks: Sequence[Sequence[FoundFace]]) -> bool:
    """Whether a clip shows more people than one who may be meant.

    looks: the candidates in pictures of it
    """
    return sum(len(faces) > 1 for faces in looks) > max(1.0, _MOSTLY * len(looks))
