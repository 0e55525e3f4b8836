"""`restore`: photos in, restored photos out, in the folders that the official GFPGAN script writes."""

from pathlib import Path
from typing import Literal, get_args

import click

from backend.cli.inputs import PhotoInput, collect_photos
from backend.cli.outputs import write_json
from backend.cli.progress import progress_bar
from backend.cli.report import PhotoReport, report_json
from backend.cli.workshop import COMPARISONS, RESULTS, Workshop
from backend.domain.jobs import JobKind
from backend.engines.api import Colour, RestoreOptions, Scratches, Upscale
from backend.services.requests import ImageFormat, RestoreEngine, RestoreRequest
from backend.settings import load_settings
from backend.wiring import build_engine_catalogue, build_weights_folder, picture_limits

FORMAT_BY_EXTENSION: dict[str, ImageFormat] = {"auto": "auto", "png": "png", "jpg": "jpeg", "webp": "webp"}


@click.command()
@click.argument(
    "inputs", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="INPUT..."
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder for the results.",
)
@click.option(
    "--engine",
    type=click.Choice(get_args(RestoreEngine)),
    default="auto",
    show_default=True,
    help="auto = the best that is installed.",
)
@click.option(
    "--upscale",
    type=click.Choice(get_args(Upscale)),
    default="auto",
    show_default=True,
    help="Output side / input side; auto = 2 below 2 megapixels, else 1.",
)
@click.option(
    "--scratches",
    type=click.Choice(get_args(Scratches)),
    default="auto",
    show_default=True,
    help="Repair scratches on clear evidence, never, or boldly.",
)
@click.option(
    "--mask",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Repair what is white in this picture of the photo's size, instead of looking; one photo only.",
)
@click.option(
    "--colour",
    type=click.Choice(["auto", "keep", "neutral"]),
    default="auto",
    show_default=True,
    help="Correct casts and fading on evidence, touch no colour, or take every tint out.",
)
@click.option(
    "--ext",
    type=click.Choice(list(FORMAT_BY_EXTENSION)),
    default="auto",
    show_default=True,
    help="Format of the results; auto = lossless in, lossless out, else JPEG.",
)
@click.option(
    "--prints",
    type=click.Choice(["auto", "off"]),
    default="off",
    show_default=True,
    help="auto = where a picture shows paper prints, cut each one out straight and restore that: NAME_1, ...",
)
@click.option("--suffix", default="", metavar="S", help="Added to the results' names: photo_S.png.")
def restore(
    inputs: tuple[Path, ...],
    output: Path,
    engine: RestoreEngine,
    upscale: Upscale,
    scratches: Scratches,
    mask: Path | None,
    colour: Colour,
    ext: str,
    prints: Literal["auto", "off"],
    suffix: str,
) -> None:
    """Restore photos, or all pictures in folders.

    Writes restored_imgs/ (the results), cmp/ (before and after, side by side) and report.json into DIR. A
    photo that cannot be restored does not stop the others.
    """
    _require_part_of_a_name(suffix)
    photos = collect_photos(inputs)
    if mask is not None and (len(photos) != 1 or scratches != "auto" or prints != "off"):
        raise click.UsageError("--mask takes one photo, and neither --scratches nor --prints")
    _require_apart(photos, output)
    settings = load_settings()
    name = build_engine_catalogue(build_weights_folder(settings)).resolve(JobKind.RESTORE, engine)

    from backend.worker.build_engines import build_engines, use_threads  # OpenCV: not before it is needed

    use_threads(settings.worker_threads)
    options = RestoreOptions(upscale=upscale, scratches=scratches, colour=colour)
    engines = build_engines()
    workshop = Workshop(
        restorer=engines.restorers[name],
        print_cutter=engines.print_cutter if prints == "auto" else None,
        request=RestoreRequest(engine=engine, format=FORMAT_BY_EXTENSION[ext], options=options),
        limits=picture_limits(settings),
        output=output,
        suffix=suffix,
        mask=mask,
        photos=tuple(photos),
    )
    reports = _restore_all(photos, workshop)
    failed_count = sum(report.error is not None for report in reports)
    click.echo(f"{len(reports) - failed_count} of {len(reports)} restored: {output / 'report.json'}")
    if failed_count:
        raise SystemExit(1)


def _restore_all(photos: list[PhotoInput], workshop: Workshop) -> list[PhotoReport]:
    reports: list[PhotoReport] = []
    try:
        with progress_bar(len(photos)) as bar:
            for photo in photos:
                checkpoint = bar.begin(photo.path.name, JobKind.RESTORE)
                made = workshop.restore(photo, checkpoint)
                reports += made
                for error in (report.error for report in made if report.error is not None):
                    click.echo(f"{photo.path}: {error.message}", err=True)
    finally:  # stopped half-way, the report says what is there
        write_json(workshop.output / "report.json", report_json(reports, workshop.request))
    return reports


def _require_part_of_a_name(suffix: str) -> None:
    if any(character in suffix for character in '/\\:*?"<>|\0'):
        raise click.BadParameter("must be part of a file name", param_hint="--suffix")


def _require_apart(photos: list[PhotoInput], output: Path) -> None:
    """Results keep their photos' names: written beside the photos, they would take their place."""
    written_to = {(output / folder).resolve() for folder in (RESULTS, COMPARISONS)}
    for photo in photos:
        if photo.path.resolve().parent in written_to:
            raise click.BadParameter(f"{photo.path} lies where results are written", param_hint="--output")
