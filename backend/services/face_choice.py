"""Which faces are meant, and how each moves, as a person writes it: for forms and the command line alike."""

import re
from typing import Literal

from backend.domain.errors import InvalidOption

FaceIds = Literal["all", "largest"] | tuple[int, ...]
FacePresets = dict[int, str]  # face id -> a preset's slug or number

MOST_FACES = 100
_ID = re.compile(r"[0-9]{1,4}")
_PRESET = re.compile(r"[\w-]{1,64}", re.ASCII)
_REFUSED = "faces is all, largest, ids like 0,2, or a preset for each like 0:smile,2:nod"


def read_faces(text: str) -> FaceIds | FacePresets:
    """`all`, `largest`, ids like `0,2`, or a preset for each face that moves, like `0:smile,2:nod`.

    raises: InvalidOption
    """
    if text == "all":
        return "all"
    if text == "largest":
        return "largest"
    parts = [part.strip() for part in text.split(",")]
    if ":" not in text:
        return face_ids(parts)
    pairs = [part.partition(":")[::2] for part in parts]
    if len({face_id.strip() for face_id, _ in pairs}) != len(pairs):
        raise InvalidOption("a face is given twice", option="faces")
    return face_presets({face_id.strip(): preset.strip() for face_id, preset in pairs})


def read_face_ids(value: object) -> tuple[int, ...] | Literal["centre"] | None:
    """Which faces are restored: None or `all`, `centre`, ids like `0,2` as text, or a list of them.

    An empty list is none of them.
    raises: InvalidOption
    """
    if value is None or value == "all":
        return None
    if value == "centre":
        return "centre"
    parts: list[object] | list[str] | None = None
    if isinstance(value, str):
        parts = [part.strip() for part in value.split(",")]
    elif isinstance(value, list):
        parts = value
    if parts is None or len(parts) > MOST_FACES or not all(map(_is_id, parts)):
        raise InvalidOption("face_ids is all, centre, or ids like 0,2", option="face_ids")
    return tuple(sorted({int(str(part)) for part in parts}))


def face_ids(parts: list[object] | list[str]) -> tuple[int, ...]:
    """Whole numbers of at most four digits, as text or as they are. Raises InvalidOption."""
    if not 0 < len(parts) <= MOST_FACES or not all(map(_is_id, parts)):
        raise InvalidOption(_REFUSED, option="faces")
    return tuple(sorted({int(str(part)) for part in parts}))


def face_presets(wanted: dict[str, object] | dict[str, str]) -> FacePresets:
    """Face ids as text, each with a preset's slug or number. Raises InvalidOption."""
    chosen: FacePresets = {}
    for face_id, preset in wanted.items():
        is_name = isinstance(preset, str | int) and not isinstance(preset, bool)
        if not _is_id(face_id) or not is_name or not _PRESET.fullmatch(str(preset)):
            raise InvalidOption(_REFUSED, option="faces")
        chosen[int(face_id)] = str(preset)
    if not 0 < len(chosen) <= MOST_FACES or len(chosen) != len(wanted):
        raise InvalidOption(_REFUSED, option="faces")
    return dict(sorted(chosen.items()))


def _is_id(part: object) -> bool:
    is_whole = isinstance(part, int | str) and not isinstance(part, bool)
    return is_whole and _ID.fullmatch(str(part)) is not None
