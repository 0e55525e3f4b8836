"""One job from its claim to its end: the only code that runs jobs, whatever rings the bell.

At least once, exactly one result: a job whose worker dies is done again, and only the holder of its lease
can finish it.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping

from backend.domain.errors import AppError, DatabaseUnavailable, JobCancelled, StorageFull
from backend.domain.jobs import Job, JobError, JobKind, Stage
from backend.engines.animation_api import Animator
from backend.engines.api import Restorer
from backend.engines.print_api import PrintCutter
from backend.services.bundle import Services
from backend.storage.jobs import JobStore, Lease, LeaseLost
from backend.worker.progress import JobProgress
from backend.worker.timing import Timing
from backend.worker.watch import JobWatch

logger = logging.getLogger(__name__)

EXIT_STUCK = 70  # EX_SOFTWARE: the process ended itself to get rid of a job that hangs
DEFAULT_TIMING = Timing()


class WorkerStopping(JobCancelled):
    """The worker stops and gives the job back; passes through engines as a cancellation does."""


def end_process() -> None:
    """End this process at once, whatever its threads do."""
    os._exit(EXIT_STUCK)


class Execution:
    """Claims jobs and does them, with engines that stay loaded."""

    def __init__(
        self,
        *,
        store: JobStore,
        services: Services,
        restorers: Mapping[str, Restorer],
        animators: Mapping[str, Animator],
        print_cutter: PrintCutter,
        stopping: threading.Event,
        timing: Timing = DEFAULT_TIMING,
        give_up: Callable[[], None] = end_process,
    ) -> None:
        self._store = store
        self._services = services
        self._restorers = restorers
        self._animators = animators
        self._print_cutter = print_cutter
        self._stopping = stopping
        self._timing = timing
        self._give_up = give_up

    def execute_next(self) -> bool:
        """Do the job whose turn it is. False when nothing waits."""
        claimed = self._store.claim_next()
        if claimed is None:
            return False
        job, lease = claimed
        started_s = time.monotonic()
        end = self._execute(job, lease)
        seconds = round(time.monotonic() - started_s, 3)
        values = {"job_id": job.id, "kind": job.kind.value, "end": end, "seconds": seconds}
        logger.info("job ended", extra=values)
        return True

    def _execute(self, job: Job, lease: Lease) -> str:
        """Run and settle one job; returns how it ended, for the log."""
        try:
            with JobWatch(self._store, lease, self._stopping, self._timing, self._give_up) as watch:
                checkpoint = _JobCheckpoint(self._store, lease, self._progress_of(job), watch, self._timing)
                self._run(job, lease, checkpoint)
            return "succeeded"
        except LeaseLost:
            return "lease lost"
        except WorkerStopping:
            return self._settle("released", lambda: self._store.release(lease))
        except JobCancelled:
            return self._settle("cancelled", lambda: self._store.cancel(lease))
        except DatabaseUnavailable as error:
            # Nothing can be written now. The lease runs out, and the job is done again.
            logger.warning("job left to its lease", extra={"job_id": job.id, "reason": str(error)})
            return "database error"
        except AppError as error:
            if error.code == AppError.code:
                logger.error("job failed", extra={"job_id": job.id, "reason": str(error)})
            return self._fail(lease, JobError(code=error.code, params=error.params))
        except Exception:
            logger.exception("job failed for a reason of our own", extra={"job_id": job.id})
            return self._fail(lease, JobError(code=AppError.code, params={}))

    def _run(self, job: Job, lease: Lease, checkpoint: "_JobCheckpoint") -> None:
        wanted = str(job.options.get("engine", "auto"))
        if job.kind is JobKind.RESTORE:
            self._services.restorations.run(job, lease, self._restorer(wanted), checkpoint)
        elif job.kind is JobKind.FIND_PRINTS:
            self._services.prints.run_find(job, lease, self._print_cutter, checkpoint)
        elif job.kind is JobKind.CUT_PRINTS:
            self._services.prints.run_cut(job, lease, self._print_cutter, checkpoint)
        else:
            animator = self._animators[self._services.engines.resolve(JobKind.ANIMATE, wanted)]
            self._services.animations.run(job, lease, self._restorer, animator, checkpoint)

    def _progress_of(self, job: Job) -> JobProgress:
        engine = str(job.options.get("engine", "builtin"))
        is_restored_first = job.options.get("restore_first") is True and job.source_job_id is None
        restorer = self._services.engines.resolve(JobKind.RESTORE, "auto") if is_restored_first else None
        return JobProgress(job.kind, engine=engine, restorer=restorer)

    def _restorer(self, wanted: str = "auto") -> Restorer:
        """The engine of this name, built where that has not been done. Raises EngineUnavailable."""
        return self._restorers[self._services.engines.resolve(JobKind.RESTORE, wanted)]

    def _fail(self, lease: Lease, error: JobError) -> str:
        return self._settle(f"failed: {error.code}", lambda: self._store.fail(lease, error))

    def _settle(self, end: str, write: Callable[[], None]) -> str:
        try:
            write()
        except LeaseLost:
            return "lease lost"
        return end


class _JobCheckpoint:
    """What engines call: writes progress now and then, and stops the job when it must stop."""

    def __init__(
        self, store: JobStore, lease: Lease, progress: JobProgress, watch: JobWatch, timing: Timing
    ) -> None:
        self._store = store
        self._lease = lease
        self._watch = watch
        self._every_s = timing.report_s
        self._progress = progress
        self._stage: Stage | None = None
        self._reported_s = 0.0

    def __call__(self, stage: Stage, fraction: float) -> None:
        self._watch.touch()
        if self._watch.is_lost:
            raise LeaseLost(self._lease.job_id)
        progress = self._progress.at(stage, fraction)
        now_s = time.monotonic()
        if stage is not self._stage or now_s - self._reported_s >= self._every_s:
            self._stage, self._reported_s = stage, now_s
            self._report(stage, progress)
        if self._watch.is_cancel_wanted:
            raise JobCancelled
        if self._watch.must_release:
            raise WorkerStopping

    def _report(self, stage: Stage, progress: float) -> None:
        try:
            if self._store.report(self._lease, stage, progress):
                self._watch.want_cancel()
        except (DatabaseUnavailable, StorageFull) as error:  # a bar that stands still is no reason to stop
            logger.warning("progress not written", extra={"reason": str(error)})
