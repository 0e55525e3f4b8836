"""JSON shapes of the answers. They document: the page's TypeScript types are generated from them.

A name here is a name there (`JobSchema` -> `Job`). `present.py` fills them; a test holds the two together.
"""

from typing import Any

from marshmallow import Schema, fields, validate

from backend.domain.media import UploadKind, Variant


def nullable(kind: type[fields.Field[Any]], **kwargs: Any) -> fields.Field[Any]:
    """A member that is always there, and may be null."""
    return kind(required=True, allow_none=True, **kwargs)


def words(*allowed: str, **kwargs: Any) -> fields.String:
    """A member that is one of a few words."""
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


class UploadSchema(Schema):
    """A photo or clip that is here."""

    id = fields.UUID(required=True)
    kind = words(*UploadKind)
    name = fields.String(required=True)
    mime = fields.String(required=True, metadata={"description": "by content"})
    size_bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    width = nullable(fields.Integer)
    height = nullable(fields.Integer)
    cut_from_upload_id = nullable(
        fields.UUID, metadata={"description": "the picture of a print that this photo was cut out of"}
    )
    created_at = fields.DateTime(required=True)


class MediaQuerySchema(Schema):
    """Which file of a thing, and how."""

    variant = fields.String(validate=validate.OneOf(tuple(Variant)))
    download = fields.Boolean(load_default=False, metadata={"description": "as an attachment"})
    lang = fields.String(metadata={"description": "language of the file's name: zh-CN or en"})
    token = fields.String(metadata={"description": "one-job token, for callers without a cookie"})


class MeSchema(Schema):
    """Who the session belongs to."""

    id = fields.UUID(required=True)
    is_guest = fields.Boolean(required=True)
    username = nullable(fields.String)
    locale = nullable(fields.String)
    expires_at = nullable(fields.DateTime, metadata={"description": "when a guest, with all photos, goes"})
    session_expires_at = fields.DateTime(required=True)
    csrf_token = fields.String(required=True, metadata={"description": "send it back as X-CSRF-Token"})
    insecure_transport = fields.Boolean(
        required=True, metadata={"description": "true = plain HTTP over a network; the page must warn"}
    )
