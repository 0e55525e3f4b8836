"""Timing a piece of work in a process of its own, so that one case's memory and caches are not another's."""

import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

RUNS = 5


@dataclass(frozen=True)
class Timing:
    """Seconds of each run after the first, which loads and warms, and the process's peak memory."""

    first_s: float
    seconds: tuple[float, ...]
    peak_mb: float

    def cells(self) -> str:
        """As cells of a Markdown table: median, spread, first run, memory."""
        spread = f"{min(self.seconds):.2f}–{max(self.seconds):.2f}"
        return f"{statistics.median(self.seconds):.2f} | {spread} | {self.first_s:.2f} | {self.peak_mb:.0f}"


def timed(work: Callable[..., object], *arguments: object) -> Timing:
    """Run `work(*arguments)` once to warm and RUNS times more, in one fresh process."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        return pool.apply(_measure, (work, arguments))


def _measure(work: Callable[..., object], arguments: tuple[object, ...]) -> Timing:
    seconds = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        work(*arguments)
        seconds.append(time.perf_counter() - started)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Timing(seconds[0], tuple(seconds[1:]), kilobytes / 1024)
