"""What an engine is to everything above it, and what one that restores takes and gives.

For those that animate see `animation_api.py`.

Free of torch and OpenCV, so that the web process may read it. Pixels follow `media/types.py`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias, get_args

from backend.domain.errors import InvalidOption
from backend.domain.jobs import Stage
from backend.media.jpeg_coding import JpegCoding
from backend.media.types import DeepImage, Mask, RgbImage

Upscale = Literal["auto", "1", "2", "4"]
Scratches = Literal["auto", "off", "strong"]
Colour = Literal["auto", "keep", "neutral", "model"]
FaceModel = Literal["v1.4", "v1.3", "v1.2", "v1", "restoreformer"]
RestoreMode = Literal["best", "fast", "parity"]
Scope = Literal["full", "faces"]
Background = Literal["gfpgan", "realesrgan", "none"]
Device = Literal["auto", "cpu", "cuda", "mps", "openvino"]
Precision = Literal["auto", "fp32", "bf16"]

Point: TypeAlias = tuple[float, float]
"""x, y in pixels."""

# Of RestoreOptions, those that need a network.
NETWORK_OPTIONS: Final = ("model", "mode", "scope", "background", "fidelity", "face_ids")

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
    """How far to restore a photo. `NETWORK_OPTIONS` are taken by engines with weights only.

    colour: "auto" corrects casts and fading on evidence and keeps a sepia; "keep" touches no colour;
            "neutral" makes a toned or yellowed print grey, and balances a colour photo to grey, evidence or
            not; "model" lets a network decide
    model: which weights; None = the best that is installed
    mode: "parity" is the official pipeline to the pixel
    scope, background: the whole picture and the faces on it, or only the faces; and what restores the rest
    fidelity: 0.0 = the model's face, 1.0 = the face of the photo
    face_ids: which faces; None = all, "centre" = the one nearest to the picture's centre
    """

    upscale: Upscale = "auto"
    scratches: Scratches = "auto"
    colour: Colour = "auto"
    model: FaceModel | None = None
    mode: RestoreMode = "best"
    scope: Scope = "full"
    background: Background = "gfpgan"
    fidelity: float = 0.0
    face_ids: tuple[int, ...] | Literal["centre"] | None = None

    def __post_init__(self) -> None:
        require_word("model", self.model, (None, *get_args(FaceModel)))
        require_word("mode", self.mode, get_args(RestoreMode))
        require_word("scope", self.scope, get_args(Scope))
        require_word("background", self.background, get_args(Background))
        if not 0.0 <= self.fidelity <= 1.0:
            raise InvalidOption(f"fidelity must be 0 to 1, not {self.fidelity}", option="fidelity")
        if self.mode == "parity" and self.fidelity != 0.0:
            raise InvalidOption("the official pipeline has no fidelity: parity takes 0", option="fidelity")
        require_word("upscale", self.upscale, ("auto", "1", "2", "4"))
        require_word("scratches", self.scratches, ("auto", "off", "strong"))
        require_word("colour", self.colour, ("auto", "keep", "neutral", "model"))

    def upscale_factor(self, width_px: int, height_px: int) -> int:
        """Output side / input side for a picture of this size."""
        if self.upscale == "auto":
            return 2 if width_px * height_px < AUTO_UPSCALE_BELOW_PX else 1
        return int(self.upscale)


FivePoints: TypeAlias = tuple[Point, Point, Point, Point, Point]
"""Eye, eye, nose tip, mouth corner, mouth corner, left to right as seen; pixels of the photo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePhoto:
    """A photo to restore, and what is known about it besides its pixels."""

    pixels: RgbImage
    damage: Mask | None = None  # its owner's own mask of what to repair, the photo's size; instead of looking
    jpeg: JpegCoding | None = None  # how the pixels' file was coded, where they still show it
    deep: DeepImage | None = None  # the same picture, where there are 16 bits a channel of it
    landmarks: tuple[FivePoints, ...] | None = None  # of its faces, given instead of looking for them
    is_face_crop: bool = False  # a face that is aligned already, as the networks were trained on


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceInfo:
    """One face an engine found. `box` is x1, y1, x2, y2 in pixels of the engine's input picture."""

    id: int
    box: tuple[float, float, float, float]
    score: float
    used: bool  # restored or animated; False = found but left alone
    note: str | None = None  # why it was left alone: profile, too_small, outside, not_chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceCrop:
    """A face as a network saw it and as it came out: uint8 (512, 512, 3) RGB each."""

    face_id: int
    before: RgbImage
    after: RgbImage


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceLayer:
    """Where a restored face was pasted, without it and with it (fidelity 0): what a slider blends.

    x, y: left and top in pixels of the result. before, after: uint8 (h, w, 3) RGB; they are equal along
    their edges, except where another face lies there, and (1 - f) * after + f * before, rounded, is the
    result at fidelity f. Where the layers of two faces overlap, both show both faces: it does not matter
    which is drawn last.
    """

    face_id: int
    x: int
    y: int
    before: RgbImage
    after: RgbImage


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """A restored photo and what was done to it."""

    image: RgbImage
    scale: int  # output side / input side
    faces: tuple[FaceInfo, ...] = ()
    notes: tuple[str, ...] = ()  # stable codes, e.g. "scratches_repaired", "denoised", "enlarged_2x"
    deep: DeepImage | None = None  # the image once more, where the photo came with 16 bits a channel
    scratch_mask: Mask | None = None
    model: str | None = None  # which weights, as `RestoreOptions.model` names them, or a file's name
    crops: tuple[FaceCrop, ...] = ()
    layers: tuple[FaceLayer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GfpganSetup:
    """How the engine `gfpgan` is put together, where a person says so; by itself it looks into the weights.

    model_path, parse_model: files to use instead of those in the weights folder, own or fine-tuned ones too
    device, precision: "auto" = the best this machine has; half precision ruins GFPGAN and is not offered;
        "openvino" = the processor, with GFPGAN through OpenVINO, an optional package
    """

    model_path: Path | None = None
    parse_model: Path | None = None
    device: Device = "auto"
    precision: Precision = "auto"


class Restorer(Protocol):
    """Pixels in, better pixels out. Holds weights and nothing about a request."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration: ...


def require_word(option: str, value: object, allowed: tuple[str | None, ...]) -> None:
    """Raise InvalidOption where an option has a value that is not one of its words."""
    if value not in allowed:
        raise InvalidOption(
            f"{option} must be one of {', '.join(word for word in allowed if word)}", option=option
        )
