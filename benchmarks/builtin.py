"""The built-in engines as the worker uses them: pixels in; pixels, or a finished H.264 file, out."""

import tempfile
from pathlib import Path

import numpy as np

from backend.engines.animation_api import AnimateOptions
from backend.engines.api import RestoreOptions, SourcePhoto, no_checkpoint
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
FOUR_FACES_SIDE_PX = 1024
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


def animate_four(side_px: int, slug: str) -> None:
    """The same with four people: the portrait, side by side and below."""
    curve = Presets(Path("driving_videos")).find(slug).curve
    assert curve is not None
    with tempfile.TemporaryDirectory() as folder:
        photo = np.tile(portrait(side_px // 2), (2, 2, 1))
        animation = BuiltinAnimator().animate(photo, curve, AnimateOptions(), no_checkpoint)
        assert len(animation.faces) == 4
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
    for slug in PRESETS:
        cells = timed(animate_four, FOUR_FACES_SIDE_PX, slug).cells()
        lines.append(f"| {FOUR_FACES_SIDE_PX}×{FOUR_FACES_SIDE_PX}, four faces | {slug} | {cells} |")
    return lines
