"""Saved expressions as rows. Every query names the owner."""

from dataclasses import asdict

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from backend.domain.errors import Conflict, NotFound, TooManyExpressions
from backend.domain.expressions import Expression
from backend.domain.media import UploadKind
from backend.storage.database import Database, changed_rows
from backend.storage.tables import expressions, jobs, uploads, users


class ExpressionStore:
    """The table `expressions`. A clip's file is its upload's; an expression only keeps it from going."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, expression: Expression, *, most: int) -> None:
        """A new row. Raises TooManyExpressions, Conflict where the clip is kept already, NotFound."""
        with self._database.session() as session:
            _hold_owner(session, expression.owner_id)
            clip = select(uploads.c.id).where(
                uploads.c.id == expression.clip_upload_id,
                uploads.c.owner_id == expression.owner_id,
                uploads.c.kind == UploadKind.CLIP,
            )
            if session.scalar(clip) is None:
                raise NotFound("the clip is gone")
            kept = select(func.count()).select_from(expressions)
            if session.scalar(kept.where(expressions.c.clip_upload_id == expression.clip_upload_id)):
                raise Conflict("this clip is kept already")
            owned = kept.where(expressions.c.owner_id == expression.owner_id)
            if session.execute(owned).scalar_one() >= most:
                raise TooManyExpressions(params={"limit": most})
            session.execute(insert(expressions).values(asdict(expression)))

    def list(self, owner_id: str) -> list[Expression]:
        """The owner's, newest first."""
        query = select(expressions).where(expressions.c.owner_id == owner_id)
        query = query.order_by(expressions.c.created_at.desc(), expressions.c.id.desc())
        with self._database.reading() as session:
            return [Expression(**row) for row in session.execute(query).mappings()]

    def get(self, owner_id: str, expression_id: str) -> Expression:
        """The owner's expression of this id, or NotFound."""
        query = select(expressions).where(
            expressions.c.id == expression_id, expressions.c.owner_id == owner_id
        )
        with self._database.reading() as session:
            row = session.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound("no such expression")
        return Expression(**row)

    def rename(self, owner_id: str, expression_id: str, name: str) -> Expression:
        """Give it another name. Raises NotFound."""
        renamed = update(expressions).where(
            expressions.c.id == expression_id, expressions.c.owner_id == owner_id
        )
        with self._database.session() as session:
            session.execute(renamed.values(name=name))
        return self.get(owner_id, expression_id)

    def remove(self, owner_id: str, expression_id: str) -> str | None:
        """Delete it, and its clip's upload where no job is driven by that.

        returns: the storage key of a file that has to go now; None while a job needs it. Raises NotFound.
        """
        with self._database.session() as session:
            _hold_owner(session, owner_id)  # no job that it drives is queued meanwhile
            found = select(uploads.c.id, uploads.c.storage_key).join(
                expressions, expressions.c.clip_upload_id == uploads.c.id
            )
            clip = session.execute(
                found.where(expressions.c.id == expression_id, expressions.c.owner_id == owner_id)
            ).one_or_none()
            gone = delete(expressions).where(
                expressions.c.id == expression_id, expressions.c.owner_id == owner_id
            )
            if clip is None or changed_rows(session.execute(gone)) != 1:
                raise NotFound("no such expression")
            driven = select(func.count()).select_from(jobs).where(jobs.c.driving_upload_id == clip.id)
            if session.execute(driven).scalar_one():
                return None
            session.execute(delete(uploads).where(uploads.c.id == clip.id))
            return str(clip.storage_key)


def _hold_owner(session: Session, owner_id: str) -> None:
    """Keep everybody else from changing what this person has, so that parallel requests count one by one."""
    if session.scalar(select(users.c.id).where(users.c.id == owner_id).with_for_update()) is None:
        raise NotFound("no such user")
