"""Which of a photo's faces move, and what a result says of each: the same for every engine that animates."""

from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar

from backend.domain.errors import InvalidOption, NoFaceFound
from backend.engines.animation_api import AnimateOptions
from backend.engines.api import FaceInfo
from backend.engines.faces.boxes import FoundFace, side


class Candidate(Protocol):
    """A face and why it cannot move; None where it can."""

    @property
    def face(self) -> FoundFace: ...

    @property
    def note(self) -> str | None: ...


Face = TypeVar("Face", bound=Candidate)


def chosen_of(candidates: Sequence[Face], options: AnimateOptions) -> list[Face]:
    """The faces that move. Raises NoFaceFound, and InvalidOption for a face that is not there."""
    usable = [one for one in candidates if one.note is None]
    if not usable:
        raise NoFaceFound("no face that is clear, large and frontal enough to move")
    if options.faces == "all":
        return usable
    if options.faces == "largest":
        return [largest_of(usable)]
    unknown = sorted(set(options.faces) - {one.face.id for one in candidates})
    if unknown or not options.faces:
        raise InvalidOption(f"there is no face {unknown or 'chosen'} in this photo", option="faces")
    picked = [one for one in usable if one.face.id in options.faces]
    if not picked:
        raise NoFaceFound("the chosen faces are not clear, large and frontal enough to move")
    return picked


def largest_of(candidates: Sequence[Face]) -> Face:
    """By its box; of one at least."""
    return max(candidates, key=lambda one: side(one.face.box))


def notes_on_choice(
    candidates: Sequence[Candidate], chosen: Sequence[Candidate], options: AnimateOptions
) -> tuple[str, ...]:
    """Where all were to move and some cannot: `faces_left_alone`."""
    return ("faces_left_alone",) if options.faces == "all" and len(chosen) < len(candidates) else ()


def info_of(candidate: Candidate, moving_ids: Collection[int]) -> FaceInfo:
    """What a result says of a face. moving_ids: of the faces that move."""
    face = candidate.face
    return FaceInfo(
        id=face.id, box=face.box, score=face.score, used=face.id in moving_ids, note=candidate.note
    )
