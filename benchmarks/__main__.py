"""`python -m benchmarks`: measure this machine and print docs/benchmarks.md."""

import platform
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np

from benchmarks import builtin, official
from benchmarks.timing import RUNS

PAGE = Path("docs/benchmarks.md")
REFERENCE_PYTHON = Path(".venv-reference/bin/python")
OFFICIAL_HEAD = "## GFPGAN: the official packages and ours"
OFFICIAL_INTRODUCTION = """The official packages (gfpgan 1.3.8, facexlib 0.3.0, realesrgan 0.3.0; `make
reference`) as they ship, in float32, and ours, with the same random weights,
two threads, one order after the other; medians. Faces are given after each side
has looked for them, as random weights find none. Memory is what a run adds to
the loaded process. Multiplying and adding alone would take the restoring
network 0.4 s here in bfloat16 (396 GFLOP at a measured 970 GFLOP/s of
convolution on two such cores); less is possible only with fewer of them, as
ours are."""

INTRODUCTION = """# Benchmarks

Made by `make bench`, which writes this page. Each case runs in a process of its own: once to load and
warm, then {runs} times. The picture is the public-domain NASA portrait; for restoring it carries grain of
standard deviation 6, so that every common step runs. Restoring is pixels to pixels; animating ends with
the film in a file, 75 to 80 frames of it."""


def main() -> None:
    """Print the page."""
    print(INTRODUCTION.format(runs=RUNS))
    print(f"\nMeasured {datetime.now(UTC):%Y-%m-%d} on {_machine()}.\n\n## Built-in engines\n")
    print("\n".join(builtin.tables()))
    print("\n" + "\n".join(_official_section()).rstrip())
    print("\n" + "\n".join(_first_order_section()).rstrip())


def _official_section() -> list[str]:
    """Measured where the official packages are (`make reference`), else as the page has it."""
    if REFERENCE_PYTHON.exists():
        return [OFFICIAL_HEAD, "", OFFICIAL_INTRODUCTION, "", *official.tables(REFERENCE_PYTHON)]
    return _as_the_page_has_it(OFFICIAL_HEAD)


def _first_order_section() -> list[str]:
    """Measured where the official code is (`make reference`), else as the page has it."""
    # torch, which the cases before must not carry along: their memory is measured
    from benchmarks.first_order import tables as first_order

    checkout = first_order.checkout()
    if checkout is None:
        return _as_the_page_has_it(first_order.TITLE)
    return [first_order.TITLE, "", first_order.INTRODUCTION, "", *first_order.tables(checkout)]


def _as_the_page_has_it(head: str) -> list[str]:
    """The section under this heading, if there is one."""
    _, found, after = PAGE.read_text(encoding="utf-8").partition(head)
    return [head + after.partition("\n## ")[0].rstrip()] if found else []


def _machine() -> str:
    cpu_info = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (cpu_info.read_text().splitlines() if cpu_info.exists() else [])
        if line.startswith("model name")
    ]
    processor = f"{len(names)} × {names[0]}" if names else platform.processor()
    return (
        f"{platform.system()} {platform.machine()}, {processor}; Python {platform.python_version()}, "
        f"OpenCV {cv2.__version__} with {cv2.getNumThreads()} threads, numpy {np.__version__}"
    )


if __name__ == "__main__":
    main()
