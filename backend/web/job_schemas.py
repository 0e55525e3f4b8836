"""JSON shapes of jobs, of what they made, and of the faces in it. As `schemas.py`."""

from marshmallow import Schema, fields, validate

from backend.domain.errors import AppError
from backend.domain.jobs import JobKind, JobState, Stage
from backend.web.film_schemas import ClipCheckSchema, FilmQualitySchema
from backend.web.print_schemas import CutPhotoSchema, FoundPrintSchema
from backend.web.schemas import nullable, words


class FaceSchema(Schema):
    """A face that was found. `box` is x1, y1, x2, y2 in pixels of the upright photo."""

    id = fields.Integer(required=True)
    box = fields.List(fields.Float(), required=True, validate=validate.Length(equal=4))
    score = fields.Float(required=True)
    note = nullable(fields.String, metadata={"description": "why it was left alone, e.g. profile, too_small"})


class RestoredFaceSchema(FaceSchema):
    """A face, and whether it was restored."""

    restored = fields.Boolean(required=True)


class AnimatedFaceSchema(FaceSchema):
    """A face, and whether it moves."""

    animated = fields.Boolean(required=True)


class _AnswerSchema(Schema):
    result_base64 = fields.String(required=True, metadata={"description": "data:<type>;base64,…"})
    engine = fields.String(required=True)
    engine_version = fields.String(required=True)
    model = nullable(fields.String)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    job_id = fields.UUID(required=True)
    media_id = fields.UUID(required=True)
    elapsed_ms = fields.Integer(required=True)
    notes = fields.List(fields.String(), required=True, metadata={"description": "codes of what was done"})


class RestoreAnswerSchema(_AnswerSchema):
    """A restored photo."""

    mask_share = nullable(
        fields.Float,
        metadata={
            "description": (
                "of the photo that was repaired, 0 to 1; where: GET /api/v1/media/{media_id}?variant=mask; "
                "null: no mask"
            )
        },
    )
    faces = fields.List(
        fields.Nested(RestoredFaceSchema),
        required=True,
        metadata={
            "description": "faces restored one by one; `builtin` works on the whole picture, lists none"
        },
    )


class AnimateAnswerSchema(_AnswerSchema):
    """A film."""

    preset = nullable(fields.String)
    fps = fields.Float(required=True)
    frames = fields.Integer(required=True)
    faces = fields.List(fields.Nested(AnimatedFaceSchema), required=True)
    quality = fields.Nested(FilmQualitySchema, required=True, allow_none=True)
    clip_checks = fields.List(fields.Nested(ClipCheckSchema), required=True)


class JobErrorSchema(Schema):
    """Why a job failed."""

    code = fields.String(required=True, metadata={"description": f"e.g. {AppError.code}"})
    title = fields.String(required=True)
    detail = fields.String(required=True)
    params = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "values for a translation of `code`"}
    )


class FaceLayerSchema(Schema):
    """Where a restored face lies, in pixels: in the result, and in the picture at `links.layers`.

    There `before` is at x = 0 and `after` at x = `row_width`, both from `row_y` down. Drawn over the result
    at `x`, `y`, (1 - f) * `after` + f * `before` shows it at fidelity f.
    """

    x = fields.Integer(required=True)
    y = fields.Integer(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    row_y = fields.Integer(required=True)
    row_width = fields.Integer(required=True)
    row_height = fields.Integer(required=True)
    scale = fields.Float(
        required=True, metadata={"description": "pixels of the layers / pixels of the result, at most 1"}
    )


class JobFaceSchema(FaceSchema):
    """A face, and whether it was worked on."""

    used = fields.Boolean(required=True)
    layer = fields.Nested(
        FaceLayerSchema,
        required=True,
        allow_none=True,
        metadata={"description": "null for a face that was not restored one by one"},
    )


class JobResultSchema(Schema):
    """What a job made, and with what.

    Of `find_prints` and `cut_prints`, type and size are those of the photo that shows the prints.
    """

    mime = fields.String(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    engine = fields.String(required=True)
    engine_version = fields.String(required=True)
    model = nullable(fields.String)
    seed = nullable(fields.Integer)
    preset = nullable(fields.String)
    fps = nullable(fields.Float)
    frames = nullable(fields.Integer)
    faces = fields.List(fields.Nested(JobFaceSchema), required=True)
    prints = fields.List(
        fields.Nested(FoundPrintSchema), required=True, metadata={"description": "found by `find_prints`"}
    )
    photos = fields.List(
        fields.Nested(CutPhotoSchema), required=True, metadata={"description": "made by `cut_prints`"}
    )
    quality = fields.Nested(
        FilmQualitySchema,
        required=True,
        allow_none=True,
        metadata={"description": "of a film; null where nothing was measured"},
    )
    clip_checks = fields.List(
        fields.Nested(ClipCheckSchema),
        required=True,
        metadata={"description": "of the caller's own clip; empty where a preset drove"},
    )
    notes = fields.List(fields.String(), required=True)
    elapsed_ms = fields.Integer(required=True)
    photo_width = nullable(
        fields.Integer, metadata={"description": "of the upright photo, in whose pixels the face boxes are"}
    )
    photo_height = nullable(fields.Integer)
    mask_share = nullable(
        fields.Float, metadata={"description": "of the photo that was repaired, 0 to 1; null: no mask"}
    )


class JobLinksSchema(Schema):
    """Where to go on. For a caller without a cookie the links carry the job's token."""

    self = fields.String(required=True)
    cancel = fields.String(required=True)
    result = nullable(fields.String, metadata={"description": "the picture or film, once there is one"})
    original = nullable(fields.String, metadata={"description": "the photo as it was sent"})
    preview = nullable(
        fields.String,
        metadata={"description": "the photo as any browser can show it, WebP; made with the result"},
    )
    mask = nullable(
        fields.String, metadata={"description": "what was repaired, white in a PNG of the photo's size"}
    )
    layers = nullable(
        fields.String,
        metadata={"description": "each restored face before and after, WebP; where: `faces[].layer`"},
    )


class JobSchema(Schema):
    """One request to make a picture or a film, as it stands."""

    id = fields.UUID(required=True)
    kind = words(*JobKind)
    state = words(*JobState)
    stage = fields.String(required=True, allow_none=True, validate=validate.OneOf((*Stage, None)))
    progress = fields.Float(required=True, validate=validate.Range(0, 1))
    queue_position = nullable(fields.Integer, metadata={"description": "jobs before this one"})
    eta_s = nullable(fields.Float)
    attempts = fields.Integer(required=True)
    cancel_requested = fields.Boolean(required=True)
    options = fields.Dict(keys=fields.String(), required=True, metadata={"description": "what was asked for"})
    engine = fields.String(
        required=True, metadata={"description": "the one used; the one asked for until then"}
    )
    upload_id = nullable(fields.UUID)
    source_job_id = nullable(fields.UUID)
    media_id = nullable(fields.UUID)
    result = fields.Nested(JobResultSchema, required=True, allow_none=True)
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True)
    links = fields.Nested(JobLinksSchema, required=True)
    created_at = fields.DateTime(required=True)
    started_at = nullable(fields.DateTime)
    finished_at = nullable(fields.DateTime)


class JobListSchema(Schema):
    """Jobs, newest first."""

    items = fields.List(fields.Nested(JobSchema), required=True)
    next_cursor = nullable(fields.String)


class JobListQuerySchema(Schema):
    """Which jobs."""

    cursor = fields.String(validate=validate.Length(max=500))
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    active = fields.Boolean(load_default=False, metadata={"description": "only those that are not over"})


class TokenQuerySchema(Schema):
    """How a caller without a cookie reaches one job."""

    token = fields.String(metadata={"description": "one-job token of a 202's Location"})
