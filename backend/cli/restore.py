"""`restore`: photos in, restored photos out, in the folders that the official GFPGAN script writes."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import click
import numpy as np
from PIL import Image

from backend.cli.inputs import PhotoInput, collect_photos
from backend.cli.outputs import write_json, write_whole
from backend.cli.progress import progress_bar
from backend.cli.report import PhotoReport, report_json
from backend.domain.jobs import JobKind
from backend.engines.api import Checkpoint, Colour, RestoreOptions, Restorer, Scratches, Upscale
from backend.media.images import EXTENSION_BY_FORMAT, encode_photo
from backend.media.opening import ImageLimits
from backend.media.types import RgbImage
from backend.services.pipelines import RestoredPhoto, restore_photo
from backend.services.requests import ImageFormat, RestoreEngine, RestoreRequest
from backend.settings import load_settings
from backend.wiring import build_engine_catalogue, picture_limits

logger = logging.getLogger(__name__)

FORMAT_BY_EXTENSION: dict[str, ImageFormat] = {"auto": "auto", "png": "png", "jpg": "jpeg", "webp": "webp"}
RESULTS, COMPARISONS = "restored_imgs", "cmp"
EXTENSIONS_KEPT = {"png": (".png",), "jpeg": (".jpg", ".jpeg"), "webp": (".webp",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Workshop:
    """What every photo of one call is worked on with."""

    restorer: Restorer
    request: RestoreRequest
    limits: ImageLimits
    output: Path
    suffix: str

    def restore(self, photo: PhotoInput, checkpoint: Checkpoint) -> PhotoReport:
        """Restore one photo and write what belongs to it; a failure is reported, not raised."""
        started_s = time.monotonic()
        try:
            made = restore_photo(
                photo.path.read_bytes(), self.request, self.restorer, checkpoint, self.limits
            )
            result, comparison = self._write(photo, made)
        except Exception as error:  # whatever is wrong with this photo, the others are not to blame
            logger.debug("photo failed", exc_info=error)
            seconds = time.monotonic() - started_s
            return PhotoReport.of_failure(photo, error, self.restorer, seconds)
        seconds = time.monotonic() - started_s
        return PhotoReport.of_success(photo, made, self.restorer, seconds, result, comparison)

    def _write(self, photo: PhotoInput, made: RestoredPhoto) -> tuple[Path, Path]:
        own_ending = photo.path.suffix.lower()
        keeps = self.request.format == "auto" and own_ending in EXTENSIONS_KEPT[made.format]
        ending = photo.path.suffix if keeps else f".{EXTENSION_BY_FORMAT[made.format]}"
        underscore = f"_{self.suffix}" if self.suffix else ""
        result = self.output / RESULTS / f"{photo.stem}{underscore}{ending}"
        comparison = self.output / COMPARISONS / f"{photo.stem}{underscore}.jpg"
        write_whole(result, made.data)
        write_whole(comparison, encode_photo(_side_by_side(made), "jpeg", made.photo.meta))
        return result, comparison


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
@click.option("--suffix", default="", metavar="S", help="Added to the results' names: photo_S.png.")
def restore(
    inputs: tuple[Path, ...],
    output: Path,
    engine: RestoreEngine,
    upscale: Upscale,
    scratches: Scratches,
    colour: Colour,
    ext: str,
    suffix: str,
) -> None:
    """Restore photos, or all pictures in folders.

    Writes restored_imgs/ (the results), cmp/ (before and after, side by side) and report.json into DIR. A
    photo that cannot be restored does not stop the others.
    """
    _require_part_of_a_name(suffix)
    photos = collect_photos(inputs)
    _require_apart(photos, output)
    settings = load_settings()
    name = build_engine_catalogue().resolve(JobKind.RESTORE, engine)

    from backend.worker.build_engines import build_engines, use_threads  # OpenCV: not before it is needed

    use_threads(settings.worker_threads)
    options = RestoreOptions(upscale=upscale, scratches=scratches, colour=colour)
    workshop = _Workshop(
        restorer=build_engines().restorers[name],
        request=RestoreRequest(engine=engine, format=FORMAT_BY_EXTENSION[ext], options=options),
        limits=picture_limits(settings),
        output=output,
        suffix=suffix,
    )
    reports = _restore_all(photos, workshop)
    failed_count = sum(report.error is not None for report in reports)
    click.echo(f"{len(reports) - failed_count} of {len(reports)} restored: {output / 'report.json'}")
    if failed_count:
        raise SystemExit(1)


def _restore_all(photos: list[PhotoInput], workshop: _Workshop) -> list[PhotoReport]:
    reports: list[PhotoReport] = []
    try:
        with progress_bar(len(photos)) as bar:
            for photo in photos:
                report = workshop.restore(photo, bar.begin(photo.path.name, JobKind.RESTORE))
                reports.append(report)
                if report.error is not None:
                    click.echo(f"{photo.path}: {report.error.message}", err=True)
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


def _side_by_side(made: RestoredPhoto) -> RgbImage:
    """uint8 (H, 2 W, 3) RGB: the photo, enlarged to the result's size, left of the result."""
    after = made.restoration.image
    height_px, width_px = after.shape[:2]
    before = Image.fromarray(made.photo.pixels)
    if before.size != (width_px, height_px):
        before = before.resize((width_px, height_px), Image.Resampling.BICUBIC)
    return np.concatenate((np.asarray(before), after), axis=1)
