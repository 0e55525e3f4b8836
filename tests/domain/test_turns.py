from datetime import UTC, datetime, timedelta

from backend.domain.jobs import JobKind
from backend.domain.turns import Waiting, in_turn

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def waits(job_id: str, owner_id: str, minute: int, priority: int = 0) -> Waiting:
    return Waiting(
        id=job_id,
        owner_id=owner_id,
        kind=JobKind.RESTORE,
        priority=priority,
        created_at=NOON + timedelta(minutes=minute),
    )


def ids(jobs: list[Waiting]) -> str:
    return "".join(job.id for job in jobs)


def test_one_owners_jobs_go_oldest_first() -> None:
    assert ids(in_turn([waits("b", "x", 2), waits("a", "x", 1)], {})) == "ab"


def test_owners_take_turns() -> None:
    queue = [
        waits("a", "x", 1),
        waits("b", "x", 2),
        waits("c", "x", 3),
        waits("d", "y", 4),
        waits("e", "y", 5),
    ]

    assert ids(in_turn(queue, {})) == "adbec"


def test_who_was_served_last_waits_longest() -> None:
    queue = [waits("a", "x", 1), waits("b", "y", 2), waits("c", "z", 3)]

    assert ids(in_turn(queue, {"x": NOON + timedelta(minutes=9), "y": NOON})) == "cba"


def test_priority_counts_among_ones_own_jobs_only() -> None:
    queue = [waits("a", "x", 1), waits("b", "y", 2), waits("c", "y", 3, priority=9)]

    assert ids(in_turn(queue, {})) == "acb"


def test_an_empty_queue_has_no_turns() -> None:
    assert in_turn([], {}) == []
