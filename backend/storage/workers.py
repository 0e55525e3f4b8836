"""Workers as rows: who is there, and since when. `/readyz` reads it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from backend.storage.database import Database, changed_rows
from backend.storage.tables import workers

FORGOTTEN_AFTER = timedelta(days=1)


class WorkerStore:
    """The table `workers`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, worker_id: str, *, device: str, now: datetime) -> None:
        """Say that a worker is alive; the first time adds it."""
        with self._database.session() as session:
            known = update(workers).where(workers.c.id == worker_id).values(heartbeat_at=now)
            if changed_rows(session.execute(known)):
                return
            session.execute(
                insert(workers).values(id=worker_id, device=device[:64], started_at=now, heartbeat_at=now)
            )
            session.execute(delete(workers).where(workers.c.heartbeat_at < now - FORGOTTEN_AFTER))

    def count_alive(self, *, since: datetime) -> int:
        """Workers that have been heard of since then."""
        with self._database.reading() as session:
            query = select(func.count()).select_from(workers).where(workers.c.heartbeat_at >= since)
            return session.execute(query).scalar_one()

    def remove(self, worker_id: str) -> None:
        """A worker has stopped in good order."""
        with self._database.session() as session:
            session.execute(delete(workers).where(workers.c.id == worker_id))
