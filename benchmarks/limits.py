"""The largest photos: seconds a megapixel, and memory as a multiple of the decoded picture.

Apart from `timing`, which takes the peak of a whole process: here, libraries and the picture itself are there
before the measuring starts.
"""

import multiprocessing
import resource
import time
from pathlib import Path

import cv2
import numpy as np

from backend.engines.api import RestoreOptions, SourcePhoto, Upscale, no_checkpoint
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.media.types import RgbImage
from benchmarks.portrait import portrait

GRAIN = 6.0  # so that every common step of the restorer runs
_ROWS = 256
CASES: tuple[tuple[int, int, Upscale], ...] = ((3650, 2740, "2"), (7300, 5480, "1"))


def table() -> list[str]:
    """A Markdown table."""
    lines = ["### Restore large photos", "| photo | to | s / MP | memory / decoded |", "|---|---|---|---|"]
    for width_px, height_px, upscale in CASES:
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            seconds, times = pool.apply(_measure, (width_px, height_px, upscale))
        megapixels = width_px * height_px / 1e6
        name = f"{width_px}×{height_px}, {megapixels:.0f} MP"
        lines.append(f"| {name} | x{upscale} | {seconds / megapixels:.2f} | {times:.1f} |")
    return lines


def _measure(width_px: int, height_px: int, upscale: Upscale) -> tuple[float, float]:
    """Seconds, and growth of the process over what it held with the photo decoded, in decoded photos."""
    restorer = BuiltinRestorer()
    small = portrait(1024)
    restorer.restore(
        SourcePhoto(pixels=small[:256, :256]), RestoreOptions(), no_checkpoint
    )  # loads and warms
    photo = _grainy(np.asarray(cv2.resize(small, (width_px, height_px), interpolation=cv2.INTER_CUBIC)))
    held_bytes = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    started = time.perf_counter()
    restorer.restore(SourcePhoto(pixels=photo), RestoreOptions(upscale=upscale), no_checkpoint)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return seconds, (peak - held_bytes) / photo.nbytes


def _grainy(photo: RgbImage) -> RgbImage:
    """With grain, made some rows at a time: it takes eight times the memory of the photo."""
    random = np.random.default_rng(0)
    for top in range(0, len(photo), _ROWS):
        rows = photo[top : top + _ROWS]
        rows[:] = np.clip(np.rint(rows + random.normal(0.0, GRAIN, rows.shape)), 0, 255)
    return photo
