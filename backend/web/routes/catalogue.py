"""What there is to choose from, for everyone: presets, engines, limits, version."""

from flask import Response

from backend.media.opening import AVIF, BMP, GIF, HEIC, HEIF, JPEG, PNG, TIFF, WEBP
from backend.web import present
from backend.web.answers import json_answer
from backend.web.catalogue_schemas import EngineListSchema, LimitsSchema, PresetListSchema, VersionSchema
from backend.web.context import config, services
from backend.web.locale import wanted_locale
from backend.web.openapi import Routes
from backend.web.present_moves import preset_json

routes = Routes("catalogue", "What there is to choose from")

_PHOTO_TYPES = tuple(kind.mime for kind in (JPEG, PNG, WEBP, HEIC, HEIF, AVIF, BMP, TIFF, GIF))
_CLIP_TYPES = ("video/mp4", "video/quicktime", "video/webm", "video/x-matroska", "video/x-msvideo")


@routes.route("GET", "/presets", answers={200: PresetListSchema})
def list_presets() -> Response:
    """Expressions, with names in both languages and the motion as numbers for a preview."""
    items = [preset_json(preset) for preset in services().presets.list()]
    return json_answer({"items": items, "next_cursor": None})


@routes.route("GET", "/engines", answers={200: EngineListSchema})
def list_engines() -> Response:
    """What is installed, and why something is not."""
    items = [present.engine_json(engine, wanted_locale()) for engine in services().engines.list()]
    answer = json_answer({"items": items, "next_cursor": None})
    answer.headers.add("Vary", "Accept-Language")
    return answer


@routes.route("GET", "/limits", answers={200: LimitsSchema})
def show_limits() -> Response:
    """What this server takes, and how long it keeps a guest's things."""
    return json_answer(
        present.limits_json(
            config().limits,
            sync_timeout_s=config().sync_timeout_s,
            photo_types=_PHOTO_TYPES,
            clip_types=_CLIP_TYPES,
        )
    )


@routes.route("GET", "/version", answers={200: VersionSchema})
def show_version() -> Response:
    """What runs here."""
    return json_answer({"name": "jiuying", "version": config().version, "api": "v1"})
