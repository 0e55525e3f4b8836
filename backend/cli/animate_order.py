"""From what a person asked for to an engine and a checked request.

Apart from `animate.py`, which does it: here nothing is read or written, and every contradiction is named.
"""

import click

from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.names import FIRST_ORDER
from backend.cli.animate_options import Asked
from backend.domain.errors import InvalidOption
from backend.domain.jobs import JobKind
from backend.engines.animation_api import AnimateOptions, Animator, MotionSetup
from backend.services.engine_catalogue import EngineCatalogue
from backend.services.requests import AnimateRequest
from backend.services.taken_options import require_film_options_taken
from backend.settings import Settings

# Where an option of the engine is called otherwise here.
_FLAGS = {"relative": "absolute", "adapt_scale": "no-adapt-scale", "is_face_crop": "aligned"}


def require_possible(asked: Asked) -> None:
    """Raise click.UsageError for options that exclude each other."""
    face_presets = asked["faces"] if isinstance(asked["faces"], dict) else None
    if sum(given is not None for given in (asked["preset"], asked["driving"], face_presets)) != 1:
        raise click.UsageError("give one of --preset, --driving, and --faces with a preset for each")
    if asked["aligned"] and asked["faces"] != "all":
        raise click.UsageError("--aligned is one face and takes no --faces")
    if asked["model_path"] is not None and asked["engine"] == "builtin":
        raise click.UsageError("--model-path is for the engine first_order")


def engine_for(asked: Asked, catalogue: EngineCatalogue) -> str:
    """The engine's name.

    Raises click.UsageError where an option is for another; EngineUnavailable, WeightsMissing.
    """
    if asked["model_path"] is not None:
        return FIRST_ORDER  # which needs nothing of the weights folder then
    name = catalogue.resolve(JobKind.ANIMATE, asked["engine"])
    used = [option for option in ("device", "precision") if asked[option] != "auto"]
    if name == "builtin" and used:
        raise click.UsageError(f"--{used[0]} is for the engine first_order; here it would be builtin")
    return name


def request_for(asked: Asked, engine: str) -> AnimateRequest:
    """The request, as a server would check it. Raises click.UsageError."""
    faces = asked["faces"]
    try:
        request = AnimateRequest(
            preset=asked["preset"],
            face_presets=faces if isinstance(faces, dict) else None,
            engine=asked["engine"],
            restore_first=False,  # `restore` is a command of its own
            options=AnimateOptions(
                faces="all" if isinstance(faces, dict) else faces,
                intensity=asked["intensity"],
                size=asked["size"],
                mode=asked["mode"],
                relative=not asked["absolute"],
                adapt_scale=not asked["no_adapt_scale"],
                best_frame=asked["best_frame"],
                border=asked["border"],
                is_face_crop=asked["aligned"],
            ),
        )
        require_film_options_taken(request, engine)
    except InvalidOption as error:
        option = _FLAGS.get(error.option, error.option.replace("_", "-"))
        raise click.UsageError(f"--{option}: {error}") from error
    return request


def animator_for(name: str, asked: Asked, settings: Settings, weights: WeightsFolder) -> Animator:
    """The engine, built; what it makes of presets is kept where the server keeps it.

    Raises InvalidOption for a device that is not here.
    """
    from backend.worker.build_engines import build_engines, use_threads  # OpenCV: not before it is needed

    use_threads(settings.worker_threads)
    setup = MotionSetup(
        model_path=asked["model_path"],
        device=settings.device if asked["device"] == "auto" else asked["device"],
        precision=settings.precision if asked["precision"] == "auto" else asked["precision"],
    )
    return build_engines(weights, motion=setup, templates_dir=settings.templates_dir).animators[name]
