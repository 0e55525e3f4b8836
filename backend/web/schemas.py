"""JSON shapes of the answers. They document: the page's TypeScript types are generated from them.

A name here is a name there (`JobSchema` -> `Job`). `present.py` fills them; a test holds the two together.
"""

from typing import Any

from marshmallow import Schema, fields, validate

from backend.domain.errors import AppError
from backend.domain.jobs import JobKind, JobState, Stage
from backend.domain.media import UploadKind, Variant


def _nullable(kind: type[fields.Field[Any]], **kwargs: Any) -> fields.Field[Any]:
    return kind(required=True, allow_none=True, **kwargs)


def _words(*allowed: str, **kwargs: Any) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(allowed), **kwargs)


class FaultSchema(Schema):
    """Where in the request a problem lies."""

    pointer = fields.String(required=True, metadata={"description": "JSON pointer, e.g. /upscale"})
    code = fields.String(required=True)


class ProblemSchema(Schema):
    """An error, as RFC 9457 has it. `code` never changes; `title` and `detail` follow Accept-Language."""

    type = fields.String(required=True, metadata={"description": "urn:jiuying:problem:<code>"})
    code = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(
        required=True, metadata={"description": "the request id, for the operator's log"}
    )
    errors = fields.List(fields.Nested(FaultSchema), required=True)
    checks = fields.Dict(
        keys=fields.String(), values=fields.Boolean(), metadata={"description": "/readyz only"}
    )


class FaceSchema(Schema):
    """A face that was found. `box` is x1, y1, x2, y2 in pixels of the upright photo."""

    id = fields.Integer(required=True)
    box = fields.List(fields.Float(), required=True, validate=validate.Length(equal=4))
    score = fields.Float(required=True)
    note = _nullable(
        fields.String, metadata={"description": "why it was left alone, e.g. profile, too_small"}
    )


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
    model = _nullable(fields.String)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    job_id = fields.UUID(required=True)
    media_id = fields.UUID(required=True)
    elapsed_ms = fields.Integer(required=True)
    notes = fields.List(fields.String(), required=True, metadata={"description": "codes of what was done"})


class RestoreAnswerSchema(_AnswerSchema):
    """A restored photo."""

    faces = fields.List(fields.Nested(RestoredFaceSchema), required=True)


class AnimateAnswerSchema(_AnswerSchema):
    """A film."""

    preset = _nullable(fields.String)
    fps = fields.Float(required=True)
    frames = fields.Integer(required=True)
    faces = fields.List(fields.Nested(AnimatedFaceSchema), required=True)


class JobErrorSchema(Schema):
    """Why a job failed."""

    code = fields.String(required=True, metadata={"description": f"e.g. {AppError.code}"})
    title = fields.String(required=True)
    detail = fields.String(required=True)
    params = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "values for a translation of `code`"}
    )


class JobFaceSchema(FaceSchema):
    """A face, and whether it was worked on."""

    used = fields.Boolean(required=True)


class JobResultSchema(Schema):
    """What a job made, and with what."""

    mime = fields.String(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    engine = fields.String(required=True)
    engine_version = fields.String(required=True)
    model = _nullable(fields.String)
    seed = _nullable(fields.Integer)
    preset = _nullable(fields.String)
    fps = _nullable(fields.Float)
    frames = _nullable(fields.Integer)
    faces = fields.List(fields.Nested(JobFaceSchema), required=True)
    notes = fields.List(fields.String(), required=True)
    elapsed_ms = fields.Integer(required=True)


class JobLinksSchema(Schema):
    """Where to go on. For a caller without a cookie the links carry the job's token."""

    self = fields.String(required=True)
    cancel = fields.String(required=True)
    result = _nullable(fields.String, metadata={"description": "the picture or film, once there is one"})
    original = _nullable(fields.String, metadata={"description": "the photo as it was sent"})
    preview = _nullable(
        fields.String,
        metadata={"description": "the photo as any browser can show it, WebP; made with the result"},
    )


class JobSchema(Schema):
    """One request to make a picture or a film, as it stands."""

    id = fields.UUID(required=True)
    kind = _words(*JobKind)
    state = _words(*JobState)
    stage = fields.String(required=True, allow_none=True, validate=validate.OneOf((*Stage, None)))
    progress = fields.Float(required=True, validate=validate.Range(0, 1))
    queue_position = _nullable(fields.Integer, metadata={"description": "jobs before this one"})
    eta_s = _nullable(fields.Float)
    attempts = fields.Integer(required=True)
    cancel_requested = fields.Boolean(required=True)
    options = fields.Dict(keys=fields.String(), required=True, metadata={"description": "what was asked for"})
    engine = fields.String(
        required=True, metadata={"description": "the one used; the one asked for until then"}
    )
    upload_id = _nullable(fields.UUID)
    source_job_id = _nullable(fields.UUID)
    media_id = _nullable(fields.UUID)
    result = fields.Nested(JobResultSchema, required=True, allow_none=True)
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True)
    links = fields.Nested(JobLinksSchema, required=True)
    created_at = fields.DateTime(required=True)
    started_at = _nullable(fields.DateTime)
    finished_at = _nullable(fields.DateTime)


class JobListSchema(Schema):
    """Jobs, newest first."""

    items = fields.List(fields.Nested(JobSchema), required=True)
    next_cursor = _nullable(fields.String)


class JobListQuerySchema(Schema):
    """Which jobs."""

    cursor = fields.String(validate=validate.Length(max=500))
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    active = fields.Boolean(load_default=False, metadata={"description": "only those that are not over"})


class UploadSchema(Schema):
    """A photo or clip that is here."""

    id = fields.UUID(required=True)
    kind = _words(*UploadKind)
    name = fields.String(required=True)
    mime = fields.String(required=True, metadata={"description": "by content"})
    size_bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    width = _nullable(fields.Integer)
    height = _nullable(fields.Integer)
    created_at = fields.DateTime(required=True)


class MediaQuerySchema(Schema):
    """Which file of a thing, and how."""

    variant = fields.String(validate=validate.OneOf(tuple(Variant)))
    download = fields.Boolean(load_default=False, metadata={"description": "as an attachment"})
    lang = fields.String(metadata={"description": "language of the file's name: zh-CN or en"})
    token = fields.String(metadata={"description": "one-job token, for callers without a cookie"})


class TokenQuerySchema(Schema):
    """How a caller without a cookie reaches one job."""

    token = fields.String(metadata={"description": "one-job token of a 202's Location"})


class MeSchema(Schema):
    """Who the session belongs to."""

    id = fields.UUID(required=True)
    is_guest = fields.Boolean(required=True)
    username = _nullable(fields.String)
    locale = _nullable(fields.String)
    expires_at = _nullable(fields.DateTime, metadata={"description": "when a guest, with all photos, goes"})
    session_expires_at = fields.DateTime(required=True)
    csrf_token = fields.String(required=True, metadata={"description": "send it back as X-CSRF-Token"})
    insecure_transport = fields.Boolean(
        required=True, metadata={"description": "true = plain HTTP over a network; the page must warn"}
    )
