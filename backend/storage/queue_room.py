"""How many jobs may wait, and whether one more may."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.domain.errors import NotFound, QueueFull
from backend.domain.jobs import JobState
from backend.storage.tables import jobs, users


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCaps:
    """How many jobs may wait: of one guest, of one user, and altogether."""

    guest: int = 40
    user: int = 200
    total: int = 1000


def require_room(session: Session, owner_id: str, caps: QueueCaps) -> None:
    """Raise QueueFull at a cap. Holds the owner's row, so that parallel requests are counted one by one."""
    is_guest = session.scalar(select(users.c.is_guest).where(users.c.id == owner_id).with_for_update())
    if is_guest is None:
        raise NotFound("no such user")
    queued = select(func.count()).select_from(jobs).where(jobs.c.state == JobState.QUEUED)
    owner_cap = caps.guest if is_guest else caps.user
    if session.execute(queued.where(jobs.c.owner_id == owner_id)).scalar_one() >= owner_cap:
        raise QueueFull("you have too many jobs waiting", params={"scope": "owner", "limit": owner_cap})
    if session.execute(queued).scalar_one() >= caps.total:
        raise QueueFull("too many jobs are waiting", params={"scope": "server", "limit": caps.total})
