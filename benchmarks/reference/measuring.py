"""Time and memory of one piece of work in a running process; needs neither our packages nor official ones."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Made = TypeVar("Made")


def measured(work: Callable[[], Made]) -> tuple[dict[str, float], Made]:
    """Seconds on the wall and of the processor, and by how much the process grew at most, in MB (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")  # peak memory starts anew
    before_mb = _memory_mb("VmRSS")
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    made = work()
    taken = {"wall_s": time.perf_counter() - wall_s, "cpu_s": time.process_time() - cpu_s}
    return {**taken, "growth_mb": _memory_mb("VmHWM") - before_mb}, made


def _memory_mb(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field + ":"))
