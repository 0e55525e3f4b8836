"""Jobs as their owners see them: where they stand, how long it will take, and how to stop them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from backend.domain.clock import Clock
from backend.domain.jobs import Job, JobKind, JobState
from backend.domain.paging import Page, Position, require_limit
from backend.storage.jobs import JobStore, QueueCaps

_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 0.25
_TELLING_PROGRESS = 0.1  # of a job: before that its pace says little
_NEWEST_COUNTS = 0.7  # each older duration weighs this much of the next newer one


class Jobs:
    """Shows, stops and retries. Every call names the owner."""

    def __init__(
        self, jobs: JobStore, caps: QueueCaps, clock: Clock, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._jobs = jobs
        self._clock = clock
        self._caps = caps
        self._sleep = sleep

    def show(self, owner_id: str, job_id: str) -> Job:
        """The owner's job, or NotFound."""
        return self._placed([self._jobs.get(owner_id, job_id)])[0]

    def list(
        self, owner_id: str, *, cursor: str | None = None, limit: int = 50, active_only: bool = False
    ) -> Page[Job]:
        """The owner's jobs, newest first. Raises InvalidOption for a bad cursor or limit."""
        after = None if cursor is None else Position.from_cursor(cursor)
        page = self._jobs.list(owner_id, after=after, limit=require_limit(limit), active_only=active_only)
        return replace(page, items=tuple(self._placed(page.items)))

    def cancel(self, owner_id: str, job_id: str) -> Job:
        """Stop a job: at once while it waits, at its next checkpoint while it runs. Raises Conflict."""
        return self._placed([self._jobs.request_cancel(owner_id, job_id)])[0]

    def retry(self, owner_id: str, job_id: str) -> Job:
        """Queue a failed or cancelled job again; Conflict for any other, QueueFull at a cap."""
        return self._placed([self._jobs.retry(owner_id, job_id, self._caps)])[0]

    def wait(self, owner_id: str, job_id: str, timeout_s: float) -> Job:
        """The job once it has ended, or as it is after `timeout_s`."""
        deadline_s = time.monotonic() + timeout_s
        pause_s = _FIRST_PAUSE_S
        while True:
            job = self._jobs.get(owner_id, job_id)
            remaining_s = deadline_s - time.monotonic()
            if job.state.is_final or remaining_s <= 0:
                return self._placed([job])[0]
            self._sleep(min(pause_s, remaining_s))
            pause_s = min(1.5 * pause_s, _LONGEST_PAUSE_S)

    def _placed(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """The jobs with their place in the queue and an estimate of when they end."""
        if not any(job.state in (JobState.QUEUED, JobState.RUNNING) for job in jobs):
            return jobs
        durations = _Durations(self._jobs)
        if not any(job.state is JobState.QUEUED for job in jobs):
            return [self._running(job, durations) for job in jobs]
        places: dict[str, tuple[int, float | None]] = {}
        until_s: float | None = 0.0
        for position, waiting in enumerate(self._jobs.waiting()):
            duration_s = durations.typical_s(waiting.kind, waiting.engine)
            until_s = None if until_s is None or duration_s is None else until_s + duration_s
            places[waiting.id] = (position, until_s)
        return [_queued(self._running(job, durations), places) for job in jobs]

    def _running(self, job: Job, durations: "_Durations") -> Job:
        """With an estimate: by the usual length of such jobs at first, more and more by its own pace.

        Films differ: one of ten seconds takes three times as long as one of three.
        """
        if job.state is not JobState.RUNNING or job.started_at is None:
            return job
        engine = job.options.get("engine")
        typical_s = durations.typical_s(job.kind, engine if isinstance(engine, str) else None)
        elapsed_s = (self._clock.now() - job.started_at).total_seconds()
        paced_s = elapsed_s / job.progress if job.progress >= _TELLING_PROGRESS and elapsed_s > 0 else None
        if paced_s is None or typical_s is None:
            whole_s = paced_s or typical_s
        else:
            whole_s = job.progress * paced_s + (1 - job.progress) * typical_s
        return job if whole_s is None else replace(job, eta_s=round(whole_s * (1 - job.progress), 1))


class _Durations:
    """How long jobs usually take, by kind and engine: one with networks takes many times longer."""

    def __init__(self, jobs: JobStore) -> None:
        self._jobs = jobs
        self._known_s: dict[tuple[JobKind, str | None], float | None] = {}

    def typical_s(self, kind: JobKind, engine: str | None) -> float | None:
        """None while nothing is known of such jobs."""
        if (kind, engine) not in self._known_s:
            self._known_s[kind, engine] = _typical(self._jobs.recent_durations_s(kind, engine))
        return self._known_s[kind, engine]


def _typical(durations_s: Sequence[float]) -> float | None:
    """The mean of durations, newest first, in which newer ones count more; None without any."""
    weights = [_NEWEST_COUNTS**age for age in range(len(durations_s))]
    return sum(map(float.__mul__, weights, durations_s)) / sum(weights) if weights else None


def _queued(job: Job, places: dict[str, tuple[int, float | None]]) -> Job:
    if job.state is not JobState.QUEUED or job.id not in places:  # claimed since it was read
        return job
    position, eta_s = places[job.id]
    return replace(job, queue_position=position, eta_s=None if eta_s is None else round(eta_s, 1))
