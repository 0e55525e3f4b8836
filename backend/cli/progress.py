"""A progress bar on a terminal, and nothing where nobody looks."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from backend.domain.jobs import JobKind, Stage
from backend.engines.api import Checkpoint
from backend.worker.progress import JobProgress

_SPEED_OVER_S = 600.0  # several photos, so that one large one does not make the time left jump


class Bar(Protocol):
    """What a command tells while it works."""

    def begin(self, name: str, kind: JobKind, *, engine: str = "builtin") -> Checkpoint:
        """The next thing's name, and what does it; what comes back is told how far it is."""
        ...


@contextmanager
def progress_bar(total: int) -> Iterator[Bar]:
    """A bar on stderr for `total` things, one after the other; silent when stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield _Silence()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[stage]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),  # of all of them
    )
    with Progress(
        *columns, console=Console(stderr=True), transient=True, speed_estimate_period=_SPEED_OVER_S
    ) as progress:
        yield _RichBar(progress, total)


class _Silence:
    def begin(self, name: str, kind: JobKind, *, engine: str = "builtin") -> Checkpoint:  # noqa: ARG002  # the protocol's
        def ignore(stage: Stage, fraction: float) -> None:
            pass

        return ignore


class _RichBar:
    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task: TaskID = progress.add_task("", total=total, stage="")
        self._begun = 0

    def begin(self, name: str, kind: JobKind, *, engine: str = "builtin") -> Checkpoint:
        job, already = JobProgress(kind, engine=engine), self._begun
        self._begun += 1

        def show(stage: Stage, fraction: float) -> None:
            self._progress.update(
                self._task, description=name, stage=stage.value, completed=already + job.at(stage, fraction)
            )

        return show


@contextmanager
def progress_of_steps() -> Iterator[Callable[[str, float], None]]:
    """A bar for work that says itself which step it is at and which share of all is done, 0.0 to 1.0."""
    if not sys.stderr.isatty():
        yield lambda _step, _fraction: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1.0)
        yield lambda step, fraction: progress.update(task, description=step, completed=fraction)


@contextmanager
def progress_of_bytes(name: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar for a file that arrives, with speed and time left; told bytes so far, and of the whole."""
    if not sys.stderr.isatty():
        yield lambda _present, _total: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=None)
        yield lambda present, total: progress.update(task, completed=present, total=total)
