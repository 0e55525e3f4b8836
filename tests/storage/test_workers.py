from datetime import timedelta

from backend.domain.ids import new_id
from backend.storage.database import Database
from backend.storage.workers import WorkerStore
from tests.storage.rows import NOON


def test_a_worker_counts_as_alive_while_it_beats(database: Database) -> None:
    workers = WorkerStore(database)
    worker_id = new_id()
    workers.beat(worker_id, device="cpu", now=NOON)
    workers.beat(worker_id, device="cpu", now=NOON + timedelta(seconds=20))

    assert workers.count_alive(since=NOON + timedelta(seconds=20)) == 1
    assert workers.count_alive(since=NOON + timedelta(seconds=21)) == 0


def test_a_worker_that_signs_off_is_gone(database: Database) -> None:
    workers = WorkerStore(database)
    worker_id, other_id = new_id(), new_id()
    workers.beat(worker_id, device="cpu", now=NOON)
    workers.beat(other_id, device="cpu", now=NOON)

    workers.remove(worker_id)

    assert workers.count_alive(since=NOON) == 1


def test_a_worker_beats_again_within_the_same_moment(database: Database) -> None:
    workers = WorkerStore(database)
    worker_id = new_id()

    workers.beat(worker_id, device="cpu", now=NOON)
    workers.beat(worker_id, device="cpu", now=NOON)

    assert workers.count_alive(since=NOON) == 1
