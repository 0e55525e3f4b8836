"""JSON shapes of what was measured of a film and of the clip that drove it. As `schemas.py`."""

from marshmallow import Schema, fields

from backend.web.schemas import nullable


class FilmQualitySchema(Schema):
    """How good a film is, as measured while it was made; null = cannot be told for this film.

    Of several faces the worst counts.
    """

    identity_change = nullable(
        fields.Float, metadata={"description": "0 = the same face in every frame, 1 = nothing of it left"}
    )
    jitter = nullable(
        fields.Float,
        metadata={"description": "trembling, in pixels of a face 256 pixels wide"},
    )
    flicker = nullable(
        fields.Float, metadata={"description": "of the skin from frame to frame, grey levels of 255"}
    )
    seam = nullable(
        fields.Float, metadata={"description": "edges around what moves, against the photo's; 1 = none added"}
    )
    outside = nullable(
        fields.Float,
        metadata={"description": "largest change outside the faces, grey levels of 255; 0 = none at all"},
    )
    loop = nullable(
        fields.Float,
        metadata={
            "description": "step from the last frame to the first, against the usual step; 1 = no jump"
        },
    )
    start = nullable(
        fields.Float, metadata={"description": "first frame against the photo, grey levels of 255"}
    )


class ClipCheckSchema(Schema):
    """One thing that was looked at in the clip that drove a film."""

    name = fields.String(
        required=True,
        metadata={
            "description": (
                "cut, jitter, neutral_start, face, frontal, loop, invertible, background, amplitude, domain"
            )
        },
    )
    passed = fields.Boolean(required=True)
    value = nullable(fields.Float, metadata={"description": "what was measured, in the check's own unit"})
    limit = nullable(fields.Float, metadata={"description": "what is wanted"})
    frames = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "where it fails, from 0 at the first frame that is used; the first 20"},
    )
