from collections.abc import Callable
from pathlib import Path

import pytest

from backend.domain.errors import NotFound, StorageCorrupt
from backend.domain.jobs import Job
from backend.domain.media import UploadKind, Variant
from backend.domain.users import User
from backend.services.bundle import Services
from backend.services.requests import AnimateRequest, RestoreRequest, StoredSource
from tests.services.studio import Worker, a_photo_file

Files = Callable[[], list[Path]]


@pytest.fixture
def restored(services: Services, guest: User, worker: Worker) -> Job:
    services.restorations.submit(guest.id, a_photo_file(name="外婆 1962.jpg"), RestoreRequest())
    return worker.run_next()


@pytest.fixture
def film(services: Services, guest: User, worker: Worker) -> Job:
    photo = a_photo_file(name="外婆 1962.jpg")
    services.animations.submit(guest.id, photo, AnimateRequest(preset="smile_blink"))
    return worker.run_next()


def name(services: Services, job: Job, variant: Variant | None, locale: str = "zh-CN") -> str:
    assert job.media_id is not None
    return services.media.open(job.owner_id, job.media_id, variant, locale=locale).download_name


def test_results_have_good_names(services: Services, restored: Job, film: Job) -> None:
    assert name(services, restored, None) == "外婆 1962_修复.png"
    assert name(services, restored, Variant.RESULT, "en") == "外婆 1962_restored.png"
    assert name(services, restored, Variant.ORIGINAL) == "外婆 1962.jpg"
    assert name(services, restored, Variant.PREVIEW) == "外婆 1962_预览.webp"
    assert name(services, restored, Variant.MASK, "en") == "外婆 1962_mask.png"
    assert name(services, film, None) == "外婆 1962_微笑眨眼.mp4"
    assert name(services, film, None, "en-GB") == "外婆 1962_Smile and blink.mp4"
    assert name(services, film, Variant.POSTER) == "外婆 1962_封面.jpg"


def test_only_the_upload_itself_is_the_original(services: Services, restored: Job) -> None:
    assert restored.media_id is not None

    def is_original(variant: Variant) -> bool:
        assert restored.media_id is not None
        return services.media.open(restored.owner_id, restored.media_id, variant).is_original

    made = [variant for variant in Variant if variant not in (Variant.POSTER, Variant.LAYERS)]
    assert [variant for variant in made if is_original(variant)] == [Variant.ORIGINAL]


def test_a_part_of_a_file_can_be_read(services: Services, restored: Job) -> None:
    assert restored.media_id is not None
    file = services.media.open(restored.owner_id, restored.media_id)
    whole = b"".join(file.read(0, file.size_bytes))

    assert len(whole) == file.size_bytes
    assert b"".join(file.read(100, 200)) == whole[100:200]


def test_variants_that_were_not_made_are_not_there(services: Services, restored: Job, film: Job) -> None:
    with pytest.raises(NotFound):
        name(services, restored, Variant.POSTER)
    with pytest.raises(NotFound):
        name(services, film, Variant.MASK)


def test_an_upload_opens_as_its_original(services: Services, guest: User) -> None:
    upload = services.uploads.add(guest.id, a_photo_file(), UploadKind.PHOTO)

    file = services.media.open(guest.id, upload.id)

    assert file.is_original
    assert file.sha256 == upload.sha256
    with pytest.raises(NotFound):
        services.media.open(guest.id, upload.id, Variant.RESULT)


def test_an_upload_has_a_preview_once_a_job_has_opened_it(
    services: Services, guest: User, worker: Worker
) -> None:
    upload = services.uploads.add(guest.id, a_photo_file(), UploadKind.PHOTO)
    with pytest.raises(NotFound):
        services.media.open(guest.id, upload.id, Variant.PREVIEW)

    services.restorations.submit(guest.id, StoredSource(id=upload.id), RestoreRequest())
    worker.run_next()

    assert services.media.open(guest.id, upload.id, Variant.PREVIEW).mime == "image/webp"


def test_anothers_media_is_not_there(services: Services, stranger: User, restored: Job) -> None:
    assert restored.media_id is not None
    assert restored.upload_id is not None

    for media_id in (restored.media_id, restored.upload_id, restored.id, "nonsense", ""):
        for variant in (None, *Variant):
            with pytest.raises(NotFound):
                services.media.open(stranger.id, media_id, variant)


def test_a_file_that_was_cut_short_is_noticed_before_it_is_sent(
    services: Services, guest: User, stored_files: Files
) -> None:
    upload = services.uploads.add(guest.id, a_photo_file(), UploadKind.PHOTO)
    (path,) = stored_files()
    path.write_bytes(path.read_bytes()[:-10])

    with pytest.raises(StorageCorrupt):
        services.media.open(guest.id, upload.id)
