"""JSON shapes of model files. As `schemas.py`."""

from marshmallow import Schema, fields, validate

from backend.checkpoints.status import FileState


class WeightsFileSchema(Schema):
    """A model file that is known, and where it stands here."""

    name = fields.String(required=True)
    file = fields.String(required=True, metadata={"description": "its name in the weights folder"})
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in FileState]))
    refusal = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "why a file that is there is not used: truncated, checksum, unreadable"},
    )
    failure = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "why the last download ended: network, not_found, checksum, cancelled, …"},
    )
    bytes = fields.Integer(
        required=True, allow_none=True, metadata={"description": "of the whole file; null = not known"}
    )
    bytes_so_far = fields.Integer(required=True)
    engine = fields.String(required=True)
    role = fields.String(required=True)
    model = fields.String(required=True, allow_none=True)
    default = fields.Boolean(required=True, metadata={"description": "part of the recommended set"})
    licence = fields.String(required=True)
    licence_note = fields.String(required=True, metadata={"description": "in the caller's language"})
    commercial_use = fields.Boolean(required=True)
    purpose = fields.String(required=True, metadata={"description": "in the caller's language"})
    has_address = fields.Boolean(
        required=True, metadata={"description": "false = can only be imported, by the command line"}
    )


class WeightsListSchema(Schema):
    """All known model files; there is no second page."""

    items = fields.List(fields.Nested(WeightsFileSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    may_download = fields.Boolean(
        required=True, metadata={"description": "whether this caller may have the server fetch them"}
    )


class DownloadQuerySchema(Schema):
    """What a caller says when asking for a download."""

    accept_non_commercial = fields.Boolean(
        load_default=False,
        metadata={"description": "needed for files with `commercial_use` false"},
    )
