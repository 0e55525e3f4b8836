"""JSON shapes of saved expressions, in and out. As `schemas.py`."""

from marshmallow import Schema, fields, validate

from backend.domain.expressions import MAX_NAME_CHARS

_NAME = {"description": f"1 to {MAX_NAME_CHARS} characters, none of them invisible"}


class ExpressionSchema(Schema):
    """A clip of the caller's own that was kept. `id` is an `expression` for POST /animate."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    duration_s = fields.Float(required=True)
    created_at = fields.DateTime(required=True)


class ExpressionListSchema(Schema):
    """All of the caller's, newest first; there is no second page."""

    items = fields.List(fields.Nested(ExpressionSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ExpressionNameSchema(Schema):
    """PATCH /expressions/{id}."""

    # Longer here than what is kept: spaces may go, and the service says what a name is.
    name = fields.String(required=True, validate=validate.Length(1, 2 * MAX_NAME_CHARS), metadata=_NAME)


class NewExpressionSchema(ExpressionNameSchema):
    """POST /expressions."""

    job_id = fields.UUID(
        required=True, metadata={"description": "a film of the caller's that an own clip drove"}
    )
