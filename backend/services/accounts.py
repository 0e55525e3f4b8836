"""Guests and their sessions. A session's token is known to the browser alone; we keep its SHA-256."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from backend.domain.clock import Clock
from backend.domain.errors import NotSignedIn
from backend.domain.ids import new_id
from backend.domain.users import Session, User
from backend.storage.users import UserStore

TOKEN_BYTES = 32
_KEPT_USER_AGENT_CHARACTERS = 120


class Accounts:
    """Opens, recognises and ends sessions."""

    def __init__(self, users: UserStore, clock: Clock, *, guest_hours: float) -> None:
        self._users = users
        self._clock = clock
        self._guest_lifetime = timedelta(hours=guest_hours)

    def open_guest(self, *, user_agent: str) -> Session:
        """A fresh guest, signed in. The guest and all that is theirs go when the session ends."""
        now = self._clock.now()
        expires_at = now + self._guest_lifetime
        user = User(id=new_id(), is_guest=True, created_at=now, expires_at=expires_at)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._users.add_with_session(
            user,
            token_sha256=_sha256(token),
            user_agent=user_agent[:_KEPT_USER_AGENT_CHARACTERS],
            expires_at=expires_at,
        )
        return _session(user, token, expires_at)

    def identify(self, token: str) -> Session:
        """Whose token this is; NotSignedIn where it is nobody's or its session has ended."""
        found = self._users.by_session(_sha256(token), now=self._clock.now())
        if found is None:
            raise NotSignedIn
        user, expires_at = found
        return _session(user, token, expires_at)

    def end_session(self, token: str) -> None:
        """Sign out; no matter whether the session was there."""
        self._users.end_session(_sha256(token))


def _session(user: User, token: str, expires_at: datetime) -> Session:
    return Session(user=user, expires_at=expires_at, token=token, csrf_token=_csrf_token(token))


def _csrf_token(token: str) -> str:
    """Follows from the session's token, so that nothing more is kept; does not lead back to it."""
    return hmac.new(token.encode("utf-8", "replace"), b"jiuying csrf token", hashlib.sha256).hexdigest()


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
