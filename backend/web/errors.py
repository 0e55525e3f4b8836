"""Errors to answers: the one table of statuses, and problem+json (RFC 9457) for every failure.

Nothing here tells the caller what the code was doing: no stack trace, no path, no message of a library.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from backend.domain import errors as domain
from backend.web.context import config
from backend.web.failures import (
    DownloadNotAllowed,
    InsecureTransport,
    InvalidOptions,
    JobFailed,
    NotAcceptable,
    NotReady,
    RangeNotSatisfiable,
    UnsupportedContentType,
    pointer_to,
)
from backend.web.locale import wanted_locale
from backend.web.problems import words_for

logger = structlog.get_logger(__name__)

PROBLEM_TYPE = "application/problem+json"


STATUSES: Final[Mapping[type[domain.AppError], int]] = {
    domain.AppError: 500,
    domain.InvalidInput: 422,
    domain.MalformedRequest: 400,
    domain.InvalidOption: 422,
    domain.UnsupportedMedia: 415,
    domain.UnreadableImage: 422,
    domain.ImageTooLarge: 413,
    domain.ImageTooSmall: 422,
    domain.UnreadableVideo: 422,
    domain.VideoTooLong: 413,
    domain.NoFaceFound: 422,
    domain.NoMotionFound: 422,
    domain.NotSignedIn: 401,
    domain.Forbidden: 403,
    domain.NotFound: 404,
    domain.Conflict: 409,
    domain.TooManyExpressions: 409,
    domain.Gone: 410,
    domain.EngineUnavailable: 503,
    domain.WeightsMissing: 503,
    domain.WeightsRefused: 503,
    domain.DownloadFailed: 502,
    domain.OutOfMemory: 503,
    domain.QueueFull: 503,
    domain.TooManyRequests: 429,
    domain.DatabaseUnavailable: 503,
    domain.StorageFull: 507,
    domain.StorageCorrupt: 500,
    domain.SettingsError: 500,
    domain.JobCancelled: 409,
    domain.JobTimedOut: 503,
    domain.WorkerDied: 422,  # worker after worker died of it: a photo that cannot be used
    InsecureTransport: 403,
    DownloadNotAllowed: 403,
    NotAcceptable: 406,
    UnsupportedContentType: 415,
    RangeNotSatisfiable: 416,
    NotReady: 503,
}

_STATUS_OF_CODE: Final = {error.code: status for error, status in STATUSES.items()}

# What Flask and Werkzeug raise by themselves, in our words.
_CODE_OF_STATUS: Final = {
    400: "malformed_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "request_too_large",
    415: "unsupported_content_type",
    416: "range_not_satisfiable",
    429: "too_many_requests",
}

_RETRY_AFTER_S: Final = {
    "queue_full": 10,
    "too_many_requests": 60,
    "engine_unavailable": 3600,
    "weights_missing": 3600,
    "not_ready": 5,
}
_RETRY_AFTER_OTHERWISE_S = 30


def register(app: Flask) -> None:
    """Answer every failure of `app` with a problem."""
    app.register_error_handler(domain.AppError, answer_app_error)
    app.register_error_handler(HTTPException, answer_http_exception)
    app.register_error_handler(Exception, answer_unexpected)


def answer_app_error(error: domain.AppError) -> Response:
    """An error of ours. Those that are our own fault are logged; the caller's are not."""
    status = _status_of(error)
    if status >= 500 and not isinstance(error, JobFailed):
        logger.warning("request failed", code=error.code, reason=str(error))
    answer = problem(error.code, status, params=error.params, pointers=_pointers_of(error))
    if isinstance(error, NotReady):
        answer = problem(error.code, status, extra={"checks": error.checks})
    if isinstance(error, RangeNotSatisfiable):
        answer.headers["Content-Range"] = f"bytes */{error.params['size_bytes']}"
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Session realm="jiuying"'
    return answer


def answer_http_exception(error: HTTPException) -> Response:
    """An error that Flask or Werkzeug raised: unknown address, wrong method, body too large."""
    status = error.code or 500
    if status < 400:  # a redirect is no failure
        return current_app.make_response(error.get_response())
    code = _CODE_OF_STATUS.get(status, "invalid_input" if status < 500 else "internal_error")
    answer = problem(code, status)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def answer_unexpected(error: Exception) -> Response:
    """The last resort: a bug of ours. The log has the trace, the answer only the id to find it by."""
    logger.error("unhandled error", exc_info=error)
    return problem("internal_error", 500)


def problem(
    code: str,
    status: int,
    *,
    params: Mapping[str, object] | None = None,
    pointers: Sequence[str] = (),
    extra: Mapping[str, object] | None = None,
) -> Response:
    """An RFC 9457 answer in the caller's language."""
    locale = wanted_locale()
    words = words_for(code, locale, {**limit_values(), **(params or {})})
    body: dict[str, object] = {
        "type": "urn:jiuying:problem:" + code.replace("_", "-"),
        "code": code,
        "title": words.title,
        "status": status,
        "detail": words.detail,
        "instance": g.get("request_id", ""),
        "errors": [{"pointer": pointer, "code": code} for pointer in pointers],
        **(extra or {}),
    }
    answer = current_app.response_class(current_app.json.dumps(body), status, mimetype=PROBLEM_TYPE)
    answer.headers["Content-Language"] = locale
    answer.headers.add("Vary", "Accept-Language")
    if status in (429, 503):
        answer.headers["Retry-After"] = str(_retry_after_s(code, params or {}))
    return answer


def status_of_code(code: str) -> int:
    """The status that goes with a code, e.g. of a job's error."""
    return _STATUS_OF_CODE.get(code, 500)


def limit_values() -> dict[str, object]:
    """The limits in force, as sentences name them."""
    limits = config().limits
    return {
        "max_photo_mb": f"{limits.max_photo_bytes / 1e6:.3g}",
        "max_megapixels": f"{limits.picture.max_pixels / 1e6:.3g}",
        "max_side_px": limits.picture.max_side_px,
        "min_side_px": limits.picture.min_side_px,
        "max_clip_mb": f"{limits.max_clip_bytes / 1e6:.3g}",
        "max_clip_s": f"{limits.clip.max_seconds:.3g}",
    }


def _status_of(error: domain.AppError) -> int:
    if isinstance(error, domain.QueueFull):
        return 429 if error.params.get("scope") == "owner" else 503
    if isinstance(error, JobFailed):
        return status_of_code(error.code)
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def _pointers_of(error: domain.AppError) -> Sequence[str]:
    if isinstance(error, InvalidOptions):
        return error.pointers
    if isinstance(error, domain.InvalidOption):
        return ("".join(pointer_to(str(part)) for part in (error.option, *error.place)),)
    if isinstance(error, JobFailed) and error.code == domain.InvalidOption.code:
        return (pointer_to(str(error.params["option"])),)  # only the photo itself could tell
    return ()


def _retry_after_s(code: str, params: Mapping[str, object]) -> int:
    asked = params.get("retry_after_s")
    if isinstance(asked, int | float):
        return max(1, round(asked))
    return _RETRY_AFTER_S.get(code, _RETRY_AFTER_OTHERWISE_S)


def is_api_request() -> bool:
    """True where a person's browser is not looking for the page."""
    return request.path == "/api" or request.path.startswith("/api/")
