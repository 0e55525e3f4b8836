"""Prints are looked for and cut out: asked, done, and kept once."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.domain.errors import (
    Conflict,
    ImageTooLarge,
    InvalidOption,
    JobCancelled,
    NotFound,
    QueueFull,
    UnsupportedMedia,
)
from backend.domain.ids import new_id
from backend.domain.jobs import CutPhoto, Job, JobState, Stage
from backend.domain.media import Upload, UploadKind, Variant
from backend.domain.users import User
from backend.engines.api import Checkpoint, RestoreOptions
from backend.engines.fakes import FakePrintCutter
from backend.engines.print_api import Corners, StraightPrint
from backend.media.images import decode_photo
from backend.media.opening import ImageLimits
from backend.media.types import RgbImage
from backend.services.bundle import Services
from backend.services.limits import ServiceLimits
from backend.services.print_requests import MAX_PRINTS, CutRequest
from backend.services.requests import RestoreRequest, StoredSource
from backend.storage.jobs import JobStore, LeaseLost, QueueCaps
from tests.builders import a_photo
from tests.fakes import FakeClock, RecordingCheckpoint
from tests.services.studio import Worker, a_file, a_photo_file

Files = Callable[[], list[Path]]
LEFT: Corners = ((4, 4), (44, 4), (44, 60), (4, 60))  # of a picture of 96 x 64
RIGHT: Corners = ((50, 4), (92, 4), (92, 60), (50, 60))
SMALL: Corners = ((4, 4), (36, 4), (36, 50), (4, 50))
BOTH = CutRequest(prints=(LEFT, RIGHT))


@pytest.fixture
def picture(services: Services, guest: User) -> Upload:
    return services.uploads.add(guest.id, a_photo_file(), UploadKind.PHOTO)


def cut(services: Services, guest: User, worker: Worker, source: str, request: CutRequest = BOTH) -> Job:
    services.prints.submit_cut(guest.id, StoredSource(id=source), request)
    return worker.run_next()


def cut_photos(job: Job) -> tuple[CutPhoto, ...]:
    assert job.outcome is not None, job.error
    return job.outcome.photos


def content(services: Services, job: Job, photo: CutPhoto, variant: Variant | None = None) -> bytes:
    file = services.media.open(job.owner_id, photo.upload_id, variant)
    return b"".join(file.read(0, file.size_bytes))


def test_what_was_found_is_the_jobs_outcome(services: Services, guest: User, worker: Worker) -> None:
    services.prints.submit_find(guest.id, a_photo_file(a_photo(200, 100)))

    job = worker.run_next()

    assert job.outcome is not None
    assert job.state is JobState.SUCCEEDED
    assert (job.outcome.width_px, job.outcome.height_px, job.outcome.mime) == (200, 100, "image/png")
    (found,) = job.outcome.prints
    assert list(found.corners) == [(20, 10), (180, 10), (180, 90), (20, 90)]
    assert found.score == 1.0


def test_an_earlier_restoration_can_be_looked_at(services: Services, guest: User, worker: Worker) -> None:
    options = RestoreOptions(upscale="2")
    restoration = services.restorations.submit(guest.id, a_photo_file(), RestoreRequest(options=options))
    worker.run_next()

    services.prints.submit_find(guest.id, StoredSource(id=restoration.id))
    job = worker.run_next()

    assert job.outcome is not None
    assert (job.outcome.width_px, job.outcome.height_px) == (192, 128)


def test_every_print_becomes_an_upload_of_its_own(
    services: Services, guest: User, worker: Worker, picture: Upload
) -> None:
    job = cut(services, guest, worker, picture.id)

    photos = cut_photos(job)
    assert [(photo.name, photo.width_px, photo.height_px) for photo in photos] == [
        ("外婆 1962_1.png", 40, 56),
        ("外婆 1962_2.png", 42, 56),
    ]
    for photo, (left, right) in zip(photos, [(4, 44), (50, 92)], strict=True):
        upload = services.uploads.show(guest.id, photo.upload_id)
        assert upload.cut_from_upload_id == picture.id
        assert np.array_equal(decode_photo(content(services, job, photo)).pixels, a_photo()[4:60, left:right])


def test_a_photo_from_a_jpeg_is_one_again_without_coarser_colour(
    services: Services, guest: User, worker: Worker
) -> None:
    picture = services.uploads.add(
        guest.id, a_photo_file(photo_format="jpeg", name="外婆.jpeg"), UploadKind.PHOTO
    )

    job = cut(services, guest, worker, picture.id, CutRequest(prints=(LEFT,)))

    (photo,) = cut_photos(job)
    with Image.open(io.BytesIO(content(services, job, photo))) as opened:
        assert (photo.name, opened.format) == ("外婆_1.jpg", "JPEG")
        assert opened.layer[0][1:3] == (1, 1)  # type: ignore[attr-defined]  # sampling of luma; no chroma is halved


def test_a_photo_keeps_of_the_metadata_what_results_keep(
    services: Services, guest: User, worker: Worker
) -> None:
    file, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "1962:05:01 10:00:00"
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    Image.fromarray(a_photo()).save(file, "JPEG", exif=exif, dpi=(300, 300))
    picture = services.uploads.add(guest.id, a_file(file.getvalue()), UploadKind.PHOTO)

    job = cut(services, guest, worker, picture.id, CutRequest(prints=(LEFT,)))

    (photo,) = cut_photos(job)
    kept = decode_photo(content(services, job, photo))
    assert (kept.taken_at, kept.dpi) == ("1962:05:01 10:00:00", (300, 300))
    with Image.open(io.BytesIO(content(services, job, photo))) as opened:
        assert not opened.getexif().get_ifd(0x8825)


def test_a_cut_photo_is_a_source_like_any_other(
    services: Services, guest: User, worker: Worker, picture: Upload
) -> None:
    (photo, _) = cut_photos(cut(services, guest, worker, picture.id))

    services.restorations.submit(guest.id, StoredSource(id=photo.upload_id), RestoreRequest())
    job = worker.run_next()

    assert job.state is JobState.SUCCEEDED
    assert services.media.open(guest.id, str(job.media_id), locale="en").download_name == (
        "外婆 1962_1_restored.png"
    )


def test_a_cut_photo_can_be_shown_before_any_job_has_opened_it(
    services: Services, guest: User, worker: Worker, picture: Upload
) -> None:
    job = cut(services, guest, worker, picture.id)

    for photo in cut_photos(job):
        assert content(services, job, photo, Variant.PREVIEW) == content(services, job, photo)


@pytest.mark.parametrize(
    ("corners", "said"),
    [
        pytest.param(((4, 4), (97, 4), (97, 60), (4, 60)), "lie in the picture", id="outside"),
        pytest.param(((4, 4), (4, 60), (44, 60), (44, 4)), "clockwise", id="mirrored"),
        pytest.param(((4, 4), (14, 4), (14, 60), (4, 60)), "16 px", id="a sliver"),
    ],
)
def test_bad_corners_are_refused_before_anything_is_queued(
    services: Services, guest: User, picture: Upload, corners: Corners, said: str
) -> None:
    request = CutRequest(prints=(LEFT, corners))

    with pytest.raises(InvalidOption, match=said) as caught:
        services.prints.submit_cut(guest.id, StoredSource(id=picture.id), request)

    assert (caught.value.option, caught.value.place) == ("prints", (1, "corners"))
    assert services.jobs.list(guest.id).items == ()


@pytest.mark.parametrize("count", [0, MAX_PRINTS + 1])
def test_how_many_can_be_cut_out_is_limited(count: int) -> None:
    with pytest.raises(InvalidOption):
        CutRequest(prints=(LEFT,) * count)


def test_a_request_survives_the_jobs_row() -> None:
    assert CutRequest.from_json(BOTH.to_json()) == BOTH


def test_anothers_photo_is_no_source(services: Services, stranger: User, picture: Upload) -> None:
    source = StoredSource(id=picture.id)

    with pytest.raises(NotFound):
        services.prints.submit_find(stranger.id, source)
    with pytest.raises(NotFound):
        services.prints.submit_cut(stranger.id, source, BOTH)


def test_a_look_is_no_source(services: Services, guest: User, worker: Worker) -> None:
    look = services.prints.submit_find(guest.id, a_photo_file())
    worker.run_next()

    with pytest.raises(Conflict):
        services.restorations.submit(guest.id, StoredSource(id=look.id), RestoreRequest())


def test_a_file_that_is_no_picture_leaves_nothing(
    services: Services, guest: User, stored_files: Files
) -> None:
    with pytest.raises(UnsupportedMedia):
        services.prints.submit_find(guest.id, a_file(b"plain text"))

    assert stored_files() == []


class TestAtACap:
    @pytest.fixture
    def limits(self) -> ServiceLimits:
        return ServiceLimits(queue=QueueCaps(guest=0))

    def test_neither_call_stores_anything(self, services: Services, guest: User, stored_files: Files) -> None:
        with pytest.raises(QueueFull):
            services.prints.submit_find(guest.id, a_photo_file())
        with pytest.raises(QueueFull):
            services.prints.submit_cut(guest.id, StoredSource(id=new_id()), BOTH)

        assert stored_files() == []


class TestWithSmallLimits:
    @pytest.fixture
    def limits(self) -> ServiceLimits:
        return ServiceLimits(picture=ImageLimits(max_pixels=10_000))

    def test_a_result_larger_than_uploads_may_be_is_not_looked_at(
        self, services: Services, guest: User, worker: Worker
    ) -> None:
        doubled = RestoreRequest(options=RestoreOptions(upscale="2"))
        restoration = services.restorations.submit(guest.id, a_photo_file(), doubled)
        worker.run_next()

        with pytest.raises(ImageTooLarge):
            services.prints.submit_find(guest.id, StoredSource(id=restoration.id))


class SecondFails(FakePrintCutter):
    """Stops at the second print."""

    def straighten(self, picture: RgbImage, corners: Corners, checkpoint: Checkpoint) -> StraightPrint:
        if corners == RIGHT:
            raise JobCancelled
        return super().straighten(picture, corners, checkpoint)


def test_a_job_that_stops_halfway_keeps_no_photo(
    services: Services, guest: User, worker: Worker, picture: Upload, stored_files: Files
) -> None:
    worker.print_cutter = SecondFails()

    job = cut(services, guest, worker, picture.id)

    assert job.state is JobState.CANCELLED
    assert len(stored_files()) == 1  # the picture


def test_a_job_that_is_done_twice_makes_its_photos_once(
    services: Services, guest: User, jobs: JobStore, picture: Upload, stored_files: Files
) -> None:
    """As when a worker is given up for dead and comes back: only the lease's holder finishes."""
    services.prints.submit_cut(guest.id, StoredSource(id=picture.id), BOTH)
    claimed = jobs.claim_next()
    assert claimed is not None
    job, lease = claimed
    services.prints.run_cut(job, lease, FakePrintCutter(), RecordingCheckpoint())

    with pytest.raises(LeaseLost):
        services.prints.run_cut(job, replace(lease, token="lost"), FakePrintCutter(), RecordingCheckpoint())

    assert len(stored_files()) == 3  # the picture and its two prints
    assert len(cut_photos(jobs.get(guest.id, job.id))) == 2


def test_the_bar_has_a_stage_of_its_own_for_each_job(
    services: Services, guest: User, worker: Worker, picture: Upload
) -> None:
    services.prints.submit_find(guest.id, StoredSource(id=picture.id))
    looking, cutting = RecordingCheckpoint(), RecordingCheckpoint()
    worker.run_next(looking)
    services.prints.submit_cut(guest.id, StoredSource(id=picture.id), BOTH)
    worker.run_next(cutting)

    assert [stage for stage, _ in looking.calls] == [Stage.DECODE, Stage.PRINTS, Stage.STORE]
    assert cutting.calls == [
        (Stage.DECODE, 0.0),
        (Stage.STRAIGHTEN, 0.0),
        (Stage.STRAIGHTEN, 0.5),
        (Stage.STORE, 1.0),
    ]


def test_a_guest_leaves_with_everything_that_was_cut_out(
    services: Services, guest: User, worker: Worker, picture: Upload, stored_files: Files, clock: FakeClock
) -> None:
    photos = cut_photos(cut(services, guest, worker, picture.id))
    services.prints.submit_cut(guest.id, StoredSource(id=photos[0].upload_id), CutRequest(prints=(SMALL,)))
    worker.run_next()
    clock.advance(hours=25)

    services.retention.purge_expired()

    assert stored_files() == []
