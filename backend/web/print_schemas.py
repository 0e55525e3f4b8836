"""JSON shapes about prints in a picture: what is asked, what is found, what is cut out. As `schemas.py`."""

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate

from backend.services.print_requests import MAX_PRINTS
from backend.web.schemas import nullable

_CORNERS_WORDS = (
    "[x, y] of the top left, top right, bottom right and bottom left corner of the print as it hangs on a "
    "wall, in pixels of the upright photo; their order turns the print upright"
)


def _corners() -> fields.List[Any]:
    point = fields.List(fields.Float(), validate=validate.Length(equal=2))
    return fields.List(
        point, required=True, validate=validate.Length(equal=4), metadata={"description": _CORNERS_WORDS}
    )


class PrintCornersSchema(Schema):
    """Where a print lies: convex, clockwise, inside the photo, each side at least 16 px."""

    corners = _corners()


class FoundPrintSchema(PrintCornersSchema):
    """A paper print in a picture of it."""

    score = fields.Float(required=True, metadata={"description": "0 to 1"})


class CutPhotoSchema(Schema):
    """A print that was cut out: an upload of its own now, a `source` for every other call."""

    upload_id = fields.UUID(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    name = fields.String(required=True)
    notes = fields.List(fields.String(), required=True, metadata={"description": "codes of what was done"})


class FindPrintsFormSchema(Schema):
    """POST /prints/find as a form: exactly one of `file` and `source`."""

    file = Upload(metadata={"description": "the picture"})
    source = fields.UUID(metadata={"description": "id of an upload or of an earlier restoration"})


class FindPrintsJsonSchema(Schema):
    """POST /prints/find as JSON: exactly one of `image` and `source`."""

    image = fields.String(metadata={"description": "data:<type>;base64,…"})
    source = fields.UUID(metadata={"description": "id of an upload or of an earlier restoration"})


class CutPrintsJsonSchema(Schema):
    """POST /prints/straighten as JSON."""

    source = fields.UUID(required=True, metadata={"description": "`source` of the answer of /prints/find"})
    prints = fields.List(
        fields.Nested(PrintCornersSchema), required=True, validate=validate.Length(1, MAX_PRINTS)
    )


class CutPrintsFormSchema(Schema):
    """POST /prints/straighten as a form."""

    source = fields.UUID(required=True, metadata={"description": "`source` of the answer of /prints/find"})
    prints = fields.String(required=True, metadata={"description": "the JSON of `prints`, as text"})


class _PrintsAnswerSchema(Schema):
    upload_id = nullable(fields.UUID, metadata={"description": "the picture as it was sent"})
    job_id = fields.UUID(required=True)
    elapsed_ms = fields.Integer(required=True)
    notes = fields.List(fields.String(), required=True)


class FindPrintsAnswerSchema(_PrintsAnswerSchema):
    """The prints in a picture, in reading order; none where the picture is itself the photo."""

    source = fields.UUID(
        required=True, metadata={"description": "what was looked at: give it back with the corners"}
    )
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    prints = fields.List(fields.Nested(FoundPrintSchema), required=True)


class CutPrintsAnswerSchema(_PrintsAnswerSchema):
    """The photos that were cut out, in the order in which they were asked for."""

    photos = fields.List(fields.Nested(CutPhotoSchema), required=True)
