"""Holding a job by a lease: the statements that claim, write and take back, each within a transaction.

A lease is a random token in the job's row. Every write carries the token, so that a worker that was given up
for dead, and comes back, can change nothing.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from backend.domain.errors import WorkerDied
from backend.domain.ids import new_id
from backend.domain.jobs import JobKind, JobState
from backend.storage.database import changed_rows
from backend.storage.rows import Row
from backend.storage.tables import history, jobs, uploads

MAX_ATTEMPTS = 3  # a job whose workers died more often is at fault itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A worker's right to write about a job."""

    job_id: str
    token: str


class LeaseLost(Exception):
    """The job is no longer this worker's: stop, and leave it alone."""


def claim(session: Session, job_id: str, *, now: datetime, until: datetime) -> tuple[Row, Lease] | None:
    """Take a queued job; None when somebody else was faster. One statement decides, on every database."""
    lease = Lease(job_id=job_id, token=secrets.token_hex(16))
    taken = (
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == JobState.QUEUED)
        .values(
            state=JobState.RUNNING,
            lease_token=lease.token,
            lease_until=until,
            attempts=jobs.c.attempts + 1,
            started_at=now,
        )
    )
    if changed_rows(session.execute(taken)) != 1:
        return None
    return session.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one(), lease


def write(session: Session, lease: Lease, values: dict[str, object]) -> Row:
    """Change the leased row and return it as it is now. Raises LeaseLost."""
    held = update(jobs).where(
        jobs.c.id == lease.job_id, jobs.c.lease_token == lease.token, jobs.c.state == JobState.RUNNING
    )
    if changed_rows(session.execute(held.values(values))) != 1:
        raise LeaseLost(lease.job_id)
    return session.execute(select(jobs).where(jobs.c.id == lease.job_id)).mappings().one()


def expired(session: Session, now: datetime) -> list[Lease]:
    """The leases of workers that have been silent for too long."""
    query = select(jobs.c.id, jobs.c.lease_token)
    query = query.where(jobs.c.state == JobState.RUNNING, jobs.c.lease_until < now)
    return [Lease(job_id=job_id, token=token) for job_id, token in session.execute(query)]


def take_back(session: Session, lease: Lease, now: datetime) -> bool:
    """Queue the job of an expired lease again, or end it. False when its worker is there after all."""
    held = select(jobs).where(
        jobs.c.id == lease.job_id, jobs.c.lease_token == lease.token, jobs.c.lease_until < now
    )
    row = session.execute(held.with_for_update()).mappings().one_or_none()
    if row is None:
        return False
    if row["cancel_requested"]:
        values = ended(JobState.CANCELLED, now)
    elif row["attempts"] > MAX_ATTEMPTS:
        error = {"code": WorkerDied.code, "params": {"attempts": row["attempts"]}}
        values = ended(JobState.FAILED, now) | {"error": error}
        remember(session, row, now)
    else:
        values = requeued(attempts=row["attempts"])
    session.execute(update(jobs).where(jobs.c.id == lease.job_id).values(values))
    return True


def remember(session: Session, row: Row, now: datetime) -> None:
    """Write a finished or failed job into its owner's history, under its photo's name.

    One that only prepared a photo is left out.
    """
    if not JobKind(row["kind"]).makes_media:
        return
    name = session.scalar(select(uploads.c.name).where(uploads.c.id == row["upload_id"]))
    session.execute(
        insert(history).values(
            id=new_id(),
            owner_id=row["owner_id"],
            job_id=row["id"],
            kind=row["kind"],
            name=name or "",
            created_at=now,
        )
    )


def ended(state: JobState, now: datetime) -> dict[str, object]:
    """The columns of a job that has come to `state`, which is final."""
    return {"state": state, "finished_at": now, "lease_token": None, "lease_until": None, "stage": None}


def requeued(*, attempts: int | ColumnElement[int]) -> dict[str, object]:
    """The columns of a job that waits again."""
    return {
        "state": JobState.QUEUED,
        "attempts": attempts,
        "lease_token": None,
        "lease_until": None,
        "stage": None,
        "progress": 0.0,
        "started_at": None,
    }
