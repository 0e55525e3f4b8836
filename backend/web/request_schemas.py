"""Bodies of requests: what may be sent, and the allowed values, read off the engines' own types."""

from typing import Any, get_args

from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate

from backend.domain.media import SENT_ALONE
from backend.engines.animation_api import AnimateMode, FilmSize
from backend.engines.api import Background, Colour, FaceModel, RestoreMode, Scope, Scratches, Upscale
from backend.services.frame_choice import FRAME_NUMBER
from backend.services.requests import AnimateEngine, FilmFormat, ImageFormat, RestoreEngine, Sound

MASK_DESCRIPTION = (
    "what to repair, instead of looking for scratches: PNG, BMP, GIF or TIFF; white is repaired, black and "
    "transparent are not; of the upright photo's size, or its sides divided by a whole number and rounded "
    "up; only with `scratches=auto`"
)


class Choice(fields.String):
    """One of a few words. JSON may write those that are numbers as numbers."""

    def __init__(self, allowed: object, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(get_args(allowed)), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return super()._deserialize(str(value) if is_number else value, attr, data, **kwargs)


class PresetName(fields.String):
    """A preset's slug, or its number in the first prototype: 3, 6, 9, 12."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return super()._deserialize(str(value) if is_number else value, attr, data, **kwargs)


class RestoreFieldsSchema(Schema):
    """Options of POST /restore."""

    engine = Choice(
        RestoreEngine,
        load_default="auto",
        metadata={"description": "`auto` = the best that is installed"},
    )
    upscale = Choice(Upscale, load_default="auto", metadata={"description": "output side / input side"})
    format = Choice(
        ImageFormat,
        load_default="auto",
        metadata={"description": "`auto`: lossless in, lossless out, else JPEG"},
    )
    scratches = Choice(
        Scratches, load_default="auto", metadata={"description": "clean-up before anything else"}
    )
    colour = Choice(
        Colour,
        load_default="auto",
        metadata={
            "description": "`auto`: casts and fading, on evidence. `keep` touches no colour. `neutral`: a "
            "toned or yellowed print in grey; a colour photo balanced to grey, without asking for evidence. "
            "`model` lets the network change or add colour (`gfpgan` only)"
        },
    )
    model = Choice(
        FaceModel,
        load_default=None,
        allow_none=True,
        metadata={"description": "which weights; null = the best that is installed. `gfpgan` only"},
    )
    mode = Choice(
        RestoreMode,
        load_default="best",
        metadata={"description": "`parity` = the official pipeline to the pixel. `gfpgan` only"},
    )
    scope = Choice(
        Scope,
        load_default="full",
        metadata={"description": "the whole picture and the faces on it, or only the faces. `gfpgan` only"},
    )
    background = Choice(
        Background,
        load_default="gfpgan",
        metadata={"description": "what restores the rest when `scope=full`. `gfpgan` only"},
    )
    fidelity = fields.Float(
        load_default=0.0,
        validate=validate.Range(0.0, 1.0),
        metadata={
            "description": "0 = the model's face, 1 = the face of the photo; `parity` takes 0. `gfpgan` only"
        },
    )
    face_ids = fields.Raw(
        load_default=None,
        allow_none=True,
        metadata={
            "description": (
                "which faces are restored: null or `all`, `centre`, or ids, `0,2` in a form and `[0, 2]` in "
                "JSON, an empty list for none. `gfpgan` only"
            ),
            "oneOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "integer"}},
                {"type": "null"},
            ],
        },
    )


class AnimateFieldsSchema(Schema):
    """Options of POST /animate."""

    preset = PresetName(
        validate=validate.Length(min=1, max=64),
        metadata={
            "description": (
                "a slug of GET /api/v1/presets, or 3, 6, 9, 12; "
                "`smile_blink` unless a clip or an expression drives or each face has its own"
            )
        },
    )
    engine = Choice(
        AnimateEngine,
        load_default="auto",
        metadata={"description": "`auto` = the best that is installed"},
    )
    expression = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "id of one of the caller's saved expressions, instead of `preset`"},
    )
    mode = Choice(
        AnimateMode,
        load_default="best",
        metadata={
            "description": (
                "`fast` gives up a little for speed; `parity` = the bare network on the driving frames as "
                "they are, and takes no `faces`, `intensity` or `size`. `first_order` only"
            )
        },
    )
    relative = fields.Boolean(
        load_default=True,
        metadata={
            "description": "move by how much the driver moves, not to where the driver is. `first_order` only"
        },
    )
    adapt_scale = fields.Boolean(
        load_default=True,
        metadata={"description": "a larger face moves further; with `relative`. `first_order` only"},
    )
    best_frame = fields.Raw(
        load_default="auto",
        metadata={
            "description": (
                "the driving frame, from 0, that shows the photo's face at rest: `auto`, `first`, or its "
                "number; with `relative`. `first_order` only"
            ),
            "oneOf": [
                {"type": "string", "enum": ["auto", "first"]},
                {"type": "string", "pattern": f"^{FRAME_NUMBER.pattern}$"},
                {"type": "integer", "minimum": 0, "maximum": 999_999},
            ],
        },
    )
    restore_first = fields.Boolean(
        metadata={
            "description": "restore, then animate; true unless `mode=parity`, which takes the photo as it is"
        }
    )
    faces = fields.Raw(
        load_default="all",
        metadata={
            "description": (
                "who moves: `all`, `largest`, or ids, `0,2` in a form and `[0, 2]` in JSON; or how each face "
                'moves, `0:smile,2:nod` in a form and `{"0": "smile", "2": "nod"}` in JSON, without `preset`'
            ),
            "oneOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "integer"}},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ],
        },
    )
    intensity = fields.Float(
        load_default=1.0, validate=validate.Range(0.0, 1.5), metadata={"description": "of the motion"}
    )
    size = Choice(
        FilmSize,
        load_default="auto",
        metadata={
            "description": (
                "`auto` = long side at most 1280 px, which any phone plays; `photo` = as the photo; `1080`, "
                "`720` = that many rows at most; `face` = a square around the face"
            )
        },
    )
    format = Choice(FilmFormat, metadata={"description": "`mp4` unless `Accept` names another"})
    audio = Choice(Sound, load_default="none", metadata={"description": "keep the clip's sound"})


class RestoreFormSchema(RestoreFieldsSchema):
    """POST /restore as a form: exactly one of `file` and `source`, perhaps a `mask`, and the options."""

    file = Upload(metadata={"description": "the photo"})
    mask = Upload(metadata={"description": MASK_DESCRIPTION})
    source = fields.UUID(metadata={"description": "id of an upload or of an earlier job"})


class RestoreJsonSchema(RestoreFieldsSchema):
    """POST /restore as JSON: exactly one of `image` and `source`, perhaps a `mask`, and the options."""

    image = fields.String(metadata={"description": "data:<type>;base64,…"})
    mask = fields.String(metadata={"description": f"data:<type>;base64,…: {MASK_DESCRIPTION}"})
    source = fields.UUID(metadata={"description": "id of an upload or of an earlier job"})


class AnimateFormSchema(AnimateFieldsSchema):
    """POST /animate as a form: exactly one of `file` and `source`; `preset` or `driving`; the options."""

    file = Upload(metadata={"description": "the photo"})
    driving = Upload(metadata={"description": "the caller's own clip, instead of a preset"})
    source = fields.UUID(metadata={"description": "id of an upload or of an earlier job"})


class AnimateJsonSchema(AnimateFieldsSchema):
    """POST /animate as JSON: exactly one of `image` and `source`, and the options."""

    image = fields.String(metadata={"description": "data:<type>;base64,…"})
    source = fields.UUID(metadata={"description": "id of an upload or of an earlier job"})


class UploadFormSchema(Schema):
    """POST /uploads."""

    file = Upload(required=True)
    kind = fields.String(load_default="photo", validate=validate.OneOf(SENT_ALONE))
