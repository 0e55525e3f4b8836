"""`animate`: a photo and a motion in, a film or its frames out."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import click

from backend.cli.outputs import whole_file, whole_folder
from backend.cli.progress import progress_bar
from backend.domain.errors import InvalidOption
from backend.domain.jobs import JobKind
from backend.engines.animation_api import AnimateOptions, Animation, Driving, FilmSize
from backend.media.images import decode_photo, encode_photo
from backend.services.driving_clips import open_driving
from backend.services.driving_videos import Presets, face_curves
from backend.services.face_choice import FaceIds, FacePresets, read_faces
from backend.services.films import write_film
from backend.services.requests import AnimateEngine, AnimateRequest, FilmFormat
from backend.settings import Settings, load_settings
from backend.wiring import build_engine_catalogue, build_weights_folder, clip_limits, picture_limits

Written = tuple[int, tuple[int, int]]  # frames, and the width and height of what was written
FRAME_NAME = re.compile(r"[0-9]{4,}\.png")
FORMAT_BY_SUFFIX: dict[str, FilmFormat] = {".mp4": "mp4", ".webm": "webm", ".gif": "gif"}


class Faces(click.ParamType[FaceIds | FacePresets]):
    """`all`, `largest`, face numbers like 0,2, or a preset for each like 0:smile,2:nod."""

    name = "all|largest|0,2|0:SLUG,2:SLUG"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> FaceIds | FacePresets:
        try:
            return read_faces(value)
        except InvalidOption as error:
            self.fail(f"{value!r}: {error}", param, ctx)


@click.command()
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preset", metavar="SLUG", help="An expression; `presets list` shows them.")
@click.option(
    "--driving",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="CLIP",
    help="A clip of your own to follow (beta: head, mouth, brows and blinks).",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Film (.mp4, .webm, .gif), or a folder for PNG frames.",
)
@click.option(
    "--engine",
    type=click.Choice(get_args(AnimateEngine)),
    default="auto",
    show_default=True,
    help="auto = the best that is installed.",
)
@click.option(
    "--faces",
    type=Faces(),
    default="all",
    show_default=True,
    help="Who moves; or how each moves, instead of --preset.",
)
@click.option(
    "--intensity",
    type=click.FloatRange(0.0, 1.5),
    default=1.0,
    show_default=True,
    help="Of the motion; 0 is a still film.",
)
@click.option(
    "--size",
    type=click.Choice(get_args(FilmSize)),
    default="auto",
    show_default=True,
    help="auto = long side at most 1280; face = square around the face.",
)
def animate(
    photo: Path,
    preset: str | None,
    driving: Path | None,
    output: Path,
    engine: AnimateEngine,
    faces: FaceIds | FacePresets,
    intensity: float,
    size: FilmSize,
) -> None:
    """Animate the people in PHOTO by an expression, or by a clip of your own."""
    face_presets = faces if isinstance(faces, dict) else None
    if sum(given is not None for given in (preset, driving, face_presets)) != 1:
        raise click.UsageError("give one of --preset, --driving, and --faces with a preset for each")
    write = _writer_for(output)
    for read in (photo, driving):
        if read is not None and _would_replace(output, read):
            raise click.BadParameter(f"would be written over {read}", param_hint="--output")
    settings = load_settings()
    weights = build_weights_folder(settings)
    name = build_engine_catalogue(weights).resolve(JobKind.ANIMATE, engine)
    moving = tuple(faces) if isinstance(faces, dict) else faces
    options = AnimateOptions(faces=moving, intensity=intensity, size=size)
    portrait = decode_photo(photo.read_bytes(), picture_limits(settings)).pixels
    motion = _motion(settings, preset, face_presets, driving)

    from backend.worker.build_engines import build_engines, use_threads  # OpenCV: not before it is needed

    use_threads(settings.worker_threads)
    with progress_bar(1) as bar:
        checkpoint = bar.begin(photo.name, JobKind.ANIMATE)
        animation = build_engines(weights).animators[name].animate(portrait, motion, options, checkpoint)
        frame_count, (width_px, height_px) = write(animation, output)
    click.echo(f"{frame_count} frames, {width_px}x{height_px}: {output}")
    for note in animation.notes:
        click.echo(note)


def _motion(
    settings: Settings, preset: str | None, face_presets: FacePresets | None, clip: Path | None
) -> Driving:
    if clip is not None:
        return open_driving(clip, clip_limits(settings))
    presets = Presets(settings.driving_videos_dir)
    if face_presets is not None:
        return face_curves(presets.find_for_faces(face_presets))
    assert preset is not None
    found = presets.find(preset)
    return found.curve or open_driving(found.clip_path)


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
