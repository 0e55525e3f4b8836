"""`restore-video`: a clip in, the same clip with restored faces out, sound and all."""

from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import get_args

import click

from backend.cli.outputs import whole_file
from backend.cli.progress import progress_of_steps
from backend.cli.weights_offer import or_offered
from backend.domain.errors import UnreadableVideo
from backend.domain.jobs import JobKind, Stage
from backend.engines.api import Device, FaceModel, GfpganSetup, Precision, RestoreOptions
from backend.engines.clips.restoring import follow_faces, restored_frames
from backend.media.film import FilmWriter
from backend.media.types import RgbImage
from backend.media.video import ClipFacts, ClipLimits, probe_clip, read_frames
from backend.settings import load_settings
from backend.wiring import build_downloader, build_engine_catalogue, build_weights_folder

# A film is worked through frame by frame: it may be as long as the person's patience.
_LIMITS = ClipLimits(max_seconds=24 * 3600.0, max_side_px=4096)
_FOLLOWING_SHARE = 0.15  # of the whole time; the rest is restoring


@click.command("restore-video")
@click.argument("clip", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.mp4",
    help="The restored film (.mp4 or .webm).",
)
@click.option(
    "--model", type=click.Choice(get_args(FaceModel)), help="Which weights; else the best there is."
)
@click.option(
    "--model-path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Your own or fine-tuned weights.",
)
@click.option("--mode", type=click.Choice(["best", "fast"]), default="best", show_default=True)
@click.option(
    "--background",
    type=click.Choice(["none", "realesrgan"]),
    default="none",
    show_default=True,
    help="What restores the rest of each frame; none = it is only enlarged.",
)
@click.option("--upscale", type=click.Choice(["1", "2", "4"]), default="1", show_default=True)
@click.option(
    "--fidelity",
    type=click.FloatRange(0.0, 1.0),
    default=0.0,
    show_default=True,
    help="0 = the model's faces, 1 = the faces of the film.",
)
@click.option("--device", type=click.Choice(get_args(Device)), default="auto", show_default=True)
@click.option("--precision", type=click.Choice(get_args(Precision)), default="auto", show_default=True)
def restore_video(
    clip: Path,
    output: Path,
    model: FaceModel | None,
    model_path: Path | None,
    device: Device,
    precision: Precision,
    **how: str | float,
) -> None:
    """Restore the faces in every frame of CLIP by the engine gfpgan; sound is kept.

    The film is looked at twice: first every face is followed and its landmarks are smoothed, then every frame
    is restored. One frame at a time is in memory.
    """
    if output.suffix.lower() not in (".mp4", ".webm"):
        raise click.BadParameter("must end in .mp4 or .webm", param_hint="--output")
    if output.exists() and output.samefile(clip):
        raise click.BadParameter("would be written over the clip", param_hint="--output")
    if model is not None and model_path is not None:
        raise click.UsageError("give --model or --model-path")
    settings = load_settings()
    weights = build_weights_folder(settings)
    options = RestoreOptions(
        model=model,
        scratches="off",
        scope="full" if how["background"] == "realesrgan" else "faces",
        **how,  # type: ignore[arg-type]  # click has checked the words
    )
    if model_path is None:
        catalogue = build_engine_catalogue(weights)
        downloader = build_downloader(settings, weights)
        or_offered(lambda: catalogue.resolve(JobKind.RESTORE, "gfpgan"), weights, downloader)
        or_offered(lambda: catalogue.require_weights(options), weights, downloader)
    facts = probe_clip(clip, _LIMITS)

    from backend.engines.builtin.restoration.engine import BuiltinRestorer
    from backend.engines.gfpgan.assembly import assemble  # torch: not before it is needed
    from backend.worker.build_engines import use_threads

    use_threads(settings.worker_threads)
    setup = GfpganSetup(
        model_path=model_path,
        device=settings.device if device == "auto" else device,
        precision=settings.precision if precision == "auto" else precision,
    )
    restorer, find_faces = assemble(weights, setup, BuiltinRestorer())
    with progress_of_steps() as progress:

        def follow(stage: Stage, fraction: float) -> None:  # noqa: ARG001  # the protocol's
            progress("following faces", _FOLLOWING_SHARE * fraction)

        def restore(stage: Stage, fraction: float) -> None:  # noqa: ARG001  # the protocol's
            progress("restoring", _FOLLOWING_SHARE + (1 - _FOLLOWING_SHARE) * fraction)

        with closing(_frames(clip, facts)) as frames:
            landmarks = follow_faces(frames, find_faces, facts.frame_count_estimate, follow)
        with closing(_frames(clip, facts)) as frames:
            made = restored_frames(frames, landmarks, restorer, options, restore)
            frame_count = _write(output, made, facts, clip)
    faces = max((len(one) for one in landmarks), default=0)
    click.echo(f"{frame_count} frames, up to {faces} faces: {output}")


def _frames(clip: Path, facts: ClipFacts) -> Generator[RgbImage, None, None]:
    return read_frames(
        clip,
        fps=facts.fps,
        seconds=facts.duration_s + 1.0,
        long_side_px=max(facts.width_px, facts.height_px),
        limits=_LIMITS,
        facts=facts,
    )


def _write(output: Path, frames: Iterator[RgbImage], facts: ClipFacts, clip: Path) -> int:
    first = next(frames, None)
    if first is None:
        raise UnreadableVideo("no frame of the clip can be decoded")
    height_px, width_px = first.shape[:2]
    with (
        whole_file(output) as temporary,
        FilmWriter(
            temporary,
            width_px,
            height_px,
            facts.fps,
            "webm" if output.suffix.lower() == ".webm" else "mp4",
            audio_from=clip if facts.has_audio else None,
        ) as film,
    ):
        for frame in chain((first,), frames):
            film.write(frame)
    return film.frame_count
