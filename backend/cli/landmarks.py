"""`--landmarks FILE.json`: where the faces are, said by a person or another program, checked before use.

The file holds `[[x, y] * 5]` for each face of one photo, or `{"file name": faces}` for many. The points are
left eye, right eye, nose, left and right mouth corner as seen, in pixels of the upright photo.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from backend.cli.inputs import PhotoInput
from backend.engines.api import FivePoints, Point

MOST_FACES = 1000
_POINTS = 5


def read_landmarks(path: Path, photos: Sequence[PhotoInput]) -> Mapping[Path, tuple[FivePoints, ...]]:
    """Path of a photo -> its faces; none where the file says `[]`.

    raises: click.BadParameter, in words that name the place in the file
    """
    try:
        read = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _refused(f"{path} is not JSON: {error}") from error
    if isinstance(read, list):
        if len(photos) != 1:
            raise _refused(f'{path} holds one photo\'s faces; for {len(photos)} photos: {{"name": faces}}')
        return {photos[0].path: _faces(read, "")}
    if not isinstance(read, dict):
        raise _refused(f"{path} must hold a list of faces, or file names with lists of faces")
    by_path = {}
    for photo in photos:
        name = photo.path.name
        if sum(other.path.name == name for other in photos) > 1:
            raise _refused(f"several photos are called {name}; restore them one after the other")
        if name not in read:
            raise _refused(f"{path} says nothing of {name}; write [] where it shows no face")
        by_path[photo.path] = _faces(read[name], f"{name}: ")
    return by_path


def _faces(read: object, where: str) -> tuple[FivePoints, ...]:
    if not isinstance(read, list) or len(read) > MOST_FACES:
        raise _refused(f"{where}the faces must be a list, at most {MOST_FACES} long")
    return tuple(_five_points(face, f"{where}face {index}") for index, face in enumerate(read))


def _five_points(read: object, where: str) -> FivePoints:
    if not isinstance(read, list) or len(read) != _POINTS:
        raise _refused(f"{where} must be five points [x, y]")
    first, second, third, fourth, fifth = (
        _point(point, f"{where}, point {index}") for index, point in enumerate(read)
    )
    return first, second, third, fourth, fifth


def _point(read: object, where: str) -> Point:
    if not isinstance(read, list) or len(read) != 2 or not all(map(_is_coordinate, read)):
        raise _refused(f"{where} must be two numbers [x, y]")
    return float(read[0]), float(read[1])


def _is_coordinate(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) < 1e6  # which NaN is not


def _refused(words: str) -> click.BadParameter:
    return click.BadParameter(words, param_hint="--landmarks")
