"""JSON shapes of what there is to choose from: presets, engines, limits, version. As `schemas.py`."""

from marshmallow import Schema, fields, validate

from backend.domain.jobs import JobKind

_ENGINE_TASKS = tuple(kind.value for kind in JobKind if kind.makes_media)


class PresetNamesSchema(Schema):
    """A preset's name in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class PresetPreviewSchema(Schema):
    """The motion as numbers, thinned for drawing: one value a frame for every channel. It loops."""

    fps = fields.Float(required=True)
    channels = fields.Dict(keys=fields.String(), values=fields.List(fields.Float()), required=True)


class PresetSchema(Schema):
    """An expression to pick."""

    slug = fields.String(required=True)
    number = fields.Integer(
        required=True, allow_none=True, metadata={"description": "its number in the first prototype"}
    )
    names = fields.Nested(PresetNamesSchema, required=True)
    duration_s = fields.Float(required=True)
    fps = fields.Float(required=True)
    frames = fields.Integer(required=True)
    licence = fields.String(required=True)
    preview = fields.Nested(PresetPreviewSchema, required=True, allow_none=True)


class PresetListSchema(Schema):
    """All presets; there is no second page."""

    items = fields.List(fields.Nested(PresetSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class EngineModelSchema(Schema):
    """A choice of weights for an engine."""

    name = fields.String(
        required=True,
        metadata={"description": "as the option `model` has it, else the file's"},
    )
    installed = fields.Boolean(required=True)
    weights = fields.String(required=True, metadata={"description": "its name in GET /weights"})
    licence = fields.String(required=True)
    commercial_use = fields.Boolean(required=True)
    purpose = fields.String(required=True, metadata={"description": "in the caller's language"})


class EngineSchema(Schema):
    """What can do a task here, or why it cannot."""

    task = fields.String(required=True, validate=validate.OneOf(_ENGINE_TASKS))
    name = fields.String(required=True)
    installed = fields.Boolean(required=True)
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "code; null when installed"}
    )
    needs_weights = fields.Boolean(required=True)
    version = fields.String(required=True, allow_none=True)
    models = fields.List(
        fields.Nested(EngineModelSchema), required=True, metadata={"description": "best first; may be empty"}
    )


class EngineListSchema(Schema):
    """All engines; there is no second page."""

    items = fields.List(fields.Nested(EngineSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PhotoLimitsSchema(Schema):
    """Which photos are taken."""

    max_bytes = fields.Integer(required=True)
    max_pixels = fields.Integer(required=True)
    max_side_px = fields.Integer(required=True)
    min_side_px = fields.Integer(required=True)
    types = fields.List(fields.String(), required=True)


class ClipLimitsSchema(Schema):
    """Which driving clips are taken."""

    max_bytes = fields.Integer(required=True)
    max_duration_s = fields.Float(required=True)
    used_duration_s = fields.Float(
        required=True, metadata={"description": "the best part of this length drives"}
    )
    types = fields.List(fields.String(), required=True)


class LimitsSchema(Schema):
    """What this server takes and how long it keeps it."""

    photo = fields.Nested(PhotoLimitsSchema, required=True)
    clip = fields.Nested(ClipLimitsSchema, required=True)
    sync_timeout_s = fields.Float(required=True)
    guest_hours = fields.Float(required=True)


class VersionSchema(Schema):
    """What runs here."""

    name = fields.String(required=True)
    version = fields.String(required=True)
    api = fields.String(required=True)
