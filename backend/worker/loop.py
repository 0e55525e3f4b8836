"""The worker's life: do the next job, and between jobs keep house."""

import logging
import platform
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from backend.domain.clock import Clock
from backend.domain.errors import AppError
from backend.domain.ids import new_id
from backend.storage.jobs import JobStore
from backend.storage.workers import WorkerStore
from backend.worker.execution import DEFAULT_TIMING, Execution
from backend.worker.timing import Timing

logger = logging.getLogger(__name__)

TROUBLE = (AppError, SQLAlchemyError, OSError)  # of the database or the disk; a worker outlives it


class WorkerLoop:
    """Runs until `stopping` is set; the present job is finished or given back first."""

    def __init__(
        self,
        *,
        execution: Execution,
        store: JobStore,
        workers: WorkerStore,
        purge_expired: Callable[[], int],
        clock: Clock,
        stopping: threading.Event,
        timing: Timing = DEFAULT_TIMING,
    ) -> None:
        self._execution = execution
        self._workers = workers
        self._clock = clock
        self._stopping = stopping
        self._timing = timing
        self._worker_id = new_id()
        self._chores = (
            _Chore("reap", timing.reap_s, lambda: store.reap(clock.now())),
            _Chore("purge", timing.purge_s, purge_expired),
        )

    def run(self) -> None:
        """Work until asked to stop."""
        alive = threading.Thread(target=self._say_alive, name="alive", daemon=True)
        alive.start()
        while not self._stopping.is_set():
            for chore in self._chores:
                chore.do_if_due()
            try:
                pause_s = 0.0 if self._execution.execute_next() else self._timing.poll_s
            except TROUBLE as error:  # a database comes back, a disk gets room
                logger.error("database or disk error", extra={"reason": _reason(error)})
                pause_s = self._timing.trouble_pause_s
            self._stopping.wait(pause_s)
        alive.join()

    def _say_alive(self) -> None:
        """From a thread of its own: a job may take longer than `/readyz` waits."""
        while True:
            try:
                self._workers.beat(self._worker_id, device=_device(), now=self._clock.now())
            except (AppError, SQLAlchemyError) as error:
                logger.warning("sign of life not written", extra={"reason": type(error).__name__})
            if self._stopping.wait(self._timing.alive_s):
                break
        try:
            self._workers.remove(self._worker_id)
        except (AppError, SQLAlchemyError) as error:
            logger.warning("worker not signed off", extra={"reason": type(error).__name__})


class _Chore:
    """Something to do at once, and then again every so often."""

    def __init__(self, name: str, every_s: float, do: Callable[[], int]) -> None:
        self._name = name
        self._every_s = every_s
        self._do = do
        self._done_s: float | None = None

    def do_if_due(self) -> None:
        now_s = time.monotonic()
        if self._done_s is not None and now_s - self._done_s < self._every_s:
            return
        self._done_s = now_s
        try:
            count = self._do()
        except TROUBLE as error:  # the next time, perhaps; jobs can be done meanwhile
            logger.error("chore failed", extra={"chore": self._name, "reason": _reason(error)})
            return
        if count:
            logger.info("chore done", extra={"chore": self._name, "count": count})


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if isinstance(error, AppError) else type(error).__name__


def _device() -> str:
    return f"cpu {platform.machine()}"
