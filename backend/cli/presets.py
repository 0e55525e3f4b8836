"""`presets`: the expressions in `driving_videos/`: show, make and check them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.cli.progress import progress_of_steps
from backend.services.driving_videos import Presets
from backend.settings import load_settings

if TYPE_CHECKING:
    from backend.engines.builtin.animation.clip_checks import ClipReport


@click.group()
def presets() -> None:
    """Show, make and check the expressions that a person can pick."""


@presets.command("list")
def list_presets() -> None:
    """One line per preset: slug and old number, names, length, terms."""
    for preset in Presets(load_settings().driving_videos_dir).list():
        number = "" if preset.number is None else f" ({preset.number})"
        click.echo(
            f"{preset.slug + number:18} {preset.name_zh} / {preset.name_en}, "
            f"{preset.duration_s:g} s at {preset.fps:g} fps. {preset.licence}"
        )


@presets.command("make")
def make() -> None:
    """Make the sample clips anew, with posters, curves and the catalogue.

    From the portrait of NASA that scikit-image carries (`pip install --group dev`). Takes a minute or two.
    """
    settings = load_settings()

    from backend.engines.builtin.animation.sample_clips import make_presets  # OpenCV: not before it is needed
    from backend.worker.build_engines import use_threads

    use_threads(settings.worker_threads)
    with progress_of_steps() as show:
        clips = make_presets(settings.driving_videos_dir, show)
    click.echo(f"{len(clips)} clips in {settings.driving_videos_dir}")


@presets.command("check")
@click.argument(
    "clips", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[CLIP]..."
)
def check(clips: tuple[Path, ...]) -> None:
    """Check that clips are fit to drive a face: the given ones, or all of the catalogue."""
    settings = load_settings()

    from backend.engines.builtin.animation.clip_checks import check_clip  # OpenCV: not before it is needed
    from backend.worker.build_engines import use_threads

    use_threads(settings.worker_threads)
    wanted: list[tuple[Path, str | None]] = [(clip, None) for clip in clips]
    if not clips:
        found = Presets(settings.driving_videos_dir).list()
        wanted = [(preset.clip_path, preset.sha256) for preset in found]
    reports = [check_clip(path, sha256) for path, sha256 in wanted]
    for report in reports:
        _show(report)
    failed_count = sum(not report.passed for report in reports)
    if failed_count:
        raise click.ClickException(f"{failed_count} of {len(reports)} clips failed a check")


def _show(report: "ClipReport") -> None:
    click.echo(f"{report.path.name}: {'passed' if report.passed else 'FAILED'}")
    for each in report.checks:
        mark = "  " if each.passed else "! "
        click.echo(f"  {mark}{each.name}: {each.measured}  (wanted: {each.wanted})")
