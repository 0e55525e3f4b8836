"""Jobs from the queue to their end, in one thread; races are in `test_claiming.py`."""

from dataclasses import asdict, replace

import pytest
from sqlalchemy import func, select, update

from backend.domain.errors import Conflict, NotFound, QueueFull
from backend.domain.ids import new_id
from backend.domain.jobs import (
    CutPhoto,
    FaceOutcome,
    Job,
    JobError,
    JobKind,
    JobState,
    LayerPlace,
    PrintOutcome,
    Stage,
)
from backend.domain.media import Variant
from backend.domain.paging import Position
from backend.storage.database import Database
from backend.storage.jobs import JobStore, Lease, LeaseLost, QueueCaps
from backend.storage.results import ResultStore
from backend.storage.tables import history
from backend.storage.tables import jobs as job_rows
from backend.storage.uploads import UploadStore
from tests.fakes import FakeClock
from tests.storage.rows import OUTCOME, a_job, a_result, add_upload, add_user, an_upload

CAPS = QueueCaps()
FAILURE = JobError(code="no_face_found", params={"limit": 3})


@pytest.fixture
def owner_id(database: Database) -> str:
    return add_user(database)


@pytest.fixture
def queued(jobs: JobStore, database: Database, owner_id: str) -> Job:
    """A job that waits."""
    job = a_job(owner_id, upload_id=add_upload(database, owner_id).id)
    jobs.add(job, CAPS)
    return job


def claim(jobs: JobStore) -> tuple[Job, Lease]:
    claimed = jobs.claim_next()
    assert claimed is not None
    return claimed


def history_names(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(history.c.name)))


def test_a_job_comes_back_as_it_was_added(jobs: JobStore, queued: Job) -> None:
    assert jobs.get(queued.owner_id, queued.id) == queued


def test_anothers_job_is_not_there(jobs: JobStore, queued: Job, database: Database) -> None:
    stranger_id = add_user(database)

    assert jobs.find(stranger_id, queued.id) is None
    with pytest.raises(NotFound):
        jobs.get(stranger_id, queued.id)
    with pytest.raises(NotFound):
        jobs.request_cancel(stranger_id, queued.id)
    with pytest.raises(NotFound):
        jobs.retry(stranger_id, queued.id, CAPS)


def test_claiming_starts_the_job(jobs: JobStore, queued: Job, clock: FakeClock) -> None:
    job, lease = claim(jobs)

    assert lease.job_id == queued.id
    assert job == replace(queued, state=JobState.RUNNING, attempts=1, started_at=clock.now())
    assert jobs.claim_next() is None


def test_only_the_wanted_kinds_are_claimed(jobs: JobStore, queued: Job) -> None:
    assert jobs.claim_next(kinds={JobKind.ANIMATE}) is None
    assert jobs.claim_next(kinds={JobKind.RESTORE}) is not None


def test_a_finished_job_has_its_outcome_its_files_and_a_place_in_the_history(
    jobs: JobStore, queued: Job, database: Database, clock: FakeClock
) -> None:
    _, lease = claim(jobs)
    clock.advance(seconds=2)
    face = FaceOutcome(id=0, box=(1.0, 2.0, 3.0, 4.5), score=0.9, used=True)
    place = LayerPlace(
        x_px=1,
        y_px=2,
        width_px=3,
        height_px=4,
        row_y_px=5,
        row_width_px=6,
        row_height_px=7,
        scale=0.5,
    )
    outcome = replace(OUTCOME, faces=(replace(face, layer=place), face), fps=25.0, model="v1.4")
    result, preview = a_result(queued), a_result(queued, Variant.PREVIEW)

    jobs.finish(lease, outcome, [result, preview], result.id)

    job = jobs.get(queued.owner_id, queued.id)
    assert (job.state, job.progress, job.media_id, job.outcome) == (
        JobState.SUCCEEDED,
        1.0,
        result.id,
        outcome,
    )
    assert job.finished_at == clock.now()
    assert ResultStore(database).of_job(job.owner_id, job.id, Variant.PREVIEW) == preview
    assert history_names(database) == ["外婆 1962.jpg"]
    assert jobs.recent_durations_s(JobKind.RESTORE) == [2.0]


def test_durations_are_remembered_by_engine(
    jobs: JobStore, database: Database, owner_id: str, clock: FakeClock
) -> None:
    for engine, seconds in (("builtin", 2), ("gfpgan", 30), ("builtin", 4)):
        photo = add_upload(database, owner_id)
        jobs.add(a_job(owner_id, upload_id=photo.id, options={"engine": engine}), CAPS)
        assert [waiting.engine for waiting in jobs.waiting()] == [engine]
        _, lease = claim(jobs)
        clock.advance(seconds=seconds)
        jobs.finish(lease, OUTCOME, (), None)

    assert jobs.recent_durations_s(JobKind.RESTORE, "builtin") == [4.0, 2.0]
    assert jobs.recent_durations_s(JobKind.RESTORE, "gfpgan") == [30.0]
    assert jobs.recent_durations_s(JobKind.RESTORE) == [4.0, 30.0, 2.0]
    assert jobs.recent_durations_s(JobKind.ANIMATE, "builtin") == []


def test_a_job_of_an_earlier_version_names_no_layers(jobs: JobStore, queued: Job, database: Database) -> None:
    _, lease = claim(jobs)
    face = FaceOutcome(id=0, box=(1.0, 2.0, 3.0, 4.5), score=0.9, used=True)
    jobs.finish(lease, replace(OUTCOME, faces=(face,)), (), None)
    with database.session() as session:
        row = session.execute(select(job_rows.c.outcome)).scalar_one()
        del row["faces"][0]["layer"]
        session.execute(update(job_rows).values(outcome=row))

    outcome = jobs.get(queued.owner_id, queued.id).outcome

    assert outcome is not None
    assert outcome.faces == (face,)


def test_a_failed_job_says_why_and_has_a_place_in_the_history(
    jobs: JobStore, queued: Job, database: Database
) -> None:
    _, lease = claim(jobs)

    jobs.fail(lease, FAILURE)

    job = jobs.get(queued.owner_id, queued.id)
    assert (job.state, job.error, job.stage) == (JobState.FAILED, FAILURE, None)
    assert history_names(database) == ["外婆 1962.jpg"]


@pytest.mark.parametrize("kind", [JobKind.FIND_PRINTS, JobKind.CUT_PRINTS])
@pytest.mark.parametrize("succeeds", [True, False])
def test_a_job_that_prepares_a_photo_has_no_place_in_the_history(
    jobs: JobStore, database: Database, owner_id: str, kind: JobKind, succeeds: bool
) -> None:
    jobs.add(a_job(owner_id, kind=kind, upload_id=add_upload(database, owner_id).id), CAPS)
    _, lease = claim(jobs)

    if succeeds:
        jobs.finish(lease, OUTCOME, (), None)
    else:
        jobs.fail(lease, FAILURE)

    assert history_names(database) == []


def test_cut_photos_come_with_the_jobs_end_or_not_at_all(
    jobs: JobStore, queued: Job, database: Database
) -> None:
    uploads = UploadStore(database)
    photo = replace(an_upload(queued.owner_id), cut_from_upload_id=queued.upload_id)
    outcome = replace(
        OUTCOME,
        prints=(PrintOutcome(corners=((0.5, 1.0), (2.0, 3.0), (4.0, 5.0), (6.0, 7.0)), score=0.5),),
        photos=(CutPhoto(upload_id=photo.id, name="a", width_px=2, height_px=1, notes=("glare_reduced",)),),
    )
    _, lease = claim(jobs)

    with pytest.raises(LeaseLost):
        jobs.finish(replace(lease, token="lost"), outcome, (), None, cut_photos=[photo])
    before = uploads.find(queued.owner_id, photo.id)
    jobs.finish(lease, outcome, (), None, cut_photos=[photo])

    assert before is None
    assert uploads.get(queued.owner_id, photo.id) == photo
    assert jobs.get(queued.owner_id, queued.id).outcome == outcome


def test_an_outcome_from_before_there_were_prints_is_read(
    jobs: JobStore, queued: Job, database: Database
) -> None:
    _, lease = claim(jobs)
    jobs.finish(lease, OUTCOME, (), None)
    old = {name: value for name, value in asdict(OUTCOME).items() if name not in ("prints", "photos")}
    with database.session() as session:
        session.execute(update(job_rows).values(outcome=old))

    assert jobs.get(queued.owner_id, queued.id).outcome == OUTCOME


def test_a_report_shows_and_keeps_the_lease(jobs: JobStore, queued: Job, clock: FakeClock) -> None:
    _, lease = claim(jobs)
    clock.advance(seconds=50)

    is_cancel_wanted = jobs.report(lease, Stage.DENOISE, 0.25)

    clock.advance(seconds=50)
    job = jobs.get(queued.owner_id, queued.id)
    assert not is_cancel_wanted
    assert (job.stage, job.progress) == (Stage.DENOISE, 0.25)
    assert jobs.reap(clock.now()) == 0


def test_cancelling_a_queued_job_ends_it(jobs: JobStore, queued: Job, database: Database) -> None:
    job = jobs.request_cancel(queued.owner_id, queued.id)

    assert job.state is JobState.CANCELLED
    assert job.finished_at is not None
    assert jobs.claim_next() is None
    assert history_names(database) == []


def test_cancelling_a_running_job_asks_its_worker(jobs: JobStore, queued: Job) -> None:
    _, lease = claim(jobs)

    asked = jobs.request_cancel(queued.owner_id, queued.id)

    assert asked.state is JobState.RUNNING
    assert asked.cancel_requested
    assert jobs.heartbeat(lease)
    assert jobs.report(lease, Stage.TONE, 0.5)
    jobs.cancel(lease)
    assert jobs.get(queued.owner_id, queued.id).state is JobState.CANCELLED


def test_cancelling_twice_is_fine_and_after_the_end_a_conflict(jobs: JobStore, queued: Job) -> None:
    _, lease = claim(jobs)
    jobs.cancel(lease)
    assert jobs.request_cancel(queued.owner_id, queued.id).state is JobState.CANCELLED

    jobs.retry(queued.owner_id, queued.id, CAPS)
    _, lease = claim(jobs)
    jobs.fail(lease, FAILURE)
    with pytest.raises(Conflict):
        jobs.request_cancel(queued.owner_id, queued.id)


def test_a_retried_job_is_as_new(jobs: JobStore, queued: Job, database: Database) -> None:
    _, lease = claim(jobs)
    jobs.fail(lease, FAILURE)

    again = jobs.retry(queued.owner_id, queued.id, CAPS)

    assert again == queued
    assert history_names(database) == []
    claim(jobs)


def test_only_what_failed_or_was_cancelled_is_retried(jobs: JobStore, queued: Job) -> None:
    with pytest.raises(Conflict):
        jobs.retry(queued.owner_id, queued.id, CAPS)
    _, lease = claim(jobs)
    with pytest.raises(Conflict):
        jobs.retry(queued.owner_id, queued.id, CAPS)
    result = a_result(queued)
    jobs.finish(lease, OUTCOME, [result], result.id)
    with pytest.raises(Conflict):
        jobs.retry(queued.owner_id, queued.id, CAPS)


def test_a_released_job_waits_again_as_if_never_claimed(jobs: JobStore, queued: Job) -> None:
    _, lease = claim(jobs)
    jobs.report(lease, Stage.TONE, 0.5)

    jobs.release(lease)

    assert jobs.get(queued.owner_id, queued.id) == queued


def test_a_silent_workers_job_is_queued_again(jobs: JobStore, queued: Job, clock: FakeClock) -> None:
    claim(jobs)
    clock.advance(seconds=61)

    reaped = jobs.reap(clock.now())

    assert reaped == 1
    job, _ = claim(jobs)
    assert (job.id, job.attempts) == (queued.id, 2)


def test_a_worker_that_comes_back_can_change_nothing(jobs: JobStore, queued: Job, clock: FakeClock) -> None:
    _, lost = claim(jobs)
    clock.advance(seconds=61)
    jobs.reap(clock.now())
    claim(jobs)
    running = jobs.get(queued.owner_id, queued.id)
    result = a_result(queued)

    for write in (
        lambda: jobs.heartbeat(lost),
        lambda: jobs.report(lost, Stage.STORE, 1.0),
        lambda: jobs.finish(lost, OUTCOME, [result], result.id),
        lambda: jobs.fail(lost, FAILURE),
        lambda: jobs.cancel(lost),
        lambda: jobs.release(lost),
    ):
        with pytest.raises(LeaseLost):
            write()

    assert jobs.get(queued.owner_id, queued.id) == running


def test_a_job_whose_workers_keep_dying_fails(
    jobs: JobStore, queued: Job, clock: FakeClock, database: Database
) -> None:
    for _ in range(4):
        claim(jobs)
        clock.advance(seconds=61)
        jobs.reap(clock.now())

    job = jobs.get(queued.owner_id, queued.id)
    assert job.state is JobState.FAILED
    assert job.error == JobError(code="worker_died", params={"attempts": 4})
    assert history_names(database) == ["外婆 1962.jpg"]


def test_a_silent_workers_job_that_was_to_be_cancelled_is(
    jobs: JobStore, queued: Job, clock: FakeClock
) -> None:
    claim(jobs)
    jobs.request_cancel(queued.owner_id, queued.id)
    clock.advance(seconds=61)

    jobs.reap(clock.now())

    assert jobs.get(queued.owner_id, queued.id).state is JobState.CANCELLED


def test_finishing_is_all_or_nothing(jobs: JobStore, queued: Job, database: Database) -> None:
    _, lease = claim(jobs)
    result = a_result(queued)

    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        jobs.finish(lease, OUTCOME, [result, result], result.id)

    assert jobs.get(queued.owner_id, queued.id).state is JobState.RUNNING
    assert ResultStore(database).keys_in_use([result.storage_key]) == set()
    assert history_names(database) == []


def test_owners_take_turns(jobs: JobStore, database: Database, clock: FakeClock) -> None:
    flooder, patient = add_user(database), add_user(database)
    for owner in (flooder, flooder, flooder, patient):
        jobs.add(a_job(owner, created_at=clock.now()), CAPS)
        clock.advance(seconds=1)

    owners = []
    while claimed := jobs.claim_next():
        owners.append(claimed[0].owner_id)
        clock.advance(seconds=1)

    assert owners == [flooder, patient, flooder, flooder]


def test_the_queue_is_shown_in_the_order_in_which_it_is_worked_off(
    jobs: JobStore, database: Database, clock: FakeClock
) -> None:
    owners = [add_user(database) for _ in range(3)]
    for owner in (owners[0], owners[0], owners[1], owners[0], owners[2], owners[1]):
        jobs.add(a_job(owner, created_at=clock.now()), CAPS)
        clock.advance(seconds=1)
    shown = [waiting.id for waiting in jobs.waiting()]

    worked_off = []
    while claimed := jobs.claim_next():
        worked_off.append(claimed[0].id)
        clock.advance(seconds=1)

    assert worked_off == shown


def test_a_higher_priority_goes_first_among_ones_own(jobs: JobStore, owner_id: str) -> None:
    usual, urgent = a_job(owner_id), a_job(owner_id)
    jobs.add(usual, CAPS)
    jobs.add(urgent, CAPS, priority=1)

    assert claim(jobs)[0].id == urgent.id


def test_guests_may_queue_fewer_jobs_than_users(jobs: JobStore, database: Database) -> None:
    caps = QueueCaps(guest=1, user=2, total=100)
    guest, user = add_user(database), add_user(database, is_guest=False)
    jobs.add(a_job(guest), caps)
    jobs.add(a_job(user), caps)

    jobs.add(a_job(user), caps)
    with pytest.raises(QueueFull) as refused:
        jobs.add(a_job(guest), caps)
    assert refused.value.params == {"scope": "owner", "limit": 1}
    with pytest.raises(QueueFull):
        jobs.require_room(user, caps)


def test_the_whole_queue_has_a_cap(jobs: JobStore, database: Database) -> None:
    caps = QueueCaps(guest=5, user=5, total=2)
    for _ in range(2):
        jobs.add(a_job(add_user(database)), caps)

    with pytest.raises(QueueFull) as refused:
        jobs.add(a_job(add_user(database)), caps)

    assert refused.value.params["scope"] == "server"


def test_running_jobs_do_not_count_as_queued(jobs: JobStore, queued: Job) -> None:
    caps = QueueCaps(guest=1)
    claim(jobs)

    jobs.require_room(queued.owner_id, caps)


def test_nobody_queues_for_a_user_who_is_gone(jobs: JobStore, database: Database) -> None:
    with pytest.raises(NotFound):
        jobs.add(a_job(new_id()), CAPS)


def test_the_list_comes_in_pages_newest_first(
    jobs: JobStore, database: Database, clock: FakeClock, owner_id: str
) -> None:
    made = []
    for index in range(5):
        made.append(a_job(owner_id, created_at=clock.now()))
        jobs.add(made[-1], CAPS)
        clock.advance(seconds=index % 2)  # some are of the same moment
    jobs.add(a_job(add_user(database)), CAPS)

    seen: list[str] = []
    cursor: str | None = None
    while True:
        after = None if cursor is None else Position.from_cursor(cursor)
        page = jobs.list(owner_id, after=after, limit=2)
        seen += [job.id for job in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    newest_first = sorted(made, key=lambda job: (job.created_at, job.id), reverse=True)
    assert seen == [job.id for job in newest_first]


def test_the_list_of_active_jobs_leaves_out_what_has_ended(jobs: JobStore, owner_id: str) -> None:
    ended, running, waiting = a_job(owner_id), a_job(owner_id), a_job(owner_id)
    for job in (ended, running, waiting):
        jobs.add(job, CAPS)
    jobs.request_cancel(owner_id, ended.id)
    claim(jobs)

    page = jobs.list(owner_id, after=None, limit=10, active_only=True)

    assert {job.id for job in page.items} == {running.id, waiting.id}


def test_the_history_has_one_row_a_job(jobs: JobStore, queued: Job, database: Database) -> None:
    for _ in range(2):
        _, lease = claim(jobs)
        jobs.fail(lease, FAILURE)
        jobs.retry(queued.owner_id, queued.id, CAPS)
    _, lease = claim(jobs)
    jobs.fail(lease, FAILURE)

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(history)) == 1
