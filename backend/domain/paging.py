"""Pages of a list: keyset cursors, so that new rows never shift what a reader has seen."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from backend.domain.errors import InvalidOption
from backend.domain.ids import is_id

T = TypeVar("T")

MAX_LIMIT = 100  # items on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Part of a list, newest first. `next_cursor` asks for what follows; None = this was the end."""

    items: tuple[T, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The last row that a reader has seen: when it was made, and its id for rows of the same moment."""

    created_at: datetime
    id: str

    def to_cursor(self) -> str:
        """Opaque text for the reader to send back."""
        text = f"{self.created_at.astimezone(UTC).isoformat()}|{self.id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def from_cursor(cls, cursor: str) -> "Position":
        """What `to_cursor` wrote; anything else raises InvalidOption.

        A forged cursor is harmless: it moves the reader within a list that the query has already narrowed to
        what is theirs.
        """
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
            moment, _, row_id = text.partition("|")
            created_at = datetime.fromisoformat(moment)
            if created_at.tzinfo is None or not is_id(row_id):
                raise ValueError(text)
            return cls(created_at=created_at.astimezone(UTC), id=row_id)
        except (binascii.Error, ValueError, OverflowError) as error:
            raise InvalidOption("this cursor is not one of ours", option="cursor") from error


def require_limit(limit: int) -> int:
    """`limit`, or InvalidOption where it is not 1 to 100."""
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidOption(f"limit must be 1 to {MAX_LIMIT}, not {limit}", option="limit")
    return limit
