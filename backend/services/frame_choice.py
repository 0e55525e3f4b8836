"""Which driving frame shows the face at rest, as a person writes it: in forms, JSON and the command line."""

import re
from typing import Final

from backend.domain.errors import InvalidOption
from backend.engines.animation_api import BestFrame

FRAME_NUMBER: Final = re.compile(r"[0-9]{1,6}")


def read_best_frame(value: object) -> BestFrame:
    """`auto`, `first`, or a frame's number from 0, as a number or as text. Raises InvalidOption."""
    if value == "auto":
        return "auto"
    if value == "first":
        return "first"
    is_whole = isinstance(value, int | str) and not isinstance(value, bool)
    if not is_whole or FRAME_NUMBER.fullmatch(str(value)) is None:
        raise InvalidOption("best_frame is auto, first, or a frame's number from 0", option="best_frame")
    return int(str(value))
