"""`restore`: photos in, restored photos out, in the folders that the official GFPGAN script writes."""

from pathlib import Path
from typing import Unpack

import click

from backend.cli.face_files import COMPARISONS, CROPS, FACES
from backend.cli.inputs import PhotoInput, collect_photos
from backend.cli.landmarks import read_landmarks
from backend.cli.outputs import write_json
from backend.cli.progress import progress_bar
from backend.cli.report import PhotoReport, report_json
from backend.cli.restore_options import Asked, restore_options
from backend.cli.restore_order import engine_for, request_for, require_files, require_possible, setup_for
from backend.cli.weights_offer import or_offered
from backend.cli.workshop import RESULTS, Workshop
from backend.domain.jobs import JobKind
from backend.settings import load_settings
from backend.wiring import (
    build_downloader,
    build_engine_catalogue,
    build_weights_folder,
    picture_limits,
)


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
@restore_options
def restore(inputs: tuple[Path, ...], output: Path, **asked: Unpack[Asked]) -> None:
    """Restore photos, or all pictures in folders.

    Writes restored_imgs/ (the results), cmp/ (before and after, side by side) and report.json into DIR; where
    faces are restored one by one, each of them too, into cropped_faces/, restored_faces/ and cmp/. A photo
    that cannot be restored does not stop the others.
    """
    _require_part_of_a_name(asked["suffix"])
    photos = collect_photos(inputs)
    require_possible(asked, photos)
    _require_apart(photos, output)
    landmarks = None if asked["landmarks"] is None else read_landmarks(asked["landmarks"], photos)
    settings = load_settings()
    weights = build_weights_folder(settings)
    catalogue = build_engine_catalogue(weights)
    downloader = build_downloader(settings, weights)
    name = or_offered(lambda: engine_for(asked, catalogue), weights, downloader)
    request = request_for(asked, name)
    if name == "gfpgan":
        or_offered(lambda: require_files(asked, request.options, catalogue), weights, downloader)

    from backend.worker.build_engines import build_engines, use_threads  # OpenCV: not before it is needed

    use_threads(settings.worker_threads)
    engines = build_engines(weights, setup_for(asked, settings))
    workshop = Workshop(
        restorer=engines.restorers[name],
        print_cutter=engines.print_cutter if asked["prints"] == "auto" else None,
        request=request,
        limits=picture_limits(settings),
        output=output,
        suffix=asked["suffix"],
        mask=asked["mask"],
        photos=tuple(photos),
        landmarks=landmarks,
        are_face_crops=asked["aligned"],
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
                checkpoint = bar.begin(photo.path.name, JobKind.RESTORE, engine=workshop.restorer.name)
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
    written_to = {(output / folder).resolve() for folder in (RESULTS, COMPARISONS, CROPS, FACES)}
    for photo in photos:
        if photo.path.resolve().parent in written_to:
            raise click.BadParameter(f"{photo.path} lies where results are written", param_hint="--output")
