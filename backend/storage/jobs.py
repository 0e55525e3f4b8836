"""The `jobs` table: what is waiting, who works on it, how it ended. The only truth about jobs."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.domain.clock import Clock
from backend.domain.errors import Conflict, NotFound
from backend.domain.jobs import Job, JobError, JobKind, JobState, Outcome, Stage, require_transition
from backend.domain.media import Result, Upload
from backend.domain.paging import Page, Position
from backend.domain.turns import Waiting, in_turn
from backend.storage import leases
from backend.storage.database import Database
from backend.storage.leases import Lease, LeaseLost
from backend.storage.queue_room import QueueCaps, require_room
from backend.storage.rows import job_from, outcome_json
from backend.storage.tables import history, jobs, results, uploads

__all__ = ["JobStore", "Lease", "LeaseLost", "QueueCaps"]

LEASE_S = 60.0  # a worker that is silent this long has died
ALL_KINDS = frozenset(JobKind)
ACTIVE_STATES = (JobState.QUEUED, JobState.RUNNING)
_engine_asked = jobs.c.options["engine"].as_string()  # resolved when the job was queued
_CANDIDATES = 8  # jobs to try for before looking at the queue again


class JobStore:
    """The table `jobs`. Owners' calls name the owner; workers' calls carry the lease."""

    def __init__(self, database: Database, clock: Clock, *, lease_s: float = LEASE_S) -> None:
        self._database = database
        self._clock = clock
        self._lease = timedelta(seconds=lease_s)

    # --- for owners ---

    def add(self, job: Job, caps: QueueCaps, *, priority: int = 0) -> None:
        """Queue a new job. Raises QueueFull, NotFound where a file of it has just been removed."""
        with _missing_named(), self._database.session() as session:
            require_room(session, job.owner_id, caps)
            session.execute(
                insert(jobs).values(
                    id=job.id,
                    owner_id=job.owner_id,
                    kind=job.kind,
                    state=JobState.QUEUED,
                    options=job.options,
                    upload_id=job.upload_id,
                    driving_upload_id=job.driving_upload_id,
                    mask_upload_id=job.mask_upload_id,
                    source_job_id=job.source_job_id,
                    priority=priority,
                    attempts=0,
                    cancel_requested=False,
                    progress=0.0,
                    created_at=job.created_at,
                )
            )

    def require_room(self, owner_id: str, caps: QueueCaps) -> None:
        """Raise QueueFull where `add` would now; to ask before a file is stored."""
        with self._database.reading() as session:
            require_room(session, owner_id, caps)

    def find(self, owner_id: str, job_id: str) -> Job | None:
        """The owner's job of this id, if there is one."""
        with self._database.reading() as session:
            row = session.execute(_owned(owner_id, job_id)).mappings().one_or_none()
        return None if row is None else job_from(row)

    def get(self, owner_id: str, job_id: str) -> Job:
        """The owner's job of this id, or NotFound."""
        job = self.find(owner_id, job_id)
        if job is None:
            raise NotFound("no such job")
        return job

    def list(
        self, owner_id: str, *, after: Position | None, limit: int, active_only: bool = False
    ) -> Page[Job]:
        """The owner's jobs, newest first."""
        query = select(jobs).where(jobs.c.owner_id == owner_id)
        if active_only:
            query = query.where(jobs.c.state.in_(ACTIVE_STATES))
        if after is not None:
            query = query.where(tuple_(jobs.c.created_at, jobs.c.id) < tuple_(after.created_at, after.id))
        query = query.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit + 1)
        with self._database.reading() as session:
            found = [job_from(row) for row in session.execute(query).mappings()]
        page = tuple(found[:limit])
        has_more = len(found) > limit
        last = Position(created_at=page[-1].created_at, id=page[-1].id) if has_more else None
        return Page(items=page, next_cursor=last.to_cursor() if last else None)

    def request_cancel(self, owner_id: str, job_id: str) -> Job:
        """A queued job is cancelled now, a running one at its next checkpoint; Conflict when it has ended."""
        with self._database.session() as session:
            job = _locked(session, owner_id, job_id)
            if job.state is not JobState.CANCELLED:
                if job.state.is_final:
                    require_transition(job.state, JobState.CANCELLED)
                values: dict[str, object] = {"cancel_requested": True}
                if job.state is JobState.QUEUED:
                    values |= {"state": JobState.CANCELLED, "finished_at": self._clock.now()}
                session.execute(update(jobs).where(jobs.c.id == job_id).values(values))
        return self.get(owner_id, job_id)

    def retry(self, owner_id: str, job_id: str, caps: QueueCaps) -> Job:
        """Queue a failed or cancelled job again, as if new; Conflict for any other."""
        with self._database.session() as session:
            job = _locked(session, owner_id, job_id)  # job before owner, as in `finish`: no deadlock
            require_room(session, owner_id, caps)
            if not job.state.is_final:
                raise Conflict(f"a job that is {job.state} cannot be tried again")
            require_transition(job.state, JobState.QUEUED)
            session.execute(delete(history).where(history.c.job_id == job_id))
            as_new = {"error": None, "finished_at": None, "cancel_requested": False}
            values = leases.requeued(attempts=0) | as_new
            session.execute(update(jobs).where(jobs.c.id == job_id).values(values))
        return self.get(owner_id, job_id)

    # --- about the queue ---

    def waiting(self, kinds: Collection[JobKind] = ALL_KINDS) -> Sequence[Waiting]:
        """Every queued job in the order in which it will be worked off."""
        queued = select(
            jobs.c.id,
            jobs.c.owner_id,
            jobs.c.kind,
            jobs.c.priority,
            jobs.c.created_at,
            _engine_asked.label("engine"),
        )
        queued = queued.where(jobs.c.state == JobState.QUEUED, jobs.c.kind.in_(kinds))
        with self._database.reading() as session:
            found = [
                Waiting(**{**row, "kind": JobKind(row["kind"])}) for row in session.execute(queued).mappings()
            ]
            owners = {job.owner_id for job in found}
            if len(owners) < 2:
                return in_turn(found, {})
            served = select(jobs.c.owner_id, func.max(jobs.c.started_at)).where(jobs.c.owner_id.in_(owners))
            started = {
                owner: at for owner, at in session.execute(served.group_by(jobs.c.owner_id)) if at is not None
            }
        return in_turn(found, started)

    def recent_durations_s(
        self, kind: JobKind, engine: str | None = None, limit: int = 20
    ) -> Sequence[float]:
        """How long the last jobs of this kind took, newest first. engine: None = whatever did them."""
        query = (
            select(jobs.c.started_at, jobs.c.finished_at)
            .where(jobs.c.kind == kind, jobs.c.state == JobState.SUCCEEDED)
            .order_by(jobs.c.finished_at.desc())
            .limit(limit)
        )
        if engine is not None:
            query = query.where(_engine_asked == engine)
        with self._database.reading() as session:
            return [max((end - start).total_seconds(), 0.0) for start, end in session.execute(query)]

    # --- for workers ---

    def claim_next(self, *, kinds: Collection[JobKind] = ALL_KINDS) -> tuple[Job, Lease] | None:
        """Take the job whose turn it is; None when nothing waits. No two callers ever get the same one."""
        for candidate in self.waiting(kinds)[:_CANDIDATES]:
            claimed = self._claim(candidate.id)
            if claimed is not None:
                return claimed
        return None

    def heartbeat(self, lease: Lease) -> bool:
        """Still alive. True when the owner wants the job stopped. Raises LeaseLost."""
        return self._is_cancel_wanted_after(lease, {})

    def report(self, lease: Lease, stage: Stage, progress: float) -> bool:
        """Say how far the job is, 0.0 to 1.0. True when the owner wants it stopped. Raises LeaseLost."""
        return self._is_cancel_wanted_after(lease, {"stage": stage, "progress": progress})

    def finish(
        self,
        lease: Lease,
        outcome: Outcome,
        files: Sequence[Result],
        media_id: str | None,
        *,
        cut_photos: Sequence[Upload] = (),
    ) -> None:
        """The job is done: its end, its files and its history row, all or nothing. Raises LeaseLost.

        cut_photos: uploads that it made; there once, however often the job was begun
        """
        values = leases.ended(JobState.SUCCEEDED, self._clock.now()) | {
            "outcome": outcome_json(outcome),
            "media_id": media_id,
            "progress": 1.0,
        }
        with self._database.session() as session:
            # The job's row first: inserting what refers to it takes a weaker lock that could not be raised
            # while a heartbeat waits.
            row = leases.write(session, lease, values)
            for table, made in ((results, files), (uploads, cut_photos)):
                if made:
                    session.execute(insert(table), [asdict(file) for file in made])
            leases.remember(session, row, self._clock.now())

    def fail(self, lease: Lease, error: JobError) -> None:
        """The job cannot be done. Raises LeaseLost."""
        with self._database.session() as session:
            values = leases.ended(JobState.FAILED, self._clock.now()) | {"error": asdict(error)}
            leases.remember(session, leases.write(session, lease, values), self._clock.now())

    def cancel(self, lease: Lease) -> None:
        """The job has stopped because its owner asked. Raises LeaseLost."""
        with self._database.session() as session:
            leases.write(session, lease, leases.ended(JobState.CANCELLED, self._clock.now()))

    def release(self, lease: Lease) -> None:
        """Give the job back unharmed: the worker is stopping. Raises LeaseLost."""
        with self._database.session() as session:
            leases.write(session, lease, leases.requeued(attempts=jobs.c.attempts - 1))

    def reap(self, now: datetime) -> int:
        """Queue again what silent workers held; fail what has cost too many of them. Returns how many."""
        with self._database.reading() as session:
            found = leases.expired(session, now)
        return sum(self._take_back(lease, now) for lease in found)

    def _take_back(self, lease: Lease, now: datetime) -> bool:
        with self._database.session() as session:
            return leases.take_back(session, lease, now)

    def _claim(self, job_id: str) -> tuple[Job, Lease] | None:
        now = self._clock.now()
        with self._database.session() as session:
            claimed = leases.claim(session, job_id, now=now, until=now + self._lease)
            return None if claimed is None else (job_from(claimed[0]), claimed[1])

    def _is_cancel_wanted_after(self, lease: Lease, values: dict[str, object]) -> bool:
        alive = {"lease_until": self._clock.now() + self._lease}
        with self._database.session() as session:
            return bool(leases.write(session, lease, values | alive)["cancel_requested"])


def _owned(owner_id: str, job_id: str) -> Select[Any]:
    return select(jobs).where(jobs.c.id == job_id, jobs.c.owner_id == owner_id)


@contextmanager
def _missing_named() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:  # what the row refers to was there a moment ago
        raise NotFound("a file of this job is gone") from error


def _locked(session: Session, owner_id: str, job_id: str) -> Job:
    row = session.execute(_owned(owner_id, job_id).with_for_update()).mappings().one_or_none()
    if row is None:
        raise NotFound("no such job")
    return job_from(row)
