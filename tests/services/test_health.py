from pathlib import Path

from backend.domain.ids import new_id
from backend.services.health import Health
from backend.storage.database import Database
from backend.storage.files import MediaFiles
from backend.storage.workers import WorkerStore
from tests.fakes import FakeClock


def test_everything_is_ready_when_a_worker_beats(
    database: Database, files: MediaFiles, clock: FakeClock
) -> None:
    workers = WorkerStore(database)
    health = Health(database, files, workers, clock)
    assert health.ready() == {"database": True, "storage": True, "worker": False}

    workers.beat(new_id(), device="cpu", now=clock.now())
    assert health.ready() == {"database": True, "storage": True, "worker": True}

    clock.advance(seconds=31)
    assert not health.ready()["worker"]


def test_a_missing_database_is_said_and_does_not_raise(
    files: MediaFiles, clock: FakeClock, tmp_path: Path
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite3'}")

    ready = Health(database, files, WorkerStore(database), clock).ready()

    assert ready == {"database": False, "storage": True, "worker": False}
    database.close()


def test_a_storage_that_cannot_be_written_is_said(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    files = MediaFiles(tmp_path / "file" / "media", bytes(32))

    assert not Health(database, files, WorkerStore(database), clock).ready()["storage"]
