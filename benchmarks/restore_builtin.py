"""How long the built-in restorer takes: `python -m benchmarks.restore_builtin [photo ...]`.

Without arguments: the public-domain NASA portrait of scikit-image's wheel, with grain, at several sizes.
Prints the machine, then size, scale, seconds (median of five) and what was done. Threads as OpenCV sets them.
"""

import os
import platform
import statistics
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from backend.engines.api import RestoreOptions, no_checkpoint
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.media.images import decode_photo
from backend.media.types import RgbImage

SIDES_PX = (512, 1000, 1414, 2828)  # 0.26, 1, 2 and 8 megapixels
RUNS = 5


def grainy_portrait(side_px: int) -> RgbImage:
    """The portrait at that size with grain of a standard deviation of 6, so that every common step runs."""
    from tests.builders import a_portrait

    large = cv2.resize(a_portrait(), (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).normal(0.0, 6.0, large.shape)
    return np.clip(large + grain, 0, 255).astype(np.uint8)


def report(name: str, photo: RgbImage) -> None:
    """Restore a photo a few times with default options and print the median."""
    restorer, options = BuiltinRestorer(), RestoreOptions()
    result = restorer.restore(photo, options, no_checkpoint)  # loads the cascades
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        restorer.restore(photo, options, no_checkpoint)
        seconds.append(time.perf_counter() - started)
    size = f"{photo.shape[1]}x{photo.shape[0]}"
    median_s = statistics.median(seconds)
    print(f"{name:32} {size:>10}  x{result.scale}  {median_s:6.2f} s  {' '.join(result.notes)}")


def main() -> None:
    """Print one line per photo."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, {cv2.getNumThreads()} OpenCV threads")
    paths = [Path(argument) for argument in sys.argv[1:]]
    for path in paths:
        report(path.stem, decode_photo(path.read_bytes()).pixels)
    if not paths:
        for side_px in SIDES_PX:
            report("portrait", grainy_portrait(side_px))


if __name__ == "__main__":
    main()
