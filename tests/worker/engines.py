"""Engines that do something else on the way: fail, wait, or let the test act."""

from collections.abc import Callable

from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint, Restoration, RestoreOptions, SourcePhoto
from backend.engines.fakes import FakeRestorer


class InterruptedRestorer(FakeRestorer):
    """Calls `act` between the first checkpoint and the next, then goes on as the fake does."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self.call_count = 0

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        self.call_count += 1
        checkpoint(Stage.ANALYSE, 0.0)
        self._act()
        return super().restore(photo, options, checkpoint)
