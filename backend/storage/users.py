"""Users, guests and their sessions, as rows."""

from datetime import datetime

from sqlalchemy import delete, insert, or_, select

from backend.domain.jobs import JobState
from backend.domain.users import User
from backend.storage.database import Database
from backend.storage.rows import user_from
from backend.storage.tables import auth_sessions, expressions, history, jobs, results, uploads, users


class UserStore:
    """The tables `users` and `auth_sessions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_with_session(
        self, user: User, *, token_sha256: str, user_agent: str, expires_at: datetime
    ) -> None:
        """A new user who is signed in at once."""
        with self._database.session() as session:
            session.execute(
                insert(users).values(
                    id=user.id,
                    username=user.username,
                    is_guest=user.is_guest,
                    locale=user.locale,
                    created_at=user.created_at,
                    expires_at=user.expires_at,
                )
            )
            session.execute(
                insert(auth_sessions).values(
                    token_sha256=token_sha256,
                    user_id=user.id,
                    user_agent=user_agent,
                    created_at=user.created_at,
                    expires_at=expires_at,
                )
            )

    def by_session(self, token_sha256: str, *, now: datetime) -> tuple[User, datetime] | None:
        """Whose session this is and when it ends; None where there is none or it has ended."""
        query = (
            select(users, auth_sessions.c.expires_at.label("session_expires_at"))
            .join(auth_sessions, auth_sessions.c.user_id == users.c.id)
            .where(
                auth_sessions.c.token_sha256 == token_sha256,
                auth_sessions.c.expires_at > now,
                or_(users.c.expires_at.is_(None), users.c.expires_at > now),
            )
        )
        with self._database.reading() as session:
            row = session.execute(query).mappings().one_or_none()
        return None if row is None else (user_from(row), row["session_expires_at"])

    def end_session(self, token_sha256: str) -> None:
        """Forget a session; no matter whether there was one."""
        with self._database.session() as session:
            session.execute(delete(auth_sessions).where(auth_sessions.c.token_sha256 == token_sha256))

    def end_expired_sessions(self, now: datetime) -> None:
        """Forget every session that has ended."""
        with self._database.session() as session:
            session.execute(delete(auth_sessions).where(auth_sessions.c.expires_at <= now))

    def expired(self, now: datetime) -> list[str]:
        """Ids of those whose time is up, oldest first."""
        with self._database.reading() as session:
            query = select(users.c.id).where(users.c.expires_at <= now).order_by(users.c.expires_at)
            return list(session.scalars(query))

    def remove(self, user_id: str) -> list[str] | None:
        """Delete a user and every row that is theirs; the storage keys of their files, to be deleted next.

        None, and nothing is deleted, while a job of theirs runs.
        """
        with self._database.session() as session:
            # Jobs before their owner, as in `JobStore.finish`: no deadlock. The second lock keeps new jobs
            # out; a worker that claims one of the last moment loses its lease with the row.
            owned = select(jobs.c.state).where(jobs.c.owner_id == user_id).with_for_update()
            if JobState.RUNNING in session.scalars(owned).all():
                return None
            session.execute(select(users.c.id).where(users.c.id == user_id).with_for_update())
            keys = [
                key
                for table in (uploads, results)
                for key in session.scalars(select(table.c.storage_key).where(table.c.owner_id == user_id))
            ]
            for table in (history, expressions, results, jobs, uploads):
                session.execute(delete(table).where(table.c.owner_id == user_id))
            session.execute(delete(auth_sessions).where(auth_sessions.c.user_id == user_id))
            session.execute(delete(users).where(users.c.id == user_id))
        return keys
