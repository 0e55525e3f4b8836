"""`evaluate films` and `evaluate reconstruction`: how good films are, and whether weights are right."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from backend.cli.outputs import write_whole
from backend.cli.progress import progress_of_steps
from backend.engines.animation_api import Animator, MotionCurve, MotionSetup
from backend.services.driving_clips import open_driving
from backend.services.driving_videos import Presets
from backend.settings import Settings, load_settings
from backend.wiring import build_weights_folder

if TYPE_CHECKING:
    from backend.evaluation.tables import Section

FilmEngine = Literal["builtin", "first_order"]
WEIGHTS_HELP = "A file of the First Order Motion Model, instead of the one in the weights folder."
UNTRAINED_HELP = "The weights are random numbers: leave out what says nothing then."
SELF_DRIVEN_HELP = "Also move every photo by the built-in engine's film of it, and compare."
FEW_PRESETS = ("nod", "laugh", "blink")  # the head, the whole face, the lids: what a slow engine is shown on

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder with `faces.json` and the photos it lists.",
)
@click.option("--engine", type=click.Choice(["builtin", "first_order"]), default="builtin", show_default=True)
@click.option("--model-path", type=_file, metavar="FILE", help=WEIGHTS_HELP)
@click.option("--untrained", is_flag=True, help=UNTRAINED_HELP)
@click.option("--self-driven", is_flag=True, help=SELF_DRIVEN_HELP)
@click.option("--preset", "slugs", multiple=True, metavar="SLUG", help="Only these; else every expression.")
@click.option("--photo", "names", multiple=True, metavar="NAME", help="Only photos whose names begin so.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the page here; without it, to standard output.",
)
def films(
    data: Path,
    engine: FilmEngine,
    model_path: Path | None,
    untrained: bool,
    self_driven: bool,
    slugs: tuple[str, ...],
    names: tuple[str, ...],
    output: Path | None,
) -> None:
    """Measure films of every expression on every photo, and write the figures as Markdown."""
    if engine == "builtin" and (model_path is not None or untrained):
        raise click.UsageError("the built-in engine has no weights")
    if engine == "builtin" and self_driven:
        raise click.UsageError("the built-in engine follows no film of its own")
    if not (data / "faces.json").exists():
        raise click.BadParameter(f"there is no {data / 'faces.json'}", param_hint="--data")
    section = measured_films(data, engine, model_path, is_trained=not untrained, slugs=slugs, names=names)
    lines = section.lines
    if self_driven:
        more = measured_self_driven(data, model_path, is_trained=not untrained, slugs=slugs, names=names)
        lines = [*lines, "", *more.lines]
    page = "\n".join(["# Films", "", *lines]) + "\n"
    if output is None:
        click.echo(page, nl=False)
        return
    write_whole(output, page.encode())
    click.echo(f"measured: {output}")


@click.command()
@click.argument("clips", nargs=-1, required=True, type=_file, metavar="CLIP...")
@click.option("--model-path", type=_file, metavar="FILE", help=WEIGHTS_HELP)
def reconstruction(clips: tuple[Path, ...], model_path: Path | None) -> None:
    """Move the first frame of each CLIP to all its frames, and compare: the smoke test of a file of weights.

    A square around the face is cut out of each, unless the clip is that already. The bare network is
    measured; ends with 1 where a clip fails.
    """
    settings = load_settings()
    animator = _first_order(settings, model_path)
    from backend.engines.faces.detector import find_faces
    from backend.evaluation.reconstruction import measure_reconstruction, reconstruction_lines

    with progress_of_steps() as progress:
        results = measure_reconstruction(
            {str(clip): open_driving(clip) for clip in clips}, animator, find_faces, progress
        )
    model = model_path.name if model_path else "the installed weights"
    for line in reconstruction_lines(results, model):
        click.echo(line)
    if not all(result.is_passed for result in results):
        raise click.exceptions.Exit(1)


def measured_films(
    data: Path,
    engine: FilmEngine,
    model_path: Path | None,
    *,
    is_trained: bool = True,
    slugs: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
) -> "Section":
    """The films of one engine, as a section of a page. slugs, names: none = all of them."""
    settings = load_settings()
    from backend.evaluation.film_page import film_section
    from backend.evaluation.films import measure_films
    from backend.evaluation.moving import find_labelled

    animator = _builtin(settings) if engine == "builtin" else _first_order(settings, model_path)
    curves = _curves(settings, slugs)
    photos = [each for each in find_labelled(data) if each.sample.name.startswith(names or ("",))]
    with progress_of_steps() as progress:
        measured = measure_films(photos, animator, curves, progress)
    if not measured:
        raise click.UsageError("no face of these photos moves in any of these expressions")
    title = "Films of the built-in engine" if engine == "builtin" else "Films of the First Order Motion Model"
    if not is_trained:
        title += " with random weights"
    return film_section(f"{title}: as it measures them itself", measured, is_trained=is_trained)


def measured_self_driven(
    data: Path,
    model_path: Path | None,
    *,
    is_trained: bool = True,
    slugs: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
) -> "Section":
    """Photos moved by films of themselves, as a section of a page. slugs, names: none = all of them."""
    settings = load_settings()
    from backend.engines.builtin.animation.engine import BuiltinAnimator
    from backend.engines.faces.detector import find_faces
    from backend.evaluation.moving import find_labelled
    from backend.evaluation.self_driven import measure_self_driven, self_driven_section

    photos = [each for each in find_labelled(data) if each.sample.name.startswith(names or ("",))]
    with progress_of_steps() as progress:
        measured = measure_self_driven(
            photos,
            _first_order(settings, model_path),
            BuiltinAnimator(),
            find_faces,
            _curves(settings, slugs),
            progress,
        )
    if not measured:
        raise click.UsageError("no face of these photos moves in any of these expressions")
    title = "Photos moved by films of themselves"
    return self_driven_section(title, measured, is_trained=is_trained)


def _curves(settings: Settings, slugs: tuple[str, ...]) -> dict[str, MotionCurve]:
    presets = Presets(settings.driving_videos_dir)
    chosen = [presets.find(slug) for slug in slugs] if slugs else presets.list()
    return {preset.slug: preset.curve for preset in chosen if preset.curve is not None}


def _builtin(settings: Settings) -> Animator:
    from backend.worker.build_engines import build_engines, use_threads  # OpenCV: not before it is needed

    use_threads(settings.worker_threads)
    return build_engines().animators["builtin"]


def _first_order(settings: Settings, model_path: Path | None) -> Animator:
    from backend.engines.faces.detector import find_faces
    from backend.engines.first_order.assembly import assemble  # torch: seconds
    from backend.worker.build_engines import use_threads

    use_threads(settings.worker_threads)
    folder = build_weights_folder(settings)
    return assemble(folder, MotionSetup(model_path=model_path), find_faces, None)
