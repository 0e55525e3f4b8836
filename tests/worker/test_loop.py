"""The worker's life: jobs first, housekeeping between them, and through a database that goes and comes."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from backend.domain.errors import DatabaseUnavailable
from backend.domain.jobs import Job, JobState
from backend.domain.users import User
from backend.engines.fakes import FakeAnimator, FakePrintCutter, FakeRestorer
from backend.services.bundle import Services
from backend.services.requests import NewFile, RestoreRequest
from backend.storage.database import Database
from backend.storage.jobs import JobStore, Lease
from backend.storage.workers import WorkerStore
from backend.worker.execution import Execution
from backend.worker.loop import WorkerLoop
from backend.worker.timing import Timing
from tests.builders import a_portrait_png
from tests.fakes import FakeClock
from tests.worker.waiting import wait_until

QUICK = Timing(poll_s=0.01, reap_s=0.01, purge_s=0.01, alive_s=0.01, trouble_pause_s=0.01)


class FlakyStore(JobStore):
    """Fails the first few times that it is asked for a job."""

    failures_left = 3

    def claim_next(self, **kinds: object) -> tuple[Job, Lease] | None:
        if self.failures_left:
            self.failures_left -= 1
            raise DatabaseUnavailable("server has gone away")
        return super().claim_next()


class World:
    """Everything a loop stands on."""

    def __init__(self, services: Services, database: Database, clock: FakeClock, guest: User) -> None:
        self.services = services
        self.database = database
        self.clock = clock
        self.guest = guest
        self.workers = WorkerStore(database)
        self.purge_count = 0
        self.purge_error: OSError | None = None

    def submit(self) -> Job:
        photo = NewFile(content=io.BytesIO(a_portrait_png(64)), name="a.png")
        return self.services.restorations.submit(self.guest.id, photo, RestoreRequest())

    def state(self, job: Job) -> JobState:
        return self.services.jobs.show(self.guest.id, job.id).state

    def purge(self) -> int:
        self.purge_count += 1
        if self.purge_error is not None:
            raise self.purge_error
        return 0

    @contextmanager
    def running(self, store: JobStore) -> Iterator[None]:
        """A loop in a thread, stopped at the end."""
        stopping = threading.Event()
        execution = Execution(
            store=store,
            services=self.services,
            restorers={"builtin": FakeRestorer()},
            animators={"builtin": FakeAnimator()},
            print_cutter=FakePrintCutter(),
            stopping=stopping,
            timing=QUICK,
        )
        loop = WorkerLoop(
            execution=execution,
            store=store,
            workers=self.workers,
            purge_expired=self.purge,
            clock=self.clock,
            stopping=stopping,
            timing=QUICK,
        )
        thread = threading.Thread(target=loop.run, name="loop-under-test")
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()


@pytest.fixture
def world(services: Services, database: Database, clock: FakeClock, guest: User) -> World:
    return World(services, database, clock, guest)


def _succeeded(world: World, job: Job) -> Callable[[], bool]:
    return lambda: world.state(job) is JobState.SUCCEEDED


def test_jobs_are_done_as_they_come(world: World, jobs: JobStore) -> None:
    waiting = world.submit()
    with world.running(jobs):
        wait_until(_succeeded(world, waiting))
        late = world.submit()

        wait_until(_succeeded(world, late))


def test_the_job_of_a_dead_worker_is_done_again(world: World, jobs: JobStore) -> None:
    job = world.submit()
    assert jobs.claim_next() is not None  # by a worker that is never heard of again
    world.clock.advance(hours=1)

    with world.running(jobs):
        wait_until(_succeeded(world, job))

    assert world.services.jobs.show(world.guest.id, job.id).attempts == 2


def test_what_has_expired_is_purged_again_and_again(world: World, jobs: JobStore) -> None:
    with world.running(jobs):
        wait_until(lambda: world.purge_count > 2)


def test_a_worker_signs_on_and_off(world: World, jobs: JobStore) -> None:
    def count() -> int:
        return world.workers.count_alive(since=world.clock.now())

    with world.running(jobs):
        wait_until(lambda: count() == 1, what="a sign of life")

    assert count() == 0


def test_a_database_that_comes_back_is_used_again(world: World, database: Database, clock: FakeClock) -> None:
    job = world.submit()

    with world.running(FlakyStore(database, clock)):
        wait_until(_succeeded(world, job))


def test_a_file_that_cannot_be_purged_does_not_stop_the_jobs(world: World, jobs: JobStore) -> None:
    job = world.submit()
    world.purge_error = PermissionError("read-only file system")

    with world.running(jobs):
        wait_until(_succeeded(world, job))
