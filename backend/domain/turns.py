"""Whose turn it is: owners take turns, so that nobody waits behind one person's hundred photos.

Pure, so that the claim and the position a person is shown can never disagree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from backend.domain.jobs import JobKind

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A queued job, as far as its turn depends on it."""

    id: str
    owner_id: str
    kind: JobKind
    priority: int  # higher goes first among one owner's jobs
    created_at: datetime
    engine: str | None = None  # what will do it; of no matter to its turn, but to how long it takes


def in_turn(waiting: Iterable[Waiting], last_served: Mapping[str, datetime]) -> list[Waiting]:
    """The queue in the order in which it will be worked off.

    Round after round, every owner gets one job: first who has waited longest since their last job started
    (`last_served`, by owner id; absent = never), then who asked first. One owner's own jobs go by priority,
    then age.
    """
    by_owner: dict[str, list[Waiting]] = {}
    for job in sorted(waiting, key=lambda job: (-job.priority, job.created_at, job.id)):
        by_owner.setdefault(job.owner_id, []).append(job)
    queues = sorted(
        by_owner.values(),
        key=lambda jobs: (last_served.get(jobs[0].owner_id, _NEVER), jobs[0].created_at, jobs[0].id),
    )
    rounds = max(map(len, queues), default=0)
    return [jobs[turn] for turn in range(rounds) for jobs in queues if turn < len(jobs)]
