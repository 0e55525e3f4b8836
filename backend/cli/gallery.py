"""`evaluate gallery`: all that the engines make, on one page to look at; `evaluate accept`: it was good."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from backend.cli.inputs import PhotoInput, collect_photos
from backend.cli.outputs import write_whole
from backend.cli.progress import progress_of_steps
from backend.cli.versions import versions
from backend.domain.errors import InvalidInput
from backend.settings import load_settings

PAGE_NAME = "index.html"
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument(
    "inputs", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PHOTO..."
)
@click.option("-o", "--output", required=True, type=_FOLDER, metavar="DIR", help="Made anew each time.")
@click.option(
    "--accepted",
    type=_FOLDER,
    metavar="DIR",
    required=True,
    help="The gallery to compare with, if it is there.",
)
@click.option(
    "--verdicts",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    required=True,
    help="The words on the cells, a CSV file.",
)
def gallery(inputs: tuple[Path, ...], output: Path, accepted: Path, verdicts: Path) -> None:
    """Restore every photo, animate every face by every expression, and lay it all out on one page.

    The page compares each picture with the accepted gallery's and shows the word that was given to it.
    """
    photos = collect_photos(inputs)
    settings = load_settings()

    # OpenCV: not before it is needed
    from backend.evaluation.gallery.animated import animated_cells
    from backend.evaluation.gallery.cells import Cell, read_cells, write_cells
    from backend.evaluation.gallery.comparison import compare
    from backend.evaluation.gallery.page import gallery_page
    from backend.evaluation.gallery.restored import restored_cells
    from backend.evaluation.gallery.verdicts import read_verdicts
    from backend.services.driving_videos import Presets
    from backend.worker.build_engines import build_engines, use_threads

    use_threads(settings.worker_threads)
    words, before = read_verdicts(verdicts), read_cells(accepted)
    engines = build_engines()
    restorer = engines.restorers["builtin"]  # it is the same everywhere; what networks make is not
    presets = Presets(settings.driving_videos_dir).list()
    curves = {preset.slug: preset.curve for preset in presets if preset.curve is not None}

    def cells_of(photo: PhotoInput) -> Iterator[Cell]:
        data = photo.path.read_bytes()
        yield from restored_cells(output, photo.stem, data, restorer)
        for animator in engines.animators.values():
            yield from animated_cells(output, photo.stem, data, animator, curves)

    _empty(output)
    cells: dict[str, Cell] = {}
    with progress_of_steps() as progress:
        for index, photo in enumerate(photos):
            progress(photo.path.name, index / len(photos))
            cells |= {cell.key: cell for cell in cells_of(photo)}
    write_cells(output, cells.values())
    comparison = compare(output, cells, accepted, before, words)
    page = gallery_page(
        comparison,
        accepted=_link(accepted, output),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        versions=versions(restorer, *engines.animators.values()),
    )
    write_whole(output / PAGE_NAME, page.encode())
    open_count = sum(not judged.is_looked_at for judged in comparison.judged)
    click.echo(f"{len(cells)} cells, {open_count} to look at: {output / PAGE_NAME}")


@click.command()
@click.argument("made", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("accepted", type=_FOLDER)
def accept(made: Path, accepted: Path) -> None:
    """Keep a gallery as the accepted one: the next is compared with it."""
    _require_gallery(made)
    _empty(accepted)
    shutil.copytree(made, accepted, dirs_exist_ok=True)
    click.echo(f"accepted: {accepted}")


def _empty(folder: Path) -> None:
    """Make way for a gallery. A folder that holds anything else is left alone."""
    if folder.exists() and any(folder.iterdir()):
        _require_gallery(folder)
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def _require_gallery(folder: Path) -> None:
    if not (folder / "cells.json").is_file():
        raise InvalidInput(f"{folder} is no gallery")


def _link(target: Path, page_folder: Path) -> str:
    return Path(os.path.relpath(target.resolve(), page_folder.resolve())).as_posix()
