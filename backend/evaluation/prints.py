"""How well a print cutter finds prints and leaves pictures alone that show none: figures and their section.

Prints lie in made scenes, because only there the true corners are known. The photos on them are a
developer's; those that nothing was tuned on stand apart.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from backend.engines.api import no_checkpoint
from backend.engines.print_api import Corners, FoundPrint, PrintCutter
from backend.evaluation.print_scenes import Scene, make_scene
from backend.media.images import decode_photo
from backend.media.types import RgbImage

WANTED_PERCENT = 1.0
_SAME_PRINT_PERCENT = 20.0  # an outline farther off than this is another thing
_HELD_OUT = ("09", "10", "11", "12")  # photos that nothing was tuned on
_FIRST_SEEDS = {"tuned on": 5000, "held out": 6000}  # not the scenes of the fit
_SCENE_COUNTS = {"tuned on": 24, "held out": 16}  # every kind of table two or three times
_EMPTY = {"photos": 1, "clean": 1, "train_photos": 4}  # no pictures of prints: every 1st or 4th of a folder

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneFigures:
    """What was found in one scene.

    errors_percent: one for each print: its worst corner's distance / its mean side, None = not found
    turned_count:   found prints that do not hang as the photo on them does
    false_count:    outlines that are no print's
    """

    table: str
    hardship: str
    errors_percent: tuple[float | None, ...]
    turned_count: int
    false_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintFigures:
    """Everything that was measured. false_names: pictures without prints in which one was seen."""

    by_split: dict[str, tuple[SceneFigures, ...]]
    empty_count: int
    false_names: tuple[str, ...]


def measure_prints(
    data: Path,
    cutter: PrintCutter,
    progress: Progress,
    scene_counts: Mapping[str, int] = MappingProxyType(_SCENE_COUNTS),
) -> PrintFigures:
    """Scenes with the photos of `data`/photos; and pictures of its folders without prints.

    Small photos (below 200 px) are no prints anybody would photograph, and are left out of the scenes.
    """
    photos = {path.name: _read(path) for path in _pictures(data / "photos")}
    large = {name: photo for name, photo in photos.items() if min(photo.shape[:2]) >= 200}
    tuned = [photo for name, photo in large.items() if not name.startswith(_HELD_OUT)]
    held_out = [photo for name, photo in large.items() if name.startswith(_HELD_OUT)]
    splits = {"tuned on": tuned, "held out": held_out}
    jobs = [
        (split, some, _FIRST_SEEDS[split] + index)
        for split, some in splits.items()
        if some
        for index in range(scene_counts[split])
    ]
    empty = [path for folder, step in _EMPTY.items() for path in _pictures(data / folder)[::step]]
    total = len(jobs) + len(empty)
    scenes: dict[str, list[SceneFigures]] = {split: [] for split in splits}
    for index, (split, some, seed) in enumerate(jobs):
        progress(f"prints {split} {seed}", index / total)
        scene = make_scene(some, seed)
        scenes[split].append(compare(scene, cutter.find(scene.picture, no_checkpoint)))
    false_names = []
    for index, path in enumerate(empty, len(jobs)):
        progress(path.name, index / total)
        if cutter.find(_read(path), no_checkpoint):
            false_names.append(path.name)
    return PrintFigures(
        by_split={split: tuple(figures) for split, figures in scenes.items() if figures},
        empty_count=len(empty),
        false_names=tuple(false_names),
    )


def compare(scene: Scene, found: Sequence[FoundPrint]) -> SceneFigures:
    """Each true print with the outline nearest to it."""
    errors: list[float | None] = []
    matched: set[int] = set()
    turned_count = 0
    for true in scene.prints:
        offs = [corner_error_percent(one.corners, true.corners) for one in found]
        nearest = int(np.argmin([error for error, _ in offs])) if offs else -1
        if nearest < 0 or nearest in matched or offs[nearest][0] > _SAME_PRINT_PERCENT:
            errors.append(None)
            continue
        matched.add(nearest)
        errors.append(offs[nearest][0])
        turned_count += offs[nearest][1] != 0
    return SceneFigures(
        table=scene.table,
        hardship=scene.hardship,
        errors_percent=tuple(errors),
        turned_count=turned_count,
        false_count=len(found) - len(matched),
    )


def corner_error_percent(found: Corners, true: Corners) -> tuple[float, int]:
    """The worst corner's distance in percent of the true mean side, whichever way up; and quarter turns."""
    truth = np.array(true)
    side_px = np.linalg.norm(truth - np.roll(truth, 1, axis=0), axis=1).mean()
    worst = [
        float(np.linalg.norm(np.roll(np.array(found), turns, axis=0) - truth, axis=1).max())
        for turns in range(4)
    ]
    turns = int(np.argmin(worst))
    return 100 * worst[turns] / float(side_px), turns


def print_section(figures: PrintFigures) -> list[str]:
    """Markdown lines."""
    splits = list(figures.by_split)
    lines = [
        "## Paper prints: finding and cutting out",
        "",
        "Made scenes (tables, cloth, tiles, newspaper, scanner, album pages; tilt to 32 degrees; shadows,",
        "fingers; a third of those on tables shaken, dark or squeezed) with prints of the photos. Error: the",
        "worst corner of a print in percent of its mean side. Wanted: every print within 1 %, no false",
        "outline, no print seen where there is none. These figures are not counted in the verdict above.",
        "",
        _line(["", *splits]),
        _line(["---"] * (len(splits) + 1)),
    ]
    rows: list[tuple[str, Callable[[Sequence[SceneFigures]], str]]] = [
        ("scenes", lambda some: str(len(some))),
        ("prints", lambda some: str(len(_errors(some)))),
        ("missed", lambda some: str(sum(error is None for error in _errors(some)))),
        ("false outlines", lambda some: str(sum(one.false_count for one in some))),
        ("error, median", lambda some: _percentile(some, 50)),
        ("error, 95 of 100", lambda some: _percentile(some, 95)),
        (f"within {WANTED_PERCENT:g} %, of those found", lambda some: _share_within(some, of_all=False)),
        (f"within {WANTED_PERCENT:g} %, of all", lambda some: _share_within(some, of_all=True)),
        ("hung the wrong way up", lambda some: str(sum(one.turned_count for one in some))),
    ]
    lines += [_line([label, *(value(figures.by_split[split]) for split in splits)]) for label, value in rows]
    tables = sorted({one.table for some in figures.by_split.values() for one in some})
    lines += [
        "",
        _line([f"within {WANTED_PERCENT:g} %, of all, on", *splits]),
        _line(["---"] * (len(splits) + 1)),
    ]
    for table in tables:
        on_it = [[one for one in figures.by_split[split] if one.table == table] for split in splits]
        lines.append(_line([table, *(_share_within(some, of_all=True) for some in on_it)]))
    names = ", ".join(figures.false_names) or "none"
    return [*lines, "", f"Prints seen in {figures.empty_count} pictures that show none: {names}."]


def _errors(some: Sequence[SceneFigures]) -> list[float | None]:
    return [error for one in some for error in one.errors_percent]


def _percentile(some: Sequence[SceneFigures], percentile: int) -> str:
    found = [error for error in _errors(some) if error is not None]
    return f"{np.percentile(found, percentile):.2f} %" if found else "none"


def _share_within(some: Sequence[SceneFigures], *, of_all: bool) -> str:
    errors = [error for error in _errors(some) if of_all or error is not None]
    good_count = sum(error is not None and error <= WANTED_PERCENT for error in errors)
    return f"{100 * good_count / len(errors):.0f} % of {len(errors)}" if errors else "none"


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in (".jpg", ".png"))


def _read(path: Path) -> RgbImage:
    return decode_photo(path.read_bytes()).pixels


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
