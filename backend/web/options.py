"""Options of the two main calls: from form fields or JSON members to a checked request.

The allowed values are read off the engines' own types, so that documentation, check and engine agree.
"""

from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError

from backend.domain.jobs import JobKind
from backend.engines.animation_api import AnimateOptions
from backend.engines.api import RestoreOptions
from backend.services.face_choice import (
    FaceIds,
    FacePresets,
    face_ids,
    face_presets,
    read_face_ids,
    read_faces,
)
from backend.services.frame_choice import read_best_frame
from backend.services.requests import AnimateRequest, RestoreRequest
from backend.web.context import services
from backend.web.failures import InvalidOptions, pointer_to
from backend.web.request_schemas import AnimateFieldsSchema, RestoreFieldsSchema

IMAGE_MIMES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
FILM_MIMES = {"mp4": "video/mp4", "webm": "video/webm", "gif": "image/gif"}
DEFAULT_PRESET = "smile_blink"


def restore_request_from(sent: dict[str, object]) -> RestoreRequest:
    """A checked request. Raises InvalidOption, EngineUnavailable."""
    given = _load(RestoreFieldsSchema(), JobKind.RESTORE, sent)
    return RestoreRequest(
        engine=given["engine"],
        format=given["format"],
        options=RestoreOptions(
            upscale=given["upscale"],
            scratches=given["scratches"],
            colour=given["colour"],
            model=given["model"],
            mode=given["mode"],
            scope=given["scope"],
            background=given["background"],
            fidelity=given["fidelity"],
            face_ids=read_face_ids(given["face_ids"]),
        ),
    )


def animate_request_from(sent: dict[str, object], *, has_clip: bool) -> tuple[AnimateRequest, bool]:
    """A checked request, and whether the caller named its format. Raises InvalidOption, EngineUnavailable."""
    given = _load(AnimateFieldsSchema(), JobKind.ANIMATE, sent)
    faces = _faces_from(given["faces"])
    face_presets = faces if isinstance(faces, dict) else None
    expression = None if given["expression"] is None else str(given["expression"])
    has_motion = has_clip or face_presets is not None or expression is not None
    wanted_preset = given.get("preset", None if has_motion else DEFAULT_PRESET)
    preset = None if wanted_preset is None else services().presets.find(wanted_preset).slug
    checked = AnimateRequest(
        preset=preset,
        expression=expression,
        face_presets=face_presets,
        engine=given["engine"],
        restore_first=given.get("restore_first", given["mode"] != "parity"),
        format=given.get("format", "mp4"),
        audio=given["audio"],
        options=AnimateOptions(
            faces="all" if isinstance(faces, dict) else faces,
            intensity=given["intensity"],
            size=given["size"],
            mode=given["mode"],
            relative=given["relative"],
            adapt_scale=given["adapt_scale"],
            best_frame=read_best_frame(given["best_frame"]),
        ),
    )
    return checked, "format" in given


def _faces_from(value: object) -> FaceIds | FacePresets:
    if isinstance(value, dict):
        return face_presets(value)
    if isinstance(value, list):
        return face_ids(value)
    return read_faces(value if isinstance(value, str) else "")


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
