import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import NotFound
from backend.domain.ids import new_id
from backend.domain.users import User
from backend.media.images import encode_photo
from backend.services.bundle import Services
from backend.services.requests import RestoreRequest, StoredSource
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore, LeaseLost
from tests.fakes import FakeClock, RecordingCheckpoint
from tests.services.studio import Worker, a_file, a_photo_file

Files = Callable[[], list[Path]]
REQUEST = RestoreRequest()


def make_older(path: Path, hours: float) -> None:
    then_s = path.stat().st_mtime - 3600 * hours
    os.utime(path, (then_s, then_s))


def test_a_guest_goes_after_a_day_with_everything_of_theirs(
    services: Services, guest: User, worker: Worker, clock: FakeClock, stored_files: Files
) -> None:
    services.restorations.submit(guest.id, a_photo_file(), REQUEST)
    job = worker.run_next()
    mask = encode_photo(np.zeros((128, 192, 3), np.uint8), "png")  # of the result, twice the size
    services.restorations.submit(guest.id, StoredSource(id=job.id), REQUEST, a_file(mask, "mask.png"))
    clock.advance(hours=12)
    younger = services.accounts.open_guest(user_agent="").user
    kept = services.restorations.submit(younger.id, a_photo_file(), REQUEST)
    clock.advance(hours=12)

    count = services.retention.purge_expired()

    assert count == 1
    with pytest.raises(NotFound):
        services.jobs.show(guest.id, job.id)
    assert services.jobs.show(younger.id, kept.id).queue_position == 0
    assert len(stored_files()) == 1
    assert services.retention.purge_expired() == 0


def test_a_guest_whose_job_runs_stays_until_it_has_ended(
    services: Services, guest: User, jobs: JobStore, clock: FakeClock, stored_files: Files
) -> None:
    services.restorations.submit(guest.id, a_photo_file(), REQUEST)
    clock.advance(hours=25)
    claimed = jobs.claim_next()
    assert claimed is not None

    assert services.retention.purge_expired() == 0
    jobs.cancel(claimed[1])
    assert services.retention.purge_expired() == 1
    assert stored_files() == []


def test_a_guest_who_goes_while_a_worker_is_between_claim_and_work_leaves_nothing(
    services: Services, guest: User, worker: Worker, jobs: JobStore, clock: FakeClock, stored_files: Files
) -> None:
    services.restorations.submit(guest.id, a_photo_file(), REQUEST)
    clock.advance(hours=25)
    claimed = jobs.claim_next()
    assert claimed is not None
    clock.advance(seconds=61)
    jobs.reap(clock.now())
    services.retention.purge_expired()

    with pytest.raises((LeaseLost, NotFound)):
        services.restorations.run(claimed[0], claimed[1], worker.restorer, RecordingCheckpoint())

    assert stored_files() == []


def test_files_that_nothing_names_go_after_an_hour(
    services: Services, guest: User, files: MediaFiles, stored_files: Files
) -> None:
    services.restorations.submit(guest.id, a_photo_file(), REQUEST)
    (named,) = stored_files()
    for _ in range(2):
        with files.writer() as writer:
            writer.write(b"orphan")
    old, young = (path for path in stored_files() if path != named)
    for path in (named, old):
        make_older(path, hours=2)

    count = services.retention.purge_expired()

    assert count == 1
    assert set(stored_files()) == {named, young}


def test_leftovers_of_dead_writers_go_too(services: Services, files: MediaFiles, tmp_path: Path) -> None:
    with files.scratch_folder():
        pass
    left = tmp_path / "media" / "unfinished" / f"{new_id()}.part"
    left.write_bytes(b"half")
    make_older(left, hours=2)

    assert services.retention.purge_expired() == 1
    assert not left.exists()
