import errno
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.domain.errors import (
    Conflict,
    EngineUnavailable,
    ImageTooLarge,
    InvalidOption,
    JobCancelled,
    NotFound,
    QueueFull,
    StorageFull,
    UnsupportedMedia,
)
from backend.domain.jobs import JobState, Stage
from backend.domain.media import UploadKind, Variant
from backend.domain.users import User
from backend.engines.api import RestoreOptions
from backend.media.images import encode_photo
from backend.media.opening import ImageLimits
from backend.media.types import RgbImage
from backend.services.bundle import Services
from backend.services.limits import MAX_MASK_BYTES, ServiceLimits
from backend.services.requests import AnimateRequest, NewFile, RestoreRequest, StoredSource
from backend.storage.files import FileWriter, MediaFiles
from backend.storage.jobs import JobStore, LeaseLost, QueueCaps
from tests.builders import a_photo
from tests.fakes import FakeClock, RecordingCheckpoint
from tests.services.studio import Worker, a_file, a_photo_file

Files = Callable[[], list[Path]]
REQUEST = RestoreRequest()
MAGICS = (b"\x89PNG", b"\xff\xd8\xff\xe0", b"WEBPVP8", b"ftypisom")


def content(services: Services, owner: User, media_id: str | None, variant: Variant | None = None) -> bytes:
    assert media_id is not None
    file = services.media.open(owner.id, media_id, variant)
    return b"".join(file.read(0, file.size_bytes))


def pixels(encoded: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(encoded)) as picture:
        return np.asarray(picture.convert("RGB"))


def test_a_submitted_photo_waits_with_exactly_what_was_asked(services: Services, guest: User) -> None:
    request = RestoreRequest(format="webp", options=RestoreOptions(upscale="1", colour="keep"))

    job = services.restorations.submit(guest.id, a_photo_file(), request)

    assert job.state is JobState.QUEUED
    assert replace(services.jobs.show(guest.id, job.id), queue_position=None) == job
    assert RestoreRequest.from_json(job.options) == RestoreRequest(
        engine="builtin", format="webp", options=request.options
    )


def test_a_restored_photo_has_its_result_preview_and_mask(
    services: Services, guest: User, worker: Worker
) -> None:
    photo = a_photo(width_px=90, height_px=60)
    services.restorations.submit(guest.id, a_photo_file(photo), REQUEST)

    job = worker.run_next()

    assert job.state is JobState.SUCCEEDED
    assert job.outcome is not None
    assert (job.outcome.engine, job.outcome.mime, job.outcome.notes) == (
        "builtin",
        "image/png",
        ("enlarged_2x",),
    )
    assert (job.outcome.width_px, job.outcome.height_px) == (180, 120)
    expected = np.repeat(np.repeat(np.minimum(photo, 239) + 16, 2, axis=0), 2, axis=1)
    assert np.array_equal(pixels(content(services, guest, job.media_id)), expected)
    assert pixels(content(services, guest, job.media_id, Variant.PREVIEW)).shape == (60, 90, 3)
    assert pixels(content(services, guest, job.media_id, Variant.MASK))[0, 0].tolist() == [255, 255, 255]


def test_the_original_is_kept_byte_for_byte(services: Services, guest: User, worker: Worker) -> None:
    file = a_photo_file()
    sent = file.content.read()
    services.restorations.submit(guest.id, a_file(sent), REQUEST)

    job = worker.run_next()

    assert content(services, guest, job.media_id, Variant.ORIGINAL) == sent


def test_nothing_readable_lies_on_the_disk(
    services: Services, guest: User, worker: Worker, stored_files: Files
) -> None:
    services.restorations.submit(guest.id, a_photo_file(photo_format="jpeg"), REQUEST)
    worker.run_next()

    stored = [path.read_bytes() for path in stored_files()]

    assert len(stored) == 4  # original, result, preview, mask
    assert not any(magic in one for magic in MAGICS for one in stored)


def a_mask_file(mask: RgbImage) -> NewFile:
    return a_file(encode_photo(mask, "png"), "mask.png")


def a_corner_mask(width_px: int = 96, height_px: int = 64) -> RgbImage:
    """White in the first quarter of the rows, black below."""
    mask = np.zeros((height_px, width_px, 3), np.uint8)
    mask[: height_px // 4] = 255
    return mask


def test_the_owners_mask_is_used_instead_of_looking(services: Services, guest: User, worker: Worker) -> None:
    mask = a_corner_mask()
    services.restorations.submit(guest.id, a_photo_file(), REQUEST, a_mask_file(mask))

    job = worker.run_next()

    assert np.array_equal(pixels(content(services, guest, job.media_id, Variant.MASK)), mask)
    assert job.outcome is not None
    assert job.outcome.mask_share == 0.25


def test_a_coarser_mask_becomes_one_of_the_photos_size(
    services: Services, guest: User, worker: Worker
) -> None:
    services.restorations.submit(guest.id, a_photo_file(), REQUEST, a_mask_file(a_corner_mask(48, 32)))

    job = worker.run_next()

    assert np.array_equal(pixels(content(services, guest, job.media_id, Variant.MASK)), a_corner_mask())


def test_a_photo_that_is_here_is_repaired_by_a_mask_alone(
    services: Services, guest: User, worker: Worker
) -> None:
    first = services.restorations.submit(guest.id, a_photo_file(), REQUEST)
    worker.run_next()
    assert first.upload_id is not None

    services.restorations.submit(
        guest.id, StoredSource(id=first.upload_id), REQUEST, a_mask_file(a_corner_mask())
    )
    job = worker.run_next()

    assert job.upload_id == first.upload_id
    assert job.outcome is not None
    assert job.outcome.mask_share == 0.25


def test_a_black_mask_repairs_nothing(services: Services, guest: User, worker: Worker) -> None:
    services.restorations.submit(
        guest.id, a_photo_file(), REQUEST, a_mask_file(np.zeros((64, 96, 3), np.uint8))
    )

    job = worker.run_next()

    assert job.outcome is not None
    assert job.outcome.mask_share == 0.0


def test_a_retried_job_has_its_mask_again(services: Services, guest: User, worker: Worker) -> None:
    job = services.restorations.submit(guest.id, a_photo_file(), REQUEST, a_mask_file(a_corner_mask()))
    worker.run_next(RecordingCheckpoint(_fail))
    services.jobs.retry(guest.id, job.id)

    done = worker.run_next()

    assert done.outcome is not None
    assert done.outcome.mask_share == 0.25


def test_a_mask_is_kept_encrypted_and_is_its_owners_alone(
    services: Services, guest: User, stranger: User, stored_files: Files
) -> None:
    job = services.restorations.submit(guest.id, a_photo_file(), REQUEST, a_mask_file(a_corner_mask()))

    assert job.mask_upload_id is not None
    assert services.uploads.show(guest.id, job.mask_upload_id).kind is UploadKind.MASK
    with pytest.raises(NotFound):
        services.uploads.show(stranger.id, job.mask_upload_id)
    assert len(stored_files()) == 2  # photo and mask
    assert not any(magic in path.read_bytes() for magic in MAGICS for path in stored_files())


def test_a_mask_is_no_photo(services: Services, guest: User) -> None:
    job = services.restorations.submit(guest.id, a_photo_file(), REQUEST, a_mask_file(a_corner_mask()))
    assert job.mask_upload_id is not None

    with pytest.raises(InvalidOption) as refused:
        services.restorations.submit(guest.id, StoredSource(id=job.mask_upload_id), REQUEST)

    assert refused.value.option == "source"


def test_a_mask_of_another_photo_is_refused_and_nothing_is_kept(
    services: Services, guest: User, stored_files: Files
) -> None:
    with pytest.raises(InvalidOption) as refused:
        services.restorations.submit(guest.id, a_photo_file(), REQUEST, a_mask_file(a_corner_mask(64, 96)))

    assert refused.value.option == "mask"
    assert stored_files() == []


def test_too_large_a_mask_is_not_read_to_its_end(
    services: Services, guest: User, stored_files: Files
) -> None:
    endless = a_file(bytes(MAX_MASK_BYTES + 1), "mask.png")

    with pytest.raises(ImageTooLarge):
        services.restorations.submit(guest.id, a_photo_file(), REQUEST, endless)

    assert stored_files() == []


@pytest.mark.parametrize("scratches", ["off", "strong"])
def test_a_mask_and_a_wish_how_to_look_exclude_each_other(
    services: Services, guest: User, scratches: str
) -> None:
    request = RestoreRequest(options=RestoreOptions(scratches=scratches))  # type: ignore[arg-type]  # from a table

    with pytest.raises(InvalidOption) as refused:
        services.restorations.submit(guest.id, a_photo_file(), request, a_mask_file(a_corner_mask()))

    assert refused.value.option == "scratches"


def test_without_a_mask_there_is_none(services: Services, guest: User, worker: Worker) -> None:
    options = RestoreOptions(scratches="off")
    services.restorations.submit(guest.id, a_photo_file(), RestoreRequest(options=options))

    job = worker.run_next()

    assert job.outcome is not None
    assert job.outcome.mask_share is None
    with pytest.raises(NotFound):
        content(services, guest, job.media_id, Variant.MASK)


@pytest.mark.parametrize(
    ("photo_format", "wanted", "mime"),
    [("png", "auto", "image/png"), ("jpeg", "auto", "image/jpeg"), ("jpeg", "webp", "image/webp")],
)
def test_the_format_is_as_asked(
    services: Services, guest: User, worker: Worker, photo_format: str, wanted: str, mime: str
) -> None:
    request = RestoreRequest(format=wanted)  # type: ignore[arg-type]  # from a table
    services.restorations.submit(guest.id, a_photo_file(photo_format=photo_format), request)  # type: ignore[arg-type]  # as above

    job = worker.run_next()

    assert job.outcome is not None
    assert job.outcome.mime == mime


def test_the_same_photo_and_options_give_the_same_bytes(
    services: Services, guest: User, worker: Worker
) -> None:
    results = []
    for _ in range(2):
        services.restorations.submit(guest.id, a_photo_file(), REQUEST)
        results.append(content(services, guest, worker.run_next().media_id))

    assert results[0] == results[1]


def test_progress_passes_through_the_stages_in_order(services: Services, guest: User, worker: Worker) -> None:
    services.restorations.submit(guest.id, a_photo_file(), REQUEST)
    checkpoint = RecordingCheckpoint()

    worker.run_next(checkpoint)

    assert checkpoint.stages == [Stage.DECODE, Stage.ANALYSE, Stage.ENLARGE, Stage.ENCODE, Stage.STORE]


@pytest.mark.parametrize("stage", [Stage.DECODE, Stage.ANALYSE, Stage.ENCODE, Stage.STORE])
def test_a_job_cancelled_at_any_stage_keeps_nothing(
    services: Services, guest: User, worker: Worker, stored_files: Files, stage: Stage
) -> None:
    job = services.restorations.submit(guest.id, a_photo_file(), REQUEST)
    before = stored_files()

    def cancel(reached: Stage) -> None:
        if reached is stage:
            raise JobCancelled

    assert worker.run_next(RecordingCheckpoint(cancel)).state is JobState.CANCELLED

    assert stored_files() == before
    assert services.jobs.retry(guest.id, job.id).state is JobState.QUEUED
    assert worker.run_next().state is JobState.SUCCEEDED


def test_a_job_that_is_no_longer_this_workers_keeps_nothing(
    services: Services, guest: User, worker: Worker, jobs: JobStore, clock: FakeClock, stored_files: Files
) -> None:
    job = services.restorations.submit(guest.id, a_photo_file(), REQUEST)
    before = stored_files()

    def lose(stage: Stage) -> None:
        if stage is Stage.ENCODE:
            clock.advance(seconds=61)
            jobs.reap(clock.now())

    with pytest.raises(LeaseLost):
        worker.run_next(RecordingCheckpoint(lose))

    assert stored_files() == before
    assert worker.run_next().id == job.id


def test_a_full_disk_fails_the_job_and_keeps_nothing(
    services: Services,
    guest: User,
    worker: Worker,
    stored_files: Files,
    files: MediaFiles,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services.restorations.submit(guest.id, a_photo_file(), REQUEST)
    before = stored_files()
    made: list[FileWriter] = []

    def writer_on_a_full_disk() -> FileWriter:
        if len(made) == 1:  # the result fits, the preview does not
            raise StorageFull from OSError(errno.ENOSPC, "No space left on device")
        made.append(MediaFiles.writer(files))
        return made[-1]

    monkeypatch.setattr(files, "writer", writer_on_a_full_disk)
    job = worker.run_next()

    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "storage_full"
    assert stored_files() == before


def test_an_earlier_upload_can_be_restored_again(services: Services, guest: User, worker: Worker) -> None:
    upload = services.uploads.add(guest.id, a_photo_file(), UploadKind.PHOTO)

    first = services.restorations.submit(guest.id, StoredSource(id=upload.id), REQUEST)
    second = services.restorations.submit(guest.id, StoredSource(id=upload.id), REQUEST)

    assert first.upload_id == second.upload_id == upload.id
    assert worker.run_next().state is JobState.SUCCEEDED


def test_a_result_can_be_restored_again(services: Services, guest: User, worker: Worker) -> None:
    services.restorations.submit(guest.id, a_photo_file(), REQUEST)
    first = worker.run_next()

    services.restorations.submit(guest.id, StoredSource(id=first.id), REQUEST)
    second = worker.run_next()

    assert second.source_job_id == first.id
    assert second.upload_id == first.upload_id
    assert second.outcome is not None
    assert second.outcome.width_px == 4 * 96


@pytest.mark.parametrize("state", ["queued", "running", "failed"])
def test_a_source_that_is_not_ready_is_a_conflict(
    services: Services, guest: User, jobs: JobStore, worker: Worker, state: str
) -> None:
    source = services.restorations.submit(guest.id, a_photo_file(), REQUEST)
    if state == "running":
        jobs.claim_next()
    if state == "failed":
        worker.run_next(RecordingCheckpoint(_fail))

    with pytest.raises(Conflict):
        services.restorations.submit(guest.id, StoredSource(id=source.id), REQUEST)


def _fail(stage: Stage) -> None:
    raise UnsupportedMedia


def test_a_film_is_no_source(services: Services, guest: User, worker: Worker) -> None:
    services.animations.submit(guest.id, a_photo_file(), AnimateRequest(preset="nod"))
    film = worker.run_next()

    with pytest.raises(Conflict):
        services.restorations.submit(guest.id, StoredSource(id=film.id), REQUEST)


def test_anothers_photo_or_job_is_no_source(
    services: Services, guest: User, stranger: User, worker: Worker
) -> None:
    upload = services.uploads.add(guest.id, a_photo_file(), UploadKind.PHOTO)
    services.restorations.submit(guest.id, StoredSource(id=upload.id), REQUEST)
    job = worker.run_next()

    for source_id in (upload.id, job.id):
        with pytest.raises(NotFound):
            services.restorations.submit(stranger.id, StoredSource(id=source_id), REQUEST)


@pytest.mark.parametrize("source_id", ["", "x", "../..", "\ud800", "\0"])
def test_any_other_text_is_no_source(services: Services, guest: User, source_id: str) -> None:
    with pytest.raises(NotFound):
        services.restorations.submit(guest.id, StoredSource(id=source_id), REQUEST)


def test_an_engine_that_is_not_installed_is_named(services: Services, guest: User) -> None:
    with pytest.raises(EngineUnavailable) as refused:
        services.restorations.submit(guest.id, a_photo_file(), RestoreRequest(engine="gfpgan"))

    assert refused.value.params == {"engine": "gfpgan"}


@pytest.mark.parametrize("engine", ["auto", "builtin"])
def test_an_option_of_another_engine_is_refused(services: Services, guest: User, engine: str) -> None:
    request = RestoreRequest(engine=engine, options=RestoreOptions(colour="model"))  # type: ignore[arg-type]  # from a table

    with pytest.raises(InvalidOption) as refused:
        services.restorations.submit(guest.id, a_photo_file(), request)

    assert refused.value.option == "colour"


class TestWithSmallLimits:
    @pytest.fixture
    def limits(self) -> ServiceLimits:
        return ServiceLimits(
            picture=ImageLimits(max_pixels=96 * 64), queue=QueueCaps(guest=2), max_photo_bytes=20_000
        )

    def test_a_result_that_has_outgrown_the_limits_is_not_restored_again(
        self, services: Services, guest: User, worker: Worker
    ) -> None:
        services.restorations.submit(guest.id, a_photo_file(), REQUEST)
        job = worker.run_next()

        with pytest.raises(ImageTooLarge):
            services.restorations.submit(guest.id, StoredSource(id=job.id), REQUEST)

    def test_a_refused_request_leaves_no_file(
        self, services: Services, guest: User, stored_files: Files
    ) -> None:
        for _ in range(2):
            services.restorations.submit(guest.id, a_photo_file(), REQUEST)
        before = stored_files()

        with pytest.raises(QueueFull):
            services.restorations.submit(guest.id, a_photo_file(), REQUEST)
        assert stored_files() == before


def test_a_result_of_too_many_pixels_is_refused_before_it_is_made(
    services: Services, guest: User, stored_files: Files
) -> None:
    large = Image.new("L", (8000, 5000))
    encoded = io.BytesIO()
    large.save(encoded, "PNG")
    request = RestoreRequest(options=RestoreOptions(upscale="4"))

    with pytest.raises(InvalidOption) as refused:
        services.restorations.submit(guest.id, a_file(encoded.getvalue()), request)

    assert refused.value.option == "upscale"
    assert stored_files() == []
