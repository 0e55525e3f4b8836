"""Who is asking: a user or a guest, and the session that says so."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person, or a guest who has not said who they are."""

    id: str
    is_guest: bool
    created_at: datetime
    username: str | None = None  # None for guests
    locale: str | None = None
    expires_at: datetime | None = None  # guests go, with all that is theirs, at this time


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. `token` is known only here and in its cookie; the database holds its SHA-256."""

    user: User
    expires_at: datetime
    token: str = field(repr=False)
    csrf_token: str = field(repr=False)
