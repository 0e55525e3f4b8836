"""Options of the two main calls: from form fields or JSON members to a checked request.

The allowed values are read off the engines' own types, so that documentation, check and engine agree.
"""

import re
from typing import Any, Literal

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError

from backend.domain.jobs import JobKind
from backend.engines.api import AnimateOptions, RestoreOptions
from backend.services.requests import AnimateRequest, RestoreRequest
from backend.web.context import services
from backend.web.failures import InvalidOptions, pointer_to
from backend.web.request_schemas import AnimateFieldsSchema, RestoreFieldsSchema

IMAGE_MIMES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
FILM_MIMES = {"mp4": "video/mp4", "webm": "video/webm", "gif": "image/gif"}
DEFAULT_PRESET = "smile_blink"
_MAX_FACES = 100


def restore_request_from(sent: dict[str, object]) -> RestoreRequest:
    """A checked request. Raises InvalidOption, EngineUnavailable."""
    given = _load(RestoreFieldsSchema(), JobKind.RESTORE, sent)
    return RestoreRequest(
        engine=given["engine"],
        format=given["format"],
        options=RestoreOptions(
            upscale=given["upscale"], scratches=given["scratches"], colour=given["colour"]
        ),
    )


def animate_request_from(sent: dict[str, object], *, has_clip: bool) -> tuple[AnimateRequest, bool]:
    """A checked request, and whether the caller named its format. Raises InvalidOption, EngineUnavailable."""
    given = _load(AnimateFieldsSchema(), JobKind.ANIMATE, sent)
    wanted_preset = given.get("preset", None if has_clip else DEFAULT_PRESET)
    preset = None if wanted_preset is None else services().presets.find(wanted_preset).slug
    checked = AnimateRequest(
        preset=preset,
        engine=given["engine"],
        restore_first=given["restore_first"],
        format=given.get("format", "mp4"),
        audio=given["audio"],
        options=AnimateOptions(
            faces=_faces_from(given["faces"]), intensity=given["intensity"], size=given["size"]
        ),
    )
    return checked, "format" in given


def _faces_from(value: object) -> Literal["all", "largest"] | tuple[int, ...]:
    if value == "all":
        return "all"
    if value == "largest":
        return "largest"
    parts = value.split(",") if isinstance(value, str) else value
    if isinstance(parts, list) and 0 < len(parts) <= _MAX_FACES and all(map(_is_face_id, parts)):
        return tuple(sorted({int(part) for part in parts}))
    raise InvalidOptions("faces is all, largest or a list of ids", pointers=["/faces"])


def _is_face_id(part: object) -> bool:
    """A whole number of at most four digits, in JSON or as text."""
    is_whole = isinstance(part, int | str) and not isinstance(part, bool)
    return is_whole and re.fullmatch(r"\s*[0-9]{1,4}\s*", str(part)) is not None


def _names_in(error: ValidationError) -> list[str]:
    return [str(name) for name in error.messages] if isinstance(error.messages, dict) else ["_schema"]


def query_from(schema: Schema) -> dict[str, Any]:
    """The request's query, checked. Parameters that the schema does not know are left alone."""
    try:
        loaded: dict[str, Any] = schema.load(request.args.to_dict(), unknown=EXCLUDE)
    except ValidationError as error:
        wrong = _names_in(error)
        raise InvalidOptions(
            "the query is not valid", pointers=[pointer_to(name) for name in wrong]
        ) from error
    return loaded


def _load(schema: Schema, kind: JobKind, sent: dict[str, object]) -> dict[str, Any]:
    """Check against the schema. A missing engine is named before the options that only it takes."""
    try:
        loaded: dict[str, Any] = schema.load(sent)
    except ValidationError as error:
        wrong = _names_in(error)
        if "engine" not in wrong:
            services().engines.resolve(kind, str(sent.get("engine", "auto")))
        raise InvalidOptions(
            f"not valid: {', '.join(wrong)[:200]}", pointers=[pointer_to(name) for name in wrong]
        ) from error
    return loaded
