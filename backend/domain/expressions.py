"""An expression of one's own: a clip that drove a film, kept under a name to drive others."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.domain.errors import InvalidOption

MOST_EXPRESSIONS: Final = 50  # of one person
MAX_NAME_CHARS: Final = 60
_JOINERS: Final = "\u200c\u200d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A clip that stays when the job it came with goes; it goes with its owner."""

    id: str
    owner_id: str
    clip_upload_id: str
    name: str  # 1 to 60 characters, as `expression_name` has it
    duration_s: float  # of the clip
    created_at: datetime


def expression_name(text: str) -> str:
    """A name as it is kept: NFC, single spaces, nothing that deceives, something to see.

    Raises InvalidOption for none, or a long one.
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    is_short = len(spaced) <= MAX_NAME_CHARS
    if not is_short or not all(map(_is_allowed, spaced)) or not any(map(_stands_alone, spaced)):
        raise InvalidOption(f"name must have 1 to {MAX_NAME_CHARS} visible characters", option="name")
    return spaced


def _is_allowed(character: str) -> bool:
    """Joiners are: they stand inside emoji and Persian words. Other invisible characters deceive.

    What Python's tables do not know yet is allowed: phones have emoji that are younger.
    """
    is_noncharacter = ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef"
    is_deceiving = unicodedata.category(character) in ("Cc", "Cf", "Cs")
    return character in _JOINERS or not (is_noncharacter or is_deceiving)


def _stands_alone(character: str) -> bool:
    """False of joiners and marks, which show only beside another character."""
    return character not in _JOINERS and not unicodedata.category(character).startswith("M")
