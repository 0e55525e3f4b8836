"""The faces of a photo that a network is to move: which of them can be, and where each is in photo and film.

Apart from the engine because it is geometry, and from choosing, which every engine shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.domain.errors import InvalidOption
from backend.engines.api import FivePoints
from backend.engines.builtin.animation.landmarks import find_landmarks
from backend.engines.faces.boxes import Box, FoundFace
from backend.engines.faces.finding import FindFaces
from backend.engines.faces.five_points import five_points
from backend.engines.film_sizes import Framing
from backend.engines.first_order.crops import Square, face_box_in, square_around
from backend.media.types import RgbImage


@dataclass(frozen=True, slots=True)
class PhotoFace:
    """A face, the square the network sees of it, and why it cannot move; None where it can."""

    face: FoundFace
    square: Square
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFace:
    """A face that moves. source: its square in photo pixels. square, box, points: in film pixels."""

    id: int
    source: Square
    square: Square
    box: Box
    points: FivePoints | None


def faces_of(portrait: RgbImage, find: FindFaces, *, is_face_crop: bool) -> list[PhotoFace]:
    """Every face of a photo; of a crop its one face, which is not looked for.

    Raises InvalidOption for a crop that is not square.
    """
    if not is_face_crop:
        return [
            PhotoFace(face, square_around(face.box), find_landmarks(portrait, face).note)
            for face in find(portrait)
        ]
    width_px = portrait.shape[1]
    require_square(portrait)
    face = FoundFace(id=0, box=face_box_in(width_px), score=1.0)
    return [PhotoFace(face, Square(x=0, y=0, side=width_px), None)]


def require_square(crop: RgbImage) -> None:
    """Raise InvalidOption where what is said to be a face crop is none."""
    height_px, width_px = crop.shape[:2]
    if height_px != width_px:
        raise InvalidOption(f"a face crop is square, not {width_px} x {height_px}", option="is_face_crop")


def in_film(portrait: RgbImage, faces: Sequence[PhotoFace], framing: Framing) -> list[FilmFace]:
    """Those whose middle is in the film, from left to right as they were found."""
    shown = []
    for one in faces:
        x1, y1, x2, y2 = one.face.box
        if framing.shows((x1 + x2) / 2, (y1 + y2) / 2):
            square = one.square.scaled(
                framing.ratio, -framing.x1 * framing.ratio, -framing.y1 * framing.ratio
            )
            points = five_points(portrait, one.face)
            shown.append(
                FilmFace(
                    id=one.face.id,
                    source=one.square,
                    square=square,
                    box=framing.in_film(one.face.box),
                    points=None if points is None else _points_in_film(points, framing),
                )
            )
    return shown


def _points_in_film(points: FivePoints, framing: Framing) -> FivePoints:
    a, b, c, d, e = (((x - framing.x1) * framing.ratio, (y - framing.y1) * framing.ratio) for x, y in points)
    return a, b, c, d, e
