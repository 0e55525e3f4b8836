"""An expression of one's own: a clip that drove a film, kept under a name to drive others."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.domain.errors import InvalidOption

MOST_EXPRESSIONS: Final = 50  # of one person
MAX_NAME_CHARS: Final = 60


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
    """A name as it is kept: NFC, single spaces, nothing invisible.

    Raises InvalidOption for none, or a long one.
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(spaced) <= MAX_NAME_CHARS or not all(map(_is_visible, spaced)):
        raise InvalidOption(f"name must have 1 to {MAX_NAME_CHARS} visible characters", option="name")
    return spaced


def _is_visible(character: str) -> bool:
    """Joiners count: they are inside emoji and Persian words. Other invisible characters deceive."""
    return character in "\u200c\u200d" or unicodedata.category(character) not in ("Cc", "Cf", "Cn", "Cs")
