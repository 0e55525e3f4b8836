"""Many workers at once: every job is done exactly once, whatever the database."""

import multiprocessing
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from backend.domain.clock import SystemClock
from backend.domain.errors import Conflict, QueueFull
from backend.domain.jobs import JobState, Stage
from backend.storage.database import Database
from backend.storage.jobs import JobStore, LeaseLost, QueueCaps
from backend.storage.tables import history
from backend.storage.tables import jobs as job_rows
from tests.fakes import FakeClock
from tests.storage.rows import OUTCOME, a_job, a_result, add_user

CAPS = QueueCaps()
WORKER_COUNT = 4


def work_until_empty(jobs: JobStore) -> list[str]:
    """Do what a worker does, with no work in between; the ids of the finished jobs."""
    done = []
    while claimed := jobs.claim_next():
        job, lease = claimed
        jobs.report(lease, Stage.RENDER, 0.5)
        result = a_result(job)
        jobs.finish(lease, OUTCOME, [result], result.id)
        done.append(job.id)
    return done


def test_threads_do_every_job_exactly_once(jobs: JobStore, database: Database) -> None:
    made = [a_job(add_user(database)) for _ in range(5)]
    made += [a_job(made[0].owner_id) for _ in range(15)]
    for job in made:
        jobs.add(job, CAPS)

    with ThreadPoolExecutor(WORKER_COUNT) as threads:
        done = [
            job_id
            for ids in threads.map(lambda _: work_until_empty(jobs), range(WORKER_COUNT))
            for job_id in ids
        ]

    assert Counter(done) == Counter(job.id for job in made)
    with database.reading() as session:
        assert set(session.scalars(select(job_rows.c.state))) == {JobState.SUCCEEDED}
        assert Counter(session.scalars(select(history.c.job_id))) == Counter(done)


def work_in_process(url: str) -> None:
    database = Database(url)
    work_until_empty(JobStore(database, SystemClock()))
    database.close()


def test_processes_do_every_job_exactly_once(jobs: JobStore, database: Database, database_url: str) -> None:
    owner_id = add_user(database)
    for _ in range(30):
        jobs.add(a_job(owner_id), CAPS)
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=work_in_process, args=(database_url,)) for _ in range(3)]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    with database.reading() as session:
        rows = session.execute(select(job_rows.c.state, job_rows.c.attempts)).all()
        assert Counter(tuple(row) for row in rows) == {(JobState.SUCCEEDED, 1): 30}
        assert len(session.scalars(select(history.c.job_id)).all()) == 30


def test_a_flood_of_requests_stays_within_the_cap(jobs: JobStore, database: Database) -> None:
    caps = QueueCaps(guest=7)
    owner_id = add_user(database)

    def submit(_: int) -> bool:
        try:
            jobs.add(a_job(owner_id), caps)
        except QueueFull:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        accepted = sum(threads.map(submit, range(30)))

    assert accepted == 7
    assert len(jobs.waiting()) == 7


@pytest.mark.parametrize("round_index", range(5))
def test_a_job_that_finishes_while_it_is_cancelled_ends_once(
    jobs: JobStore, database: Database, round_index: int
) -> None:
    job = a_job(add_user(database))
    jobs.add(job, CAPS)
    claimed = jobs.claim_next()
    assert claimed is not None
    result = a_result(job)
    start = threading.Barrier(2)

    def finish() -> None:
        start.wait()
        jobs.finish(claimed[1], OUTCOME, [result], result.id)

    def cancel() -> bool:
        start.wait()
        try:
            jobs.request_cancel(job.owner_id, job.id)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        finishing, cancelling = threads.submit(finish), threads.submit(cancel)
    finishing.result()

    ended = jobs.get(job.owner_id, job.id)
    assert ended.state is JobState.SUCCEEDED
    assert ended.cancel_requested is cancelling.result()


def test_a_heartbeat_beside_the_finish_does_no_harm(jobs: JobStore, database: Database) -> None:
    owner_id = add_user(database)
    for _ in range(10):
        job = a_job(owner_id)
        jobs.add(job, CAPS)
        claimed = jobs.claim_next()
        assert claimed is not None
        lease = claimed[1]

        def beat(lease=lease) -> None:  # type: ignore[no-untyped-def]  # bound per round
            try:
                for _ in range(20):
                    jobs.heartbeat(lease)
            except LeaseLost:
                return

        beating = threading.Thread(target=beat)
        beating.start()
        result = a_result(job)
        jobs.finish(lease, OUTCOME, [result], result.id)
        beating.join()

    assert jobs.waiting() == []


def test_a_reaper_and_the_worker_that_was_slow_cannot_both_win(
    jobs: JobStore, database: Database, clock: FakeClock
) -> None:
    job = a_job(add_user(database))
    jobs.add(job, CAPS)
    claimed = jobs.claim_next()
    assert claimed is not None
    clock.advance(seconds=61)
    result = a_result(job)

    with ThreadPoolExecutor(2) as threads:
        reaping = threads.submit(jobs.reap, clock.now())
        finishing = threads.submit(jobs.finish, claimed[1], OUTCOME, [result], result.id)

    was_reaped, was_lost = reaping.result() == 1, isinstance(finishing.exception(), LeaseLost)
    assert was_reaped is was_lost
    expected = JobState.QUEUED if was_reaped else JobState.SUCCEEDED
    assert jobs.get(job.owner_id, job.id).state is expected
