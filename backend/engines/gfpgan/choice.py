"""Which of the faces that were found are restored, and why the others are not.

Apart from the engine because it is all a person sees of the detection: boxes, who is left out, and a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, isfinite
from typing import Final, Literal

from backend.domain.errors import InvalidOption
from backend.engines.api import FaceInfo, FivePoints
from backend.engines.faces.align import Affine, scale_of, similarity
from backend.engines.faces.boxes import Box, FoundFace
from backend.engines.faces.geometry import pose_of

# Root mean square distance from the mean face, in distances between the eyes. On our photos faces that
# look at the camera have at most 0.12, a profile and a fold of cloth 0.40: there a network invents.
_MOST_RESIDUAL: Final = 0.3
LEAST_EYE_DISTANCE_PX: Final = 5.0  # facexlib 0.3.0 drops what is smaller: no face is left in it

# The box of a face around its five points, in distances between eyes and mouth: brow to chin, ear to ear.
_BOX_ABOVE, _BOX_BELOW, _BOX_ASIDE = 1.1, 0.8, 0.75

_Fit = tuple[FoundFace, str | None, Affine | None]  # why a face cannot be restored, or how it is aligned
FaceChoice = tuple[int, ...] | Literal["centre"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenFace:
    """A face to restore. matrix: photo -> aligned crop; points: the five. Both at the photo's own size."""

    id: int
    matrix: Affine
    points: FivePoints

    @property
    def photo_ratio(self) -> float:
        """Photo pixels per crop pixel: above 1, the face is larger than the network can hold."""
        return 1.0 / scale_of(self.matrix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Every face that was found, with what becomes of it, and those to restore in the same order."""

    faces: tuple[FaceInfo, ...]
    chosen: tuple[ChosenFace, ...]


def choose_faces(
    found: Sequence[FoundFace], wanted: FaceChoice, width_px: int, height_px: int, *, are_given: bool = False
) -> Choice:
    """Decide face by face.

    found: ids are theirs to keep; coordinates in pixels of the photo
    wanted: None = all that can be restored
    are_given: somebody says that these are faces, however they are turned
    raises: InvalidOption for an id that nobody in the photo has

    Notes of those left alone: "profile" (no five points, or none that are a face's: turned too far),
    "too_small" (eyes less than 5 px apart), "not_chosen".
    """
    fits = [(face, *fit(face, are_given=are_given)) for face in found]
    ids = _wanted_ids(fits, wanted, width_px, height_px)
    faces, chosen = [], []
    for face, note, matrix in fits:
        if note is None and face.id not in ids:
            note = "not_chosen"
        if note is None and matrix is not None and face.landmarks is not None:
            chosen.append(ChosenFace(id=face.id, matrix=matrix, points=face.landmarks))
        faces.append(FaceInfo(id=face.id, box=face.box, score=face.score, used=note is None, note=note))
    return Choice(faces=tuple(faces), chosen=tuple(chosen))


def faces_at(landmarks: Sequence[FivePoints]) -> tuple[FoundFace, ...]:
    """Faces that somebody else has found: in the order given, sure, with a box around the points."""
    return tuple(
        FoundFace(id=index, box=_box_around(points), score=1.0, eyes=points[:2], landmarks=points)
        for index, points in enumerate(landmarks)
    )


def _wanted_ids(fits: Sequence[_Fit], wanted: FaceChoice, width_px: int, height_px: int) -> set[int]:
    known = {face.id for face, _, _ in fits}
    if wanted is None:
        return known
    if wanted == "centre":
        usable = [face for face, note, _ in fits if note is None]
        nearest = min(usable, key=lambda face: _from_centre(face.box, width_px, height_px), default=None)
        return set() if nearest is None else {nearest.id}
    strangers = sorted(set(wanted) - known)
    if strangers:
        raise InvalidOption(f"no face of this photo has the id {strangers[0]}", option="face_ids")
    return set(wanted)


def _from_centre(box: Box, width_px: int, height_px: int) -> float:
    return hypot((box[0] + box[2] - width_px) / 2, (box[1] + box[3] - height_px) / 2)


def fit(face: FoundFace, *, are_given: bool) -> tuple[str | None, Affine | None]:
    """Why it cannot be restored, or how it is aligned."""
    points = face.landmarks
    if points is None or not all(isfinite(value) for point in points for value in point):
        return "profile", None
    (left_x, left_y), (right_x, right_y) = points[:2]
    if hypot(right_x - left_x, right_y - left_y) < LEAST_EYE_DISTANCE_PX:
        return "too_small", None
    matrix = similarity(points)
    is_turned_away = not are_given and pose_of(points).residual > _MOST_RESIDUAL
    return ("profile", None) if matrix is None or is_turned_away else (None, matrix)


def _box_around(points: FivePoints) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    tall = max(1.0, hypot((xs[3] + xs[4] - xs[0] - xs[1]) / 2, (ys[3] + ys[4] - ys[0] - ys[1]) / 2))
    aside = _BOX_ASIDE * tall
    return (
        min(xs) - aside,
        min(ys) - _BOX_ABOVE * tall,
        max(xs) + aside,
        max(ys) + _BOX_BELOW * tall,
    )
