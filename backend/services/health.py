"""Whether this installation can do its work; what `/readyz` answers."""

from datetime import timedelta

from backend.domain.clock import Clock
from backend.storage.database import Database
from backend.storage.files import MediaFiles
from backend.storage.workers import WorkerStore

WORKER_SILENT_S = 30.0


class Health:
    """Looks at the database, the storage and the workers."""

    def __init__(self, database: Database, files: MediaFiles, workers: WorkerStore, clock: Clock) -> None:
        self._database = database
        self._files = files
        self._workers = workers
        self._clock = clock

    def ready(self) -> dict[str, bool]:
        """Each part, and whether it works. Never raises."""
        is_database_ready = self._database.is_reachable()
        since = self._clock.now() - timedelta(seconds=WORKER_SILENT_S)
        return {
            "database": is_database_ready,
            "storage": self._files.is_writable(),
            "worker": is_database_ready and self._workers.count_alive(since=since) > 0,
        }
