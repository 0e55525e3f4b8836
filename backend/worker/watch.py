"""A running job seen from beside it: keeps its lease, and ends the process when the job no longer listens.

An engine may hang inside a library, where no checkpoint is reached and no exception can be thrown. Then only
the end of the process helps: the job's row is settled first, and whoever supervises starts another process.
"""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from backend.domain.errors import AppError, JobTimedOut
from backend.domain.jobs import JobError
from backend.storage.jobs import JobStore, Lease, LeaseLost
from backend.worker.timing import Timing

logger = logging.getLogger(__name__)


class JobWatch:
    """Runs beside one job: `with JobWatch(...) as watch`.

    give_up: ends this process; called when the job hangs, after its row has been settled.
    """

    def __init__(
        self,
        store: JobStore,
        lease: Lease,
        stopping: threading.Event,
        timing: Timing,
        give_up: Callable[[], None],
    ) -> None:
        self.is_lost = False  # the job is somebody else's by now
        self.is_cancel_wanted = False
        self.must_release = False  # the worker stops, and the job has had its time
        self._store = store
        self._lease = lease
        self._stopping = stopping
        self._timing = timing
        self._give_up = give_up
        self._done = threading.Event()
        now_s = time.monotonic()
        self._checkpoint_s = now_s
        self._beat_s = now_s
        self._lost_s: float | None = None
        self._cancel_wanted_s: float | None = None
        self._stopping_s: float | None = None
        self._thread = threading.Thread(target=self._run, name="job-watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def touch(self) -> None:
        """A checkpoint has been reached: the job is alive."""
        self._checkpoint_s = time.monotonic()

    def want_cancel(self) -> None:
        """The owner wants the job stopped."""
        if self._cancel_wanted_s is None:
            self._cancel_wanted_s = time.monotonic()
        self.is_cancel_wanted = True

    def _run(self) -> None:
        while not self._done.wait(self._timing.watch_s):
            try:
                if self._look(time.monotonic()):
                    self._give_up()
                    return
            except LeaseLost:
                self.is_lost = True
                self._lost_s = time.monotonic()
            except (AppError, SQLAlchemyError) as error:  # the lease may outlive it; if not, it is done again
                logger.warning("database error beside a job", extra={"reason": type(error).__name__})

    def _look(self, now_s: float) -> bool:
        """Do what is due. True when the job hangs and its row has been settled."""
        if self._lost_s is not None:  # the row is not ours to settle
            return now_s - self._lost_s > self._timing.cancel_grace_s and self._hangs("the lease is lost")
        if now_s - self._beat_s >= self._timing.beat_s:
            self._beat_s = now_s
            if self._store.heartbeat(self._lease):
                self.want_cancel()
        if now_s - self._checkpoint_s > self._timing.stage_limit_s:
            limit_s = round(self._timing.stage_limit_s)
            self._store.fail(self._lease, JobError(code=JobTimedOut.code, params={"limit_s": limit_s}))
            return self._hangs("no progress")
        if self._cancel_wanted_s is not None and now_s - self._cancel_wanted_s > self._timing.cancel_grace_s:
            self._store.cancel(self._lease)
            return self._hangs("cancelled, but goes on")
        return self._look_at_stopping(now_s)

    def _look_at_stopping(self, now_s: float) -> bool:
        if not self._stopping.is_set():
            return False
        if self._stopping_s is None:
            self._stopping_s = now_s
        waited_s = now_s - self._stopping_s
        self.must_release = waited_s > self._timing.stop_grace_s
        if waited_s > self._timing.stop_grace_s + self._timing.release_grace_s:
            self._store.release(self._lease)
            return self._hangs("the worker stops")
        return False

    def _hangs(self, reason: str) -> bool:
        logger.error("job hangs; ending the process", extra={"job_id": self._lease.job_id, "reason": reason})
        return True
