"""What a caller can ask for: where the photo comes from, and the request, checked once when it is built.

`to_json` and `from_json` round-trip through the job's row, so that a job runs with exactly what was asked.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import BinaryIO, Literal, Self, get_args

from backend.domain.errors import InvalidOption
from backend.engines.animation_api import AnimateOptions
from backend.engines.api import RestoreOptions

ImageFormat = Literal["auto", "png", "jpeg", "webp"]
FilmFormat = Literal["mp4", "webm", "gif"]
Sound = Literal["none", "driving"]
RestoreEngine = Literal["auto", "builtin", "gfpgan"]
AnimateEngine = Literal["auto", "builtin", "first_order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that comes with the request. `content` is read once, from the start."""

    content: BinaryIO
    name: str  # as the client claims it; cleaned before it is stored


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSource:
    """A photo that is here already: the id of an upload, or of an earlier job whose result is meant."""

    id: str


PhotoSource = NewFile | StoredSource


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRequest:
    """Restore a photo."""

    engine: RestoreEngine = "auto"
    format: ImageFormat = "auto"
    options: RestoreOptions = field(default_factory=RestoreOptions)

    def __post_init__(self) -> None:
        _require("engine", self.engine, RestoreEngine)
        _require("format", self.format, ImageFormat)

    def require_mask_allowed(self) -> None:
        """Raise InvalidOption where the request asks to look for damage and brings a mask as well."""
        if self.options.scratches != "auto":
            raise InvalidOption("a mask is used instead of looking for scratches", option="scratches")
        if self.options.mode == "parity":
            raise InvalidOption("the official pipeline takes no mask", option="mask")

    def to_json(self) -> dict[str, object]:
        """As the job's row keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, object]) -> Self:
        """The request that `to_json` wrote."""
        fields = dict(row)
        chosen = dict(fields.pop("options"))  # type: ignore[call-overload]  # our own JSON
        if isinstance(chosen.get("face_ids"), list):  # rows of earlier versions name no faces
            chosen["face_ids"] = tuple(chosen["face_ids"])
        return cls(options=RestoreOptions(**chosen), **fields)  # type: ignore[arg-type]  # our own JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimateRequest:
    """Make a film of a photo: by a preset, by one for each face that moves, or by the caller's own clip.

    expression: id of one that the caller has saved; its clip drives as one that is sent along does
    """

    preset: str | None = None  # a slug; None when each face has its own, or a clip of the caller's drives
    expression: str | None = None
    face_presets: Mapping[int, str] | None = None  # face id -> slug; these faces move and no others
    engine: AnimateEngine = "auto"
    restore_first: bool = True
    format: FilmFormat = "mp4"
    audio: Sound = "none"
    options: AnimateOptions = field(default_factory=AnimateOptions)

    def __post_init__(self) -> None:
        _require("engine", self.engine, AnimateEngine)
        _require("format", self.format, FilmFormat)
        _require("audio", self.audio, Sound)
        if self.face_presets is not None and self.preset is not None:
            raise InvalidOption("each face has a preset of its own already", option="preset")
        if self.expression is not None and self.preset is not None:
            raise InvalidOption("give either a preset or an expression", option="expression")
        if self.expression is not None and self.face_presets is not None:
            raise InvalidOption("an expression drives all faces alike", option="faces")
        if not self.options.relative and not self.options.adapt_scale:
            raise InvalidOption("absolute motion has no scale to adapt", option="adapt_scale")
        if not self.options.relative and self.options.best_frame != "auto":
            raise InvalidOption("absolute motion starts from no frame", option="best_frame")
        if self.face_presets is not None and self.options.mode == "parity":
            raise InvalidOption("the bare network takes no faces", option="mode")
        if self.restore_first and self.options.mode == "parity":
            raise InvalidOption("the bare network takes the photo as it is", option="restore_first")
        if self.audio == "driving" and (self.preset is not None or self.face_presets is not None):
            raise InvalidOption("a preset has no sound to keep", option="audio")
        if self.audio == "driving" and self.format == "gif":
            raise InvalidOption("a gif has no sound", option="audio")

    @property
    def engine_options(self) -> AnimateOptions:
        """What the engine is asked: of faces that have presets of their own, exactly these move."""
        if self.face_presets is None:
            return self.options
        return replace(self.options, faces=tuple(sorted(self.face_presets)))

    def to_json(self) -> dict[str, object]:
        """As the job's row keeps it."""
        row = asdict(self)
        if self.face_presets is not None:  # JSON has no numbers for names
            row["face_presets"] = {str(face_id): slug for face_id, slug in self.face_presets.items()}
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, object]) -> Self:
        """The request that `to_json` wrote."""
        fields = dict(row)
        presets = fields.pop("face_presets", None)  # rows of earlier versions have none
        if presets is not None:
            presets = {int(face_id): slug for face_id, slug in presets.items()}  # type: ignore[attr-defined]  # our own JSON
        chosen = dict(fields.pop("options"))  # type: ignore[call-overload]  # our own JSON
        if isinstance(chosen["faces"], list):
            chosen["faces"] = tuple(chosen["faces"])
        return cls(face_presets=presets, options=AnimateOptions(**chosen), **fields)  # type: ignore[arg-type]  # our own JSON


def _require(option: str, value: object, words: object) -> None:
    """`words`: the Literal that types the option; its values are named once."""
    allowed = get_args(words)
    if value not in allowed:
        raise InvalidOption(f"{option} must be one of {', '.join(allowed)}", option=option)
