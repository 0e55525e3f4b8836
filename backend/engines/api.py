"""What an engine is to everything above it: two protocols, their options and their results.

Free of torch and OpenCV, so that the web process may read it. Pixels follow `media/types.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from backend.domain.errors import InvalidOption
from backend.domain.jobs import Stage
from backend.media.jpeg_coding import JpegCoding
from backend.media.types import Mask, RgbImage

Upscale = Literal["auto", "1", "2", "4"]
Scratches = Literal["auto", "off", "strong"]
Colour = Literal["auto", "keep", "neutral", "model"]
FilmSize = Literal["auto", "photo", "1080", "720", "face"]

AUTO_UPSCALE_BELOW_PX = 2_000_000  # `auto` enlarges twice below this many pixels


class Checkpoint(Protocol):
    """Called by an engine between faces, tiles and frames.

    `fraction` is the share of `stage` that is done, 0.0 to 1.0.
    Raises JobCancelled when the owner has stopped the job; an engine lets it pass through.
    """

    def __call__(self, stage: Stage, fraction: float) -> None: ...


def no_checkpoint(stage: Stage, fraction: float) -> None:
    """A Checkpoint that never stops; for tests and one-shot use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOptions:
    """How far to restore a photo. Options that only other engines take join with those engines.

    colour: "auto" corrects casts and fading on evidence and keeps a sepia; "keep" touches no colour;
            "neutral" makes a toned or yellowed print grey, and balances a colour photo to grey, evidence or
            not; "model" lets a network decide
    """

    upscale: Upscale = "auto"
    scratches: Scratches = "auto"
    colour: Colour = "auto"

    def __post_init__(self) -> None:
        _require("upscale", self.upscale, ("auto", "1", "2", "4"))
        _require("scratches", self.scratches, ("auto", "off", "strong"))
        _require("colour", self.colour, ("auto", "keep", "neutral", "model"))

    def upscale_factor(self, width_px: int, height_px: int) -> int:
        """Output side / input side for a picture of this size."""
        if self.upscale == "auto":
            return 2 if width_px * height_px < AUTO_UPSCALE_BELOW_PX else 1
        return int(self.upscale)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePhoto:
    """A photo to restore, and what is known about it besides its pixels."""

    pixels: RgbImage
    damage: Mask | None = None  # its owner's own mask of what to repair, the photo's size; instead of looking
    jpeg: JpegCoding | None = None  # how the pixels' file was coded, where they still show it


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceInfo:
    """One face an engine found. `box` is x1, y1, x2, y2 in pixels of the engine's input picture."""

    id: int
    box: tuple[float, float, float, float]
    score: float
    used: bool  # restored or animated; False = found but left alone
    note: str | None = None  # why it was left alone: profile, too_small


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """A restored photo and what was done to it."""

    image: RgbImage
    scale: int  # output side / input side
    faces: tuple[FaceInfo, ...] = ()
    notes: tuple[str, ...] = ()  # stable codes, e.g. "scratches_repaired", "denoised", "enlarged_2x"
    scratch_mask: Mask | None = None


class Restorer(Protocol):
    """Pixels in, better pixels out. Holds weights and nothing about a request."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionCurve:
    """A preset as numbers: what a face does over time.

    channels: name -> one value per frame; names and units are in `engines/builtin/animation/coefficients.py`.
    A curve loops: the frame after the last is the first. Frame 0 is the photo as it is (every channel 0).
    """

    fps: float
    channels: Mapping[str, Sequence[float]]

    @property
    def frame_count(self) -> int:
        """Frames in one loop."""
        return len(next(iter(self.channels.values()), ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class DrivingClip:
    """A person's own clip, already cut to the part that is used. Its frames can be read once, in order."""

    fps: float
    frame_count: int
    frames: Iterator[RgbImage]
    notes: tuple[str, ...] = ()  # what was done to it before, e.g. "clip_trimmed"; an engine passes them on


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceCurves:
    """A curve of its own for each face that moves; all of one rate, and as long as the longest.

    curves: face id -> its curve; shorter ones start again
    """

    curves: Mapping[int, MotionCurve]

    def __post_init__(self) -> None:
        if len({curve.fps for curve in self.curves.values()}) != 1:
            raise InvalidOption("the faces' motions must have one frame rate", option="faces")

    @property
    def fps(self) -> float:
        """Frames a second of every curve."""
        return next(iter(self.curves.values())).fps

    @property
    def frame_count(self) -> int:
        """Frames in the film."""
        return max(curve.frame_count for curve in self.curves.values())


Driving = MotionCurve | FaceCurves | DrivingClip


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimateOptions:
    """Who moves, how much, and how large the film is.

    faces: "all", "largest", or the ids of the faces that move.
    """

    faces: Literal["all", "largest"] | tuple[int, ...] = "all"
    intensity: float = 1.0  # of the motion, 0.0 (a still film) to 1.5
    size: FilmSize = "auto"

    def __post_init__(self) -> None:
        if not 0.0 <= self.intensity <= 1.5:
            raise InvalidOption(f"intensity must be 0 to 1.5, not {self.intensity}", option="intensity")
        _require("size", self.size, ("auto", "photo", "1080", "720", "face"))
        if isinstance(self.faces, str):
            _require("faces", self.faces, ("all", "largest"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Animation:
    """A film that is still being made: read `frames` once, in order.

    Sides are even. Every frame is uint8 (height_px, width_px, 3) RGB; frames may share memory with each
    other only until the next one is asked for.
    """

    width_px: int
    height_px: int
    fps: float
    frame_count: int
    frames: Iterator[RgbImage]
    faces: tuple[FaceInfo, ...]
    notes: tuple[str, ...] = field(default=())


class Animator(Protocol):
    """A still portrait and a motion in, a film out. Raises NoFaceFound before the first frame."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation: ...


def _require(option: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidOption(f"{option} must be one of {', '.join(allowed)}", option=option)
