"""From what a person asked for to an engine's name, its set-up and a checked request.

Apart from `restore.py`, which does it: here nothing is read or written, and every contradiction is named.
"""

from collections.abc import Sequence

import click

from backend.cli.inputs import PhotoInput
from backend.cli.restore_options import FORMAT_BY_EXTENSION, Asked
from backend.domain.errors import InvalidOption
from backend.domain.jobs import JobKind
from backend.engines.api import GfpganSetup, RestoreOptions
from backend.services.engine_catalogue import EngineCatalogue
from backend.services.requests import RestoreRequest
from backend.services.taken_options import require_taken
from backend.settings import Settings


def require_possible(asked: Asked, photos: Sequence[PhotoInput]) -> None:
    """Raise click.UsageError for options that exclude each other."""
    mask, prints, landmarks = asked["mask"], asked["prints"], asked["landmarks"]
    if mask is not None and (len(photos) != 1 or asked["scratches"] != "auto" or prints != "off"):
        raise click.UsageError("--mask takes one photo, and neither --scratches nor --prints")
    if asked["model"] is not None and asked["model_path"] is not None:
        raise click.UsageError("give --model or --model-path")
    if landmarks is not None and prints != "off":
        raise click.UsageError("--landmarks are of the whole picture: not with --prints")
    of_whole_pictures = {
        "--landmarks": landmarks is not None,
        "--only-center-face": asked["only_center_face"],
        "--mask": mask is not None,
        "--prints": prints != "off",
        "--upscale": asked["upscale"] in ("2", "4"),
        "--scratches": asked["scratches"] == "strong",
        "--background": asked["background"] == "realesrgan",
    }
    if asked["aligned"] and any(of_whole_pictures.values()):
        wrong = next(option for option, is_asked in of_whole_pictures.items() if is_asked)
        raise click.UsageError(f"--aligned inputs are faces and take no {wrong}")


def engine_for(asked: Asked, catalogue: EngineCatalogue) -> str:
    """The engine's name.

    Raises click.UsageError where an option is for another; EngineUnavailable, WeightsMissing.
    """
    only_gfpgan = {
        "--model-path": asked["model_path"],
        "--parse-model": asked["parse_model"],
        "--aligned": asked["aligned"],
        "--only-center-face": asked["only_center_face"],
        "--landmarks": asked["landmarks"],
        "--device": asked["device"],
        "--precision": asked["precision"],
    }
    used = [option for option, value in only_gfpgan.items() if value not in (None, False, "auto")]
    if asked["engine"] != "builtin" and asked["model_path"] is not None:
        return "gfpgan"  # which needs nothing of the weights folder then
    name = catalogue.resolve(JobKind.RESTORE, asked["engine"])
    if name == "builtin" and used:
        raise click.UsageError(f"{used[0]} is for the engine gfpgan; here it would be builtin")
    return name


def require_files(asked: Asked, options: RestoreOptions, catalogue: EngineCatalogue) -> None:
    """Raise WeightsMissing or WeightsRefused before the first photo, not for each of them."""
    are_faces_given = asked["aligned"] or asked["landmarks"] is not None
    catalogue.require_weights(options, are_faces_given=are_faces_given)


def setup_for(asked: Asked, settings: Settings) -> GfpganSetup:
    """How the engine with weights is put together; what is not asked for is as the settings have it."""
    return GfpganSetup(
        model_path=asked["model_path"],
        parse_model=asked["parse_model"],
        device=settings.device if asked["device"] == "auto" else asked["device"],
        precision=settings.precision if asked["precision"] == "auto" else asked["precision"],
    )


def request_for(asked: Asked, engine: str) -> RestoreRequest:
    """The request, as a server would check it. Raises click.UsageError."""
    try:
        options = RestoreOptions(
            upscale=asked["upscale"],
            scratches=asked["scratches"],
            colour=asked["colour"],
            model=asked["model"],
            mode=asked["mode"],
            scope=asked["scope"],
            background=asked["background"],
            fidelity=asked["fidelity"],
            face_ids="centre" if asked["only_center_face"] else None,
        )
        request = RestoreRequest(
            engine=asked["engine"], format=FORMAT_BY_EXTENSION[asked["ext"]], options=options
        )
        require_taken(request, engine)
        if asked["mask"] is not None:
            request.require_mask_allowed()
    except InvalidOption as error:
        option = error.option.replace("_", "-")
        raise click.UsageError(f"--{option}: {error}") from error
    return request
