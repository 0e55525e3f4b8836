"""The options of `animate`, one line of help each, and their types: a list, apart from what they do."""

from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, TypeVar, get_args

import click

from backend.domain.errors import InvalidOption
from backend.engines.animation_api import AnimateMode, BestFrame, Border, FilmSize
from backend.engines.api import Device, Precision
from backend.services.face_choice import FaceIds, FacePresets, read_faces
from backend.services.frame_choice import read_best_frame
from backend.services.requests import AnimateEngine

Command = TypeVar("Command", bound=Callable[..., None])


class Asked(TypedDict):
    """What a person asked for."""

    preset: str | None
    driving: Path | None
    engine: AnimateEngine
    model_path: Path | None
    mode: AnimateMode
    border: Border | None
    faces: FaceIds | FacePresets
    intensity: float
    size: FilmSize
    absolute: bool
    no_adapt_scale: bool
    best_frame: BestFrame
    aligned: bool
    device: Device
    precision: Precision


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


class Frame(click.ParamType[BestFrame]):
    """`auto`, `first`, or a frame's number."""

    name = "auto|first|N"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> BestFrame:
        try:
            return read_best_frame(value)
        except InvalidOption as error:
            self.fail(f"{value!r}: {error}", param, ctx)


def _choice(name: str, words: object, default: str | None, what: str) -> Callable[[Command], Command]:
    kind = click.Choice(get_args(words))
    return click.option(name, type=kind, default=default, show_default=default is not None, help=what)


def _file(name: str, what: str, metavar: str) -> Callable[[Command], Command]:
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option(name, type=kind, metavar=metavar, help=what)


_OPTIONS = (
    click.option("--preset", metavar="SLUG", help="An expression; `presets list` shows them."),
    _file("--driving", "A clip of your own to follow.", "CLIP"),
    _choice("--engine", AnimateEngine, "auto", "auto = the best that is installed."),
    _file("--model-path", "Own weights of first_order instead of the installed ones.", "FILE"),
    _choice(
        "--mode",
        AnimateMode,
        "best",
        "fast gives up a little for speed; parity = the bare network on the driving frames as they are.",
    ),
    _choice("--border", Border, None, "What the network does beyond the crop; frozen unless --mode parity."),
    click.option(
        "--faces",
        type=Faces(),
        default="all",
        show_default=True,
        help="Who moves; or how each moves, instead of --preset.",
    ),
    click.option(
        "--intensity",
        type=click.FloatRange(0.0, 1.5),
        default=1.0,
        show_default=True,
        help="Of the motion; 0 is a still film.",
    ),
    _choice("--size", FilmSize, "auto", "auto = long side at most 1280; face = square around the face."),
    click.option(
        "--absolute", is_flag=True, help="Move to where the driver is, not by how much the driver moves."
    ),
    click.option("--no-adapt-scale", is_flag=True, help="A larger face moves no further than the driver's."),
    click.option(
        "--best-frame",
        type=Frame(),
        default="auto",
        show_default=True,
        help="The driving frame that shows the face at rest, from 0.",
    ),
    click.option("--aligned", is_flag=True, help="PHOTO is a square crop of one face already."),
    _choice("--device", Device, "auto", "Where networks run; openvino = the processor, an optional package."),
    _choice("--precision", Precision, "auto", "auto = bf16 where it is fast, else fp32."),
)


def animate_options(command: Command) -> Command:
    """Adds them all to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
