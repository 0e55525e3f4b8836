"""What is kept how long: guests go with everything that is theirs, and files that nothing names go too."""

import logging
from itertools import islice

from backend.domain.clock import Clock
from backend.storage.files import MediaFiles
from backend.storage.results import ResultStore
from backend.storage.users import UserStore

logger = logging.getLogger(__name__)

ORPHAN_AGE_S = 3600.0  # a younger file may belong to a job that is about to finish
_KEYS_AT_ONCE = 500


class Retention:
    """Removes what has had its time. Run by the worker every now and then, and by hand."""

    def __init__(self, users: UserStore, results: ResultStore, files: MediaFiles, clock: Clock) -> None:
        self._users = users
        self._results = results
        self._files = files
        self._clock = clock

    def purge_expired(self) -> int:
        """Remove expired guests, ended sessions and orphaned files; how many things went.

        A guest whose job runs stays until the next time.
        """
        now = self._clock.now()
        guest_count = sum(self._remove_guest(user_id) for user_id in self._users.expired(now))
        self._users.end_expired_sessions(now)
        return guest_count + self._sweep()

    def _remove_guest(self, user_id: str) -> bool:
        keys = self._users.remove(user_id)
        if keys is None:
            return False
        # Files after rows: what is left when this stops halfway is orphaned, and swept later.
        for key in keys:
            self._files.delete(key)
        logger.info("guest removed", extra={"user_id": user_id, "files": len(keys)})
        return True

    def _sweep(self) -> int:
        count = self._files.sweep_unfinished(ORPHAN_AGE_S)
        candidates = iter(self._files.keys_older_than(ORPHAN_AGE_S))
        while keys := set(islice(candidates, _KEYS_AT_ONCE)):
            for key in keys - self._results.keys_in_use(keys):
                self._files.delete(key)
                count += 1
        return count
