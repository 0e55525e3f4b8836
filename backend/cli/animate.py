"""`animate`: a photo and a motion in, a film or its frames out."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Unpack

import click

from backend.cli.animate_options import Asked, animate_options
from backend.cli.animate_order import animator_for, engine_for, request_for, require_possible
from backend.cli.film_report import film_report
from backend.cli.outputs import whole_file, whole_folder
from backend.cli.progress import progress_bar
from backend.cli.weights_offer import or_offered
from backend.domain.jobs import JobKind
from backend.engines.animation_api import Animation, Driving
from backend.media.images import decode_photo, encode_photo
from backend.services.driving_clips import open_driving
from backend.services.driving_videos import Presets, face_curves, preset_motion
from backend.services.films import write_film
from backend.services.requests import AnimateRequest, FilmFormat
from backend.settings import Settings, load_settings
from backend.wiring import (
    build_downloader,
    build_engine_catalogue,
    build_weights_folder,
    clip_limits,
    picture_limits,
)

Written = tuple[int, tuple[int, int]]  # frames, and the width and height of what was written
FRAME_NAME = re.compile(r"[0-9]{4,}\.png")
FORMAT_BY_SUFFIX: dict[str, FilmFormat] = {".mp4": "mp4", ".webm": "webm", ".gif": "gif"}


@click.command()
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Film (.mp4, .webm, .gif), or a folder for PNG frames.",
)
@animate_options
def animate(photo: Path, output: Path, **asked: Unpack[Asked]) -> None:
    """Animate the people in PHOTO by an expression, or by a clip of your own."""
    require_possible(asked)
    write = _writer_for(output)
    for read in (photo, asked["driving"]):
        if read is not None and _would_replace(output, read):
            raise click.BadParameter(f"would be written over {read}", param_hint="--output")
    settings = load_settings()
    weights = build_weights_folder(settings)
    catalogue = build_engine_catalogue(weights)
    name = or_offered(lambda: engine_for(asked, catalogue), weights, build_downloader(settings, weights))
    request = request_for(asked, name)
    portrait = decode_photo(photo.read_bytes(), picture_limits(settings)).pixels
    motion = _motion(settings, request, asked["driving"])
    animator = animator_for(name, asked, settings, weights)
    with progress_bar(1) as bar:
        checkpoint = bar.begin(photo.name, JobKind.ANIMATE, engine=name)
        animation = animator.animate(portrait, motion, request.engine_options, checkpoint)
        frame_count, (width_px, height_px) = write(animation, output)
    click.echo(f"{frame_count} frames, {width_px}x{height_px}: {output}")
    for line in film_report(animation):
        click.echo(line)


def _motion(settings: Settings, request: AnimateRequest, clip: Path | None) -> Driving:
    if clip is not None:
        return open_driving(clip, clip_limits(settings))
    presets = Presets(settings.driving_videos_dir)
    if request.face_presets is not None:
        return face_curves(presets.find_for_faces(request.face_presets))
    assert request.preset is not None, "require_possible has asked for one"
    return preset_motion(presets.find(request.preset))


def _writer_for(output: Path) -> Callable[[Animation, Path], Written]:
    """What writes this kind of output; returns what it wrote."""
    film_format = FORMAT_BY_SUFFIX.get(output.suffix.lower())
    if film_format is not None:
        return lambda animation, path: _write_film(animation, path, film_format)
    if output.suffix and not output.is_dir():
        raise click.BadParameter(
            f"{output.suffix} is not a film we write: use .mp4, .webm, .gif, or a folder's name",
            param_hint="--output",
        )
    return _write_frames


def _would_replace(output: Path, read: Path) -> bool:
    """True when `output` is the file that is read, or a folder in which that file looks like a frame."""
    if not output.exists():
        return False
    is_taken_for_frame = output.samefile(read.parent) and FRAME_NAME.fullmatch(read.name) is not None
    return output.samefile(read) or is_taken_for_frame


def _write_film(animation: Animation, path: Path, film_format: FilmFormat) -> Written:
    with whole_file(path) as temporary:
        film = write_film(temporary, animation, AnimateRequest(format=film_format), None)
    return film.frame_count, film.size_px


def _write_frames(animation: Animation, folder: Path) -> Written:
    frame_count = 0
    with whole_folder(folder, replaces=FRAME_NAME) as temporary:
        for frame in animation.frames:
            (temporary / f"{frame_count:04d}.png").write_bytes(encode_photo(frame, "png"))
            frame_count += 1
    return frame_count, (animation.width_px, animation.height_px)
