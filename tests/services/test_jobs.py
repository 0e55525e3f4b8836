from datetime import datetime

import pytest

from backend.domain.errors import InvalidOption, NotFound
from backend.domain.jobs import JobState, Stage
from backend.domain.users import User
from backend.services.bundle import Services
from backend.services.jobs import Jobs
from backend.services.requests import AnimateRequest, RestoreRequest
from backend.storage.jobs import JobStore, QueueCaps
from tests.fakes import FakeClock, RecordingCheckpoint
from tests.services.studio import Worker, a_photo_file

REQUEST = RestoreRequest()


def submit(services: Services, owner: User, clock: FakeClock) -> str:
    """The id of a new job; later ones are a second younger."""
    clock.advance(seconds=1)
    return services.restorations.submit(owner.id, a_photo_file(), REQUEST).id


def test_a_waiting_job_knows_how_many_go_before_it(
    services: Services, guest: User, stranger: User, clock: FakeClock
) -> None:
    first, second = submit(services, guest, clock), submit(services, guest, clock)
    theirs = submit(services, stranger, clock)

    assert services.jobs.show(guest.id, first).queue_position == 0
    assert services.jobs.show(stranger.id, theirs).queue_position == 1
    assert services.jobs.show(guest.id, second).queue_position == 2


def test_a_job_that_does_not_wait_has_no_place(
    services: Services, guest: User, clock: FakeClock, worker: Worker
) -> None:
    job_id = submit(services, guest, clock)

    worker.run_next()

    assert services.jobs.show(guest.id, job_id).queue_position is None


def test_nobody_guesses_how_long_the_first_job_takes(
    services: Services, guest: User, clock: FakeClock
) -> None:
    assert services.jobs.show(guest.id, submit(services, guest, clock)).eta_s is None


def test_estimates_follow_what_jobs_of_the_kind_took(
    services: Services, guest: User, clock: FakeClock, worker: Worker, jobs: JobStore
) -> None:
    submit(services, guest, clock)
    worker.run_next(
        RecordingCheckpoint(lambda stage: clock.advance(seconds=2))
    )  # five stages and twice store
    (took_s,) = set(jobs.recent_durations_s(services.jobs.list(guest.id).items[0].kind))
    first, second = submit(services, guest, clock), submit(services, guest, clock)

    assert services.jobs.show(guest.id, first).eta_s == took_s
    assert services.jobs.show(guest.id, second).eta_s == 2 * took_s

    claimed = jobs.claim_next()
    assert claimed is not None
    jobs.report(claimed[1], Stage.DENOISE, 0.25)
    assert services.jobs.show(guest.id, first).eta_s == 0.75 * took_s


def test_a_running_job_is_estimated_by_its_own_pace_more_and_more(
    services: Services, guest: User, clock: FakeClock, worker: Worker, jobs: JobStore
) -> None:
    submit(services, guest, clock)
    worker.run_next(RecordingCheckpoint(lambda stage: clock.advance(seconds=2)))
    (usual_s,) = set(jobs.recent_durations_s(services.jobs.list(guest.id).items[0].kind))
    slow = submit(services, guest, clock)
    claimed = jobs.claim_next()
    assert claimed is not None

    estimates = []
    for share in (0.05, 0.5, 0.9):
        clock.advance(
            seconds=4 * usual_s * share - (clock.now() - claimed_at(jobs, guest, slow)).total_seconds()
        )
        jobs.report(claimed[1], Stage.DENOISE, share)
        estimates.append(services.jobs.show(guest.id, slow).eta_s)

    # Four times as slow as usual: at first nothing is known of that, at last nearly all.
    assert estimates == [
        pytest.approx(0.95 * usual_s, abs=0.06),
        pytest.approx(0.5 * (0.5 * 4 + 0.5) * usual_s, abs=0.06),
        pytest.approx(0.1 * (0.9 * 4 + 0.1) * usual_s, abs=0.06),
    ]


def test_the_first_job_is_estimated_by_its_pace_alone(
    services: Services, guest: User, clock: FakeClock, jobs: JobStore
) -> None:
    first = submit(services, guest, clock)
    claimed = jobs.claim_next()
    assert claimed is not None

    clock.advance(seconds=10)
    jobs.report(claimed[1], Stage.DENOISE, 0.25)

    assert services.jobs.show(guest.id, first).eta_s == 30.0


def claimed_at(jobs: JobStore, guest: User, job_id: str) -> datetime:
    started_at = jobs.get(guest.id, job_id).started_at
    assert started_at is not None
    return started_at


def test_a_job_of_a_kind_never_done_has_no_estimate(
    services: Services, guest: User, clock: FakeClock, worker: Worker
) -> None:
    submit(services, guest, clock)
    worker.run_next()

    film = services.animations.submit(guest.id, a_photo_file(), AnimateRequest(preset="nod"))

    assert services.jobs.show(guest.id, film.id).eta_s is None


def test_the_list_has_pages(services: Services, guest: User, stranger: User, clock: FakeClock) -> None:
    made = [submit(services, guest, clock) for _ in range(3)]
    submit(services, stranger, clock)

    first = services.jobs.list(guest.id, limit=2)
    rest = services.jobs.list(guest.id, limit=2, cursor=first.next_cursor)

    assert [job.id for job in first.items + rest.items] == made[::-1]
    assert rest.next_cursor is None
    assert [job.queue_position for job in first.items] == [3, 2]


def test_bad_pages_are_refused(services: Services, guest: User) -> None:
    with pytest.raises(InvalidOption):
        services.jobs.list(guest.id, limit=0)
    with pytest.raises(InvalidOption):
        services.jobs.list(guest.id, cursor="nonsense")


def test_anothers_job_is_not_there(services: Services, guest: User, stranger: User, clock: FakeClock) -> None:
    job_id = submit(services, guest, clock)

    for call in (services.jobs.show, services.jobs.cancel, services.jobs.retry):
        with pytest.raises(NotFound):
            call(stranger.id, job_id)
    with pytest.raises(NotFound):
        services.jobs.wait(stranger.id, job_id, 0.0)


def test_a_cancelled_job_can_be_tried_again(
    services: Services, guest: User, clock: FakeClock, worker: Worker
) -> None:
    job_id = submit(services, guest, clock)

    assert services.jobs.cancel(guest.id, job_id).state is JobState.CANCELLED
    assert services.jobs.retry(guest.id, job_id).queue_position == 0
    assert worker.run_next().state is JobState.SUCCEEDED


def test_waiting_ends_with_the_job(
    services: Services, guest: User, clock: FakeClock, worker: Worker, jobs: JobStore
) -> None:
    job_id = submit(services, guest, clock)
    pauses_s: list[float] = []

    def sleep(pause_s: float) -> None:
        pauses_s.append(pause_s)
        worker.run_next()

    patient = Jobs(jobs, QueueCaps(), clock, sleep=sleep)

    assert patient.wait(guest.id, job_id, 60.0).state is JobState.SUCCEEDED
    assert len(pauses_s) == 1


def test_waiting_ends_with_its_time(services: Services, guest: User, clock: FakeClock) -> None:
    job_id = submit(services, guest, clock)

    assert services.jobs.wait(guest.id, job_id, 0.0).state is JobState.QUEUED
