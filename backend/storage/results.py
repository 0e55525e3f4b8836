"""What jobs made, as rows. Rows are written by `JobStore.finish`, together with the job's end."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select

from backend.domain.media import Result, Variant
from backend.storage.database import Database
from backend.storage.rows import result_from
from backend.storage.tables import jobs, results, uploads

_KEYS_AT_ONCE = 500


class ResultStore:
    """The table `results`. Every query names the owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, owner_id: str, result_id: str) -> Result | None:
        """The owner's result of this id, if there is one."""
        return self._first(select(results).where(results.c.id == result_id, results.c.owner_id == owner_id))

    def of_job(self, owner_id: str, job_id: str, variant: Variant) -> Result | None:
        """One file of a job of the owner's."""
        return self._first(
            select(results).where(
                results.c.job_id == job_id, results.c.owner_id == owner_id, results.c.variant == variant
            )
        )

    def preview_of_upload(self, owner_id: str, upload_id: str) -> Result | None:
        """The newest preview that a job has made of an uploaded photo itself, not of an earlier result."""
        return self._first(
            select(results)
            .join(jobs, jobs.c.id == results.c.job_id)
            .where(
                results.c.owner_id == owner_id,
                results.c.variant == Variant.PREVIEW,
                jobs.c.upload_id == upload_id,
                jobs.c.source_job_id.is_(None),
            )
            .order_by(results.c.created_at.desc(), results.c.id.desc())
        )

    def keys_in_use(self, keys: Iterable[str]) -> set[str]:
        """Which of these storage keys an upload or a result still names."""
        wanted = list(keys)
        found: set[str] = set()
        with self._database.reading() as session:
            for start in range(0, len(wanted), _KEYS_AT_ONCE):
                part = wanted[start : start + _KEYS_AT_ONCE]
                for table in (uploads, results):
                    found.update(
                        session.scalars(select(table.c.storage_key).where(table.c.storage_key.in_(part)))
                    )
        return found

    def _first(self, query: Select[Any]) -> Result | None:
        with self._database.reading() as session:
            row = session.execute(query.limit(1)).mappings().first()
        return None if row is None else result_from(row)
