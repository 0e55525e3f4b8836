"""The built-in engines as the worker uses them: pixels in; pixels, or a finished H.264 file, out."""

import tempfile
from pathlib import Path

from backend.engines.api import AnimateOptions, RestoreOptions, SourcePhoto, no_checkpoint
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.services.driving_videos import Presets
from backend.services.films import write_film
from backend.services.requests import AnimateRequest
from benchmarks import limits
from benchmarks.portrait import portrait
from benchmarks.timing import timed

GRAIN = 6.0  # so that every common step of the restorer runs
RESTORE_SIDES_PX = (512, 1000, 1414, 2828)  # 0.26, 1, 2 and 8 megapixels
ANIMATE_SIDES_PX = (512, 720, 1024)
PRESETS = ("smile_blink", "nod", "talk")


def restore(side_px: int) -> None:
    """Restore the portrait with default options: twice the size below 2 MP, the same size above."""
    BuiltinRestorer().restore(
        SourcePhoto(pixels=portrait(side_px, grain=GRAIN)), RestoreOptions(), no_checkpoint
    )


def animate(side_px: int, slug: str) -> None:
    """Make a film of the portrait and write it."""
    curve = Presets(Path("driving_videos")).find(slug).curve
    assert curve is not None
    with tempfile.TemporaryDirectory() as folder:
        animation = BuiltinAnimator().animate(portrait(side_px), curve, AnimateOptions(), no_checkpoint)
        write_film(Path(folder) / "film.mp4", animation, AnimateRequest(preset=slug), None)


def tables() -> list[str]:
    """Three Markdown tables."""
    head = "median s | spread s | first run s | peak memory MB |"
    lines = ["### Restore", f"| photo | {head}", "|---|---|---|---|---|"]
    for side_px in RESTORE_SIDES_PX:
        lines.append(f"| {side_px}×{side_px} | {timed(restore, side_px).cells()} |")
    lines += [
        "",
        *limits.table(),
        "",
        "### Animate, H.264 included",
        f"| photo | preset | {head}",
        "|---|---|---|---|---|---|",
    ]
    for side_px in ANIMATE_SIDES_PX:
        for slug in PRESETS:
            lines.append(f"| {side_px}×{side_px} | {slug} | {timed(animate, side_px, slug).cells()} |")
    return lines
