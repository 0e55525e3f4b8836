"""The options of `restore`, one line of help each, and their types: a list, apart from what they do."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypedDict, TypeVar, get_args

import click

from backend.engines.api import (
    Background,
    Colour,
    Device,
    FaceModel,
    Precision,
    RestoreMode,
    Scope,
    Scratches,
    Upscale,
)
from backend.services.requests import ImageFormat, RestoreEngine

FORMAT_BY_EXTENSION: dict[str, ImageFormat] = {"auto": "auto", "png": "png", "jpg": "jpeg", "webp": "webp"}

Command = TypeVar("Command", bound=Callable[..., None])


class Asked(TypedDict):
    """What a person asked for."""

    engine: RestoreEngine
    upscale: Upscale
    scratches: Scratches
    mask: Path | None
    colour: Colour
    ext: str
    prints: Literal["auto", "off"]
    suffix: str
    model: FaceModel | None
    model_path: Path | None
    mode: RestoreMode
    scope: Scope
    background: Background
    fidelity: float
    parse_model: Path | None
    aligned: bool
    only_center_face: bool
    landmarks: Path | None
    device: Device
    precision: Precision


def _choice(name: str, words: object, default: str, what: str) -> Callable[[Command], Command]:
    kind = click.Choice(get_args(words))
    return click.option(name, type=kind, default=default, show_default=True, help=what)


def _file(name: str, what: str, metavar: str = "FILE") -> Callable[[Command], Command]:
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option(name, type=kind, metavar=metavar, help=what)


_OPTIONS = (
    _choice("--engine", RestoreEngine, "auto", "auto = the best that is installed."),
    _choice("--upscale", Upscale, "auto", "Output side / input side; auto = 2 below 2 megapixels, else 1."),
    _choice("--scratches", Scratches, "auto", "Repair scratches on clear evidence, never, or boldly."),
    _file(
        "--mask",
        "Repair what is white in this picture of the photo's size, instead of looking; one photo only.",
    ),
    _choice(
        "--colour",
        Colour,
        "auto",
        "Correct casts and fading on evidence, touch no colour, take every tint out, or let gfpgan decide.",
    ),
    click.option(
        "--ext",
        type=click.Choice(list(FORMAT_BY_EXTENSION)),
        default="auto",
        show_default=True,
        help="Format of the results; auto = lossless in, lossless out, else JPEG.",
    ),
    _choice(
        "--prints",
        Literal["auto", "off"],
        "off",
        "auto = where a picture shows paper prints, cut each one out straight and restore that: NAME_1, ...",
    ),
    click.option("--suffix", default="", metavar="S", help="Added to the results' names: photo_S.png."),
    click.option(
        "--model", type=click.Choice(get_args(FaceModel)), help="Weights; the best here unless named."
    ),
    _file("--model-path", "Own or fine-tuned weights instead."),
    _choice("--mode", RestoreMode, "best", "parity = the official pipeline to the pixel."),
    _choice("--scope", Scope, "full", "The whole picture and the faces on it, or only the faces."),
    _choice("--background", Background, "gfpgan", "What restores the rest of the picture."),
    click.option(
        "--fidelity",
        type=click.FloatRange(0.0, 1.0),
        default=0.0,
        show_default=True,
        help="0 = the model's face, 1 = the face of the photo.",
    ),
    _file("--parse-model", "ParseNet's weights, for masks that follow the hair."),
    click.option("--aligned", is_flag=True, help="The inputs are aligned faces already, 512x512."),
    click.option("--only-center-face", is_flag=True, help="Restore only the face nearest to the centre."),
    _file(
        "--landmarks",
        'Five points of each face, [[x,y]*5], or {"file name": faces} for many photos; instead of looking.',
        metavar="FILE.json",
    ),
    _choice(
        "--device",
        Device,
        "auto",
        "Where networks run; openvino = the processor, faster, an optional package.",
    ),
    _choice("--precision", Precision, "auto", "auto = bf16 where it is fast, else fp32."),
)


def restore_options(command: Command) -> Command:
    """Adds them all to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
