"""Real worker processes that are killed or hang in the middle of a job: it is done again, and once."""

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.domain.clock import SystemClock
from backend.domain.jobs import Job, JobState
from backend.domain.media import Variant
from backend.services.bundle import Services, assemble_services
from backend.services.driving_videos import Presets
from backend.services.engine_catalogue import EngineCatalogue
from backend.services.limits import ServiceLimits
from backend.services.requests import NewFile, RestoreRequest
from backend.storage.database import Database
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore
from backend.storage.tables import results
from backend.worker.supervisor import Patience, Supervisor
from tests.builders import a_portrait_png
from tests.databases import migrated_sqlite
from tests.presets import write_catalogue
from tests.weights_folders import no_weights
from tests.worker.waiting import wait_until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals to kill")

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = Patience(silent_s=30.0, stop_s=30.0, first_restart_s=0.01, watch_s=0.02)
NEVER_S = 600.0


class House:
    """The server's side: the same database and files as the worker's, and somebody with a photo."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "jiuying.sqlite3").write_bytes(migrated_sqlite())
        self.database = Database(f"sqlite:///{folder / 'jiuying.sqlite3'}")
        clock = SystemClock()
        self.services: Services = assemble_services(
            database=self.database,
            files=MediaFiles(folder / "media", bytes(range(32))),
            clock=clock,
            jobs=JobStore(self.database, clock),
            presets=Presets(write_catalogue(folder / "presets")),
            engines=EngineCatalogue(builtin_version="test"),
            weights=no_weights(folder / "weights"),
            limits=ServiceLimits(),
        )
        self.guest = self.services.accounts.open_guest(user_agent="a test").user

    def submit(self) -> Job:
        photo = NewFile(content=io.BytesIO(a_portrait_png(64)), name="a.png")
        return self.services.restorations.submit(self.guest.id, photo, RestoreRequest())

    def now(self, job: Job) -> Job:
        return self.services.jobs.show(self.guest.id, job.id)

    def result_count(self, job: Job) -> int:
        made = results.c.job_id == job.id, results.c.variant == Variant.RESULT
        with self.database.reading() as session:
            return session.execute(select(func.count()).select_from(results).where(*made)).scalar_one()

    def wait_for(self, job: Job, state: JobState) -> Job:
        wait_until(lambda: self.now(job).state is state, what=f"{state}, but {self.now(job)}")
        return self.now(job)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.database.close()


@contextmanager
def _working(house: House, *, stage_limit_s: float = NEVER_S) -> Iterator[Supervisor]:
    command = [sys.executable, "-m", "tests.worker.killable_worker", str(house.folder), str(stage_limit_s)]
    supervisor = Supervisor(command, patience=PATIENCE, environ=os.environ | {"PYTHONPATH": str(ROOT)})
    supervisor.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()


def test_a_job_whose_worker_is_killed_is_done_again_and_has_one_result(house: House) -> None:
    (house.folder / "hang").touch()
    with _working(house) as supervisor:
        job = house.submit()
        wait_until((house.folder / "hanging").exists, what="the job's start")
        assert supervisor.worker_pid is not None

        os.kill(supervisor.worker_pid, signal.SIGKILL)

        done = house.wait_for(job, JobState.SUCCEEDED)
        assert done.attempts == 2
        assert house.result_count(job) == 1


def test_a_job_that_hangs_fails_and_the_next_one_is_done_by_a_new_worker(house: House) -> None:
    (house.folder / "hang").touch()
    with _working(house, stage_limit_s=1.0) as supervisor:
        stuck, next_one = house.submit(), house.submit()
        wait_until((house.folder / "hanging").exists, what="the job's start")
        first_worker = supervisor.worker_pid

        failed = house.wait_for(stuck, JobState.FAILED)
        house.wait_for(next_one, JobState.SUCCEEDED)

        assert failed.error is not None
        assert failed.error.code == "job_timed_out"
        assert supervisor.worker_pid != first_worker


def test_a_frozen_worker_s_job_is_done_by_the_next_one(house: House) -> None:
    (house.folder / "hang").touch()
    with _working(house) as supervisor:
        job = house.submit()
        wait_until((house.folder / "hanging").exists, what="the job's start")
        assert supervisor.worker_pid is not None

        os.kill(supervisor.worker_pid, signal.SIGSTOP)
        with _working(house):
            done = house.wait_for(job, JobState.SUCCEEDED)
        os.kill(supervisor.worker_pid, signal.SIGCONT)

    assert done.attempts == 2
    assert house.result_count(job) == 1


def test_a_worker_that_is_stopped_gives_its_job_back(house: House) -> None:
    (house.folder / "hang").touch()
    with _working(house):
        job = house.submit()
        wait_until((house.folder / "hanging").exists, what="the job's start")

    given_back = house.now(job)
    assert given_back.state is JobState.QUEUED
    assert given_back.attempts == 0
