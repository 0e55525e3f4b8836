"""`evaluate`: how good the engines are, in figures, on a developer's measuring data."""

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.cli.evaluate_films import (
    FEW_PRESETS,
    UNTRAINED_HELP,
    WEIGHTS_HELP,
    films,
    measured_films,
    reconstruction,
)
from backend.cli.gallery import accept, gallery
from backend.cli.outputs import write_whole
from backend.cli.progress import progress_of_steps
from backend.cli.versions import versions
from backend.settings import load_settings

if TYPE_CHECKING:
    from backend.evaluation.tables import Section


@click.group()
def evaluate() -> None:
    """Measure the engines."""


evaluate.add_command(gallery)
evaluate.add_command(accept)
evaluate.add_command(films)
evaluate.add_command(reconstruction)


@evaluate.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder with `degraded` and `clean`; with `photos` and `faces.json` also prints and films.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the page here; without it, to standard output.",
)
@click.option(
    "--detector",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A RetinaFace file: the engines take their faces from it, and it is compared with the cascades.",
)
@click.option(
    "--sheet",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --detector: every face it finds in the photos, with its points, as a picture to look at.",
)
@click.option(
    "--motion-model",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"{WEIGHTS_HELP} Adds films of the clean pictures in a few expressions.",
)
@click.option("--untrained", is_flag=True, help=f"With --motion-model. {UNTRAINED_HELP}")
def builtin(
    data: Path,
    output: Path | None,
    detector: Path | None,
    sheet: Path | None,
    motion_model: Path | None,
    untrained: bool,
) -> None:
    """Measure the built-in engines and write the figures as a Markdown page.

    A target that is missed is said on the page and is no failure of the command.
    """
    _require_measuring_data(data)
    settings = load_settings()

    # OpenCV: not before it is needed
    from backend.cli.finders import finders_of
    from backend.engines.builtin.animation.presets import RECIPES
    from backend.evaluation.finding import finding_section, measure_finding
    from backend.evaluation.finding_sheet import finding_sheet
    from backend.evaluation.following import measure_following
    from backend.evaluation.moving import find_labelled, measure_moving
    from backend.evaluation.page import Circumstances, quality_page
    from backend.evaluation.prints import measure_prints, print_section
    from backend.evaluation.restoring import measure
    from backend.evaluation.samples import find_samples
    from backend.media.images import encode_preview
    from backend.worker.build_engines import build_engines, use_threads

    use_threads(settings.worker_threads)
    finders = finders_of(detector)
    engines = build_engines()  # as they are everywhere: without any weights
    restorer, animator = engines.restorers["builtin"], engines.animators["builtin"]
    circumstances = Circumstances(
        command=_command(data, output, detector, sheet, motion_model, untrained=untrained),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        versions=versions(restorer),
    )
    with progress_of_steps() as progress:
        figures = measure(find_samples(data), restorer, progress)
    labelled = find_labelled(data) if (data / "faces.json").exists() else []
    curves = {recipe.slug: recipe.curve() for recipe in RECIPES}
    with progress_of_steps() as progress:
        moving = measure_moving(labelled, animator, curves, progress)
    with progress_of_steps() as progress:
        following = measure_following(find_samples(data) if labelled else [], animator, progress)
    film_sections = _film_sections(data, motion_model, untrained=untrained) if labelled else []
    page = quality_page(figures, circumstances, moving, following, film_sections)
    if (data / "photos").is_dir():
        with progress_of_steps() as progress:
            prints = measure_prints(data, engines.print_cutter, progress)
        page += "\n" + "\n".join(print_section(prints)) + "\n"
    if labelled:
        with progress_of_steps() as progress:
            found = measure_finding(labelled, finders.compared, progress)
        page += "\n" + "\n".join(finding_section(found)) + "\n"
        if sheet is not None and detector is not None:
            write_whole(sheet, encode_preview(finding_sheet(labelled, finders.best), max_side_px=4096))
    if output is None:
        click.echo(page, nl=False)
        return
    write_whole(output, page.encode())
    click.echo(f"measured: {output}")


def _require_measuring_data(folder: Path) -> None:
    for inside in ("degraded/params.json", "clean"):
        if not (folder / inside).exists():
            raise click.BadParameter(f"there is no {folder / inside}", param_hint="--data")


def _film_sections(data: Path, motion_model: Path | None, *, untrained: bool) -> "list[Section]":
    """Films of the built-in engine, and of the networks of a file where there is one."""
    sections = [measured_films(data, "builtin", None)]
    if motion_model is not None:
        clean = tuple(path.stem for path in (data / "clean").iterdir())
        sections.append(
            measured_films(
                data, "first_order", motion_model, is_trained=not untrained, slugs=FEW_PRESETS, names=clean
            )
        )
    return sections


def _command(
    data: Path,
    output: Path | None,
    detector: Path | None,
    sheet: Path | None,
    motion_model: Path | None,
    *,
    untrained: bool,
) -> str:
    words = ["python", "-m", "backend", "evaluate", "builtin", "--data", str(data)]
    for option, path in (
        ("-o", output),
        ("--detector", detector),
        ("--sheet", sheet),
        ("--motion-model", motion_model),
    ):
        words += [] if path is None else [option, str(path)]
    return shlex.join([*words, *(["--untrained"] if untrained else [])])
