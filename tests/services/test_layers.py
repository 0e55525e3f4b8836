"""Layers live and die with the result they belong to."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.domain.errors import NotFound, StorageFull
from backend.domain.jobs import JobState, Stage
from backend.domain.media import Variant
from backend.domain.users import User
from backend.engines.fake_gfpgan import FakeGfpgan
from backend.services.bundle import Services
from backend.services.requests import RestoreRequest
from backend.storage.files import FileWriter
from backend.storage.jobs import JobStore
from tests.fakes import FakeClock, RecordingCheckpoint
from tests.services.studio import Worker, a_photo_file

Files = Callable[[], list[Path]]


@pytest.fixture
def face_worker(services: Services, jobs: JobStore, worker: Worker) -> Worker:
    worker.restorer = FakeGfpgan()
    return worker


def test_a_job_remembers_where_its_layers_are(
    services: Services, guest: User, stranger: User, face_worker: Worker
) -> None:
    services.restorations.submit(guest.id, a_photo_file(), RestoreRequest())

    job = face_worker.run_next()

    assert job.outcome is not None and job.media_id is not None
    assert job.outcome.model == "v1.4"
    first, second = (face.layer for face in job.outcome.faces)
    assert first is not None and second is not None
    # 96 x 64 twice as large: 0.3 of the width and 0.6 of the height each, one below the other
    assert (first.x_px, first.y_px, first.width_px, first.height_px) == (20, 26, 56, 76)
    assert (first.row_y_px, second.row_y_px, first.scale) == (0, first.height_px, 1.0)
    file = services.media.open(guest.id, job.media_id, Variant.LAYERS)
    assert (file.mime, file.download_name) == ("image/webp", "外婆 1962_人脸图层.webp")
    with pytest.raises(NotFound):
        services.media.open(stranger.id, job.media_id, Variant.LAYERS)


def test_layers_go_with_their_result(
    services: Services, guest: User, face_worker: Worker, clock: FakeClock, stored_files: Files
) -> None:
    services.restorations.submit(guest.id, a_photo_file(), RestoreRequest())
    face_worker.run_next()
    assert len(stored_files()) == 5  # photo, result, preview, mask, layers

    clock.advance(hours=25)
    services.retention.purge_expired()

    assert stored_files() == []


def test_a_job_that_fails_after_its_layers_keeps_nothing(
    services: Services, guest: User, face_worker: Worker, stored_files: Files
) -> None:
    def fail(stage: Stage) -> None:
        if stage is Stage.STORE and len(stored_files()) > 1:  # at the last checkpoint, when all is written
            raise StorageFull

    services.restorations.submit(guest.id, a_photo_file(), RestoreRequest())

    job = face_worker.run_next(RecordingCheckpoint(fail))

    assert job.state is JobState.FAILED
    assert len(stored_files()) == 1


def test_no_room_for_the_layers_leaves_the_photo_alone(
    services: Services,
    guest: User,
    face_worker: Worker,
    stored_files: Files,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services.restorations.submit(guest.id, a_photo_file(), RestoreRequest())
    write, written = FileWriter.write, []

    def write_little(writer: FileWriter, data: bytes) -> None:
        written.append(data)
        if data[8:12] == b"WEBP" and sum(other[8:12] == b"WEBP" for other in written) == 2:
            raise StorageFull from OSError(errno.ENOSPC, "no room")
        write(writer, data)

    monkeypatch.setattr(FileWriter, "write", write_little)

    job = face_worker.run_next()

    assert job.error is not None
    assert job.error.code == "storage_full"
    assert len(stored_files()) == 1
