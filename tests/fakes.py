"""Small stand-ins for what a test must be able to move or count."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from backend.domain.jobs import Stage


class FakeClock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, *, seconds: float = 0.0, hours: float = 0.0) -> None:
        self._now += timedelta(seconds=seconds, hours=hours)


class RecordingCheckpoint:
    """Remembers every call; does `then` at each."""

    def __init__(self, then: Callable[[Stage], None] = lambda stage: None) -> None:
        self.calls: list[tuple[Stage, float]] = []
        self._then = then

    def __call__(self, stage: Stage, fraction: float) -> None:
        self.calls.append((stage, fraction))
        self._then(stage)

    @property
    def stages(self) -> list[Stage]:
        """Each stage once, in the order in which they came."""
        return list(dict.fromkeys(stage for stage, _ in self.calls))
