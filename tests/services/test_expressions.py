"""Clips that are kept: who has them, how many, and what goes when something goes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import Conflict, InvalidOption, NotFound
from backend.domain.jobs import Job, JobState
from backend.domain.users import User
from backend.engines.animation_api import DrivingClip
from backend.media.film import FilmWriter
from backend.services.bundle import Services
from backend.services.requests import AnimateRequest, NewFile
from tests.fakes import FakeClock
from tests.services.studio import Worker, a_file, a_photo_file
from tests.services.test_animations import MotionKeeper

Files = Callable[[], list[Path]]
FPS, FRAME_COUNT = 10.0, 6


@pytest.fixture
def clip_bytes(tmp_path: Path) -> bytes:
    path = tmp_path / "sent.mp4"
    with FilmWriter(path, 32, 32, FPS) as film:
        for _ in range(FRAME_COUNT):
            film.write(np.full((32, 32, 3), 90, np.uint8))
    return path.read_bytes()


@pytest.fixture
def film(services: Services, guest: User, worker: Worker, clip_bytes: bytes) -> Job:
    """A film that a clip of the guest's own has driven."""
    return a_film(services, guest, worker, clip_bytes)


def a_film(services: Services, owner: User, worker: Worker, clip_bytes: bytes) -> Job:
    clip: NewFile = a_file(clip_bytes, "我.mp4")
    services.animations.submit(owner.id, a_photo_file(), AnimateRequest(), clip)
    return worker.run_next()


def test_a_clip_is_kept_under_a_name(services: Services, guest: User, film: Job) -> None:
    kept = services.expressions.keep(guest.id, film.id, "  奶奶的  微笑 ")

    assert services.expressions.list(guest.id) == [kept]
    assert (kept.name, kept.clip_upload_id) == ("奶奶的 微笑", film.driving_upload_id)
    assert kept.duration_s == pytest.approx(FRAME_COUNT / FPS, abs=0.01)


def test_a_kept_clip_drives_another_film(services: Services, guest: User, worker: Worker, film: Job) -> None:
    kept = services.expressions.keep(guest.id, film.id, "smile")
    worker.animator = animator = MotionKeeper()

    services.animations.submit(guest.id, a_photo_file(), AnimateRequest(expression=kept.id))
    done = worker.run_next()

    assert done.state is JobState.SUCCEEDED
    assert done.driving_upload_id == film.driving_upload_id
    assert AnimateRequest.from_json(done.options).expression == kept.id
    assert isinstance(animator.driving, DrivingClip)
    assert (animator.driving.frame_count, animator.driving.sha256) == (FRAME_COUNT, None)


def test_newer_ones_come_first(
    services: Services, guest: User, worker: Worker, clock: FakeClock, clip_bytes: bytes
) -> None:
    for name in ("first", "second"):
        services.expressions.keep(guest.id, a_film(services, guest, worker, clip_bytes).id, name)
        clock.advance(hours=1)

    assert [kept.name for kept in services.expressions.list(guest.id)] == ["second", "first"]


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 61, "a\u202eb", "a\x00b", "a\ufffe", "a\ud800", "\u200d", "\ufe0f\u0301"]
)
def test_a_name_that_is_none_is_refused(services: Services, guest: User, film: Job, name: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        services.expressions.keep(guest.id, film.id, name)

    assert refused.value.option == "name"


@pytest.mark.parametrize("name", ["奶奶的微笑", "👩\u200d🦳❤\ufe0f", "🩷", "\U0001fae9", "می\u200cخندد"])
def test_names_of_people_and_their_phones_are_taken(
    services: Services, guest: User, film: Job, name: str
) -> None:
    assert services.expressions.keep(guest.id, film.id, name).name == name


def test_a_presets_film_has_no_clip_to_keep(services: Services, guest: User, worker: Worker) -> None:
    services.animations.submit(guest.id, a_photo_file(), AnimateRequest(preset="nod"))
    job = worker.run_next()

    with pytest.raises(InvalidOption) as refused:
        services.expressions.keep(guest.id, job.id, "nod")

    assert refused.value.option == "job_id"


def test_a_job_that_has_made_no_film_keeps_nothing(
    services: Services, guest: User, clip_bytes: bytes
) -> None:
    job = services.animations.submit(guest.id, a_photo_file(), AnimateRequest(), a_file(clip_bytes, "a.mp4"))

    with pytest.raises(Conflict):
        services.expressions.keep(guest.id, job.id, "too early")


def test_a_clip_is_kept_once(services: Services, guest: User, film: Job) -> None:
    services.expressions.keep(guest.id, film.id, "smile")

    with pytest.raises(Conflict):
        services.expressions.keep(guest.id, film.id, "the same smile")


def test_another_finds_none_of_it(services: Services, guest: User, stranger: User, film: Job) -> None:
    kept = services.expressions.keep(guest.id, film.id, "smile")

    assert services.expressions.list(stranger.id) == []
    for attempt in (
        lambda: services.expressions.keep(stranger.id, film.id, "mine"),
        lambda: services.expressions.show(stranger.id, kept.id),
        lambda: services.expressions.rename(stranger.id, kept.id, "mine"),
        lambda: services.expressions.remove(stranger.id, kept.id),
        lambda: services.animations.submit(stranger.id, a_photo_file(), AnimateRequest(expression=kept.id)),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert services.expressions.list(guest.id) == [kept]


def test_an_expression_gets_another_name(services: Services, guest: User, film: Job) -> None:
    kept = services.expressions.keep(guest.id, film.id, "smile")

    renamed = services.expressions.rename(guest.id, kept.id, "wide smile")

    assert renamed.name == "wide smile"
    assert services.expressions.show(guest.id, kept.id) == renamed


def test_a_clip_that_a_job_needs_stays_when_its_expression_goes(
    services: Services, guest: User, worker: Worker, film: Job, stored_files: Files
) -> None:
    kept = services.expressions.keep(guest.id, film.id, "smile")
    waiting = services.animations.submit(guest.id, a_photo_file(), AnimateRequest(expression=kept.id))
    before = stored_files()

    services.expressions.remove(guest.id, kept.id)

    assert stored_files() == before
    assert services.expressions.list(guest.id) == []
    assert worker.run_next().id == waiting.id
    assert services.jobs.show(guest.id, waiting.id).state is JobState.SUCCEEDED


def test_everything_goes_with_its_owner(
    services: Services, guest: User, film: Job, clock: FakeClock, stored_files: Files
) -> None:
    services.expressions.keep(guest.id, film.id, "smile")
    clock.advance(hours=25)

    assert services.retention.purge_expired() == 1

    assert services.expressions.list(guest.id) == []
    assert stored_files() == []
