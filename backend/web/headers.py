"""Headers that every answer carries, and the request log: what happens around a request, whatever it is."""

import time

import structlog
from flask import Flask, Response, g, request

from backend.domain.ids import new_id
from backend.web import metrics
from backend.web.auth import set_new_cookie
from backend.web.origin import is_plain_http_elsewhere, require_known_origin

logger = structlog.get_logger(__name__)

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
    "media-src 'self' blob: data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
MEDIA_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


def register(app: Flask) -> None:
    """Number, check, log and harden every request of `app`."""
    app.before_request(_begin)
    app.before_request(require_known_origin)
    app.after_request(set_new_cookie)
    app.after_request(harden)
    app.after_request(_log)
    app.teardown_request(_end)


def harden(answer: Response) -> Response:
    """Add the security headers. A handler's own policy or cache rule stays."""
    for name, value in _ALWAYS.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["X-Request-ID"] = g.request_id
    if not is_plain_http_elsewhere():  # browsers ignore it there, and complain in the console
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.scheme == "https":
        answer.headers["Strict-Transport-Security"] = "max-age=31536000"
    return answer


def _begin() -> None:
    g.request_id = new_id()
    g.started_s = time.perf_counter()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(_error: BaseException | None) -> None:
    """What the server's thread logs next is not this request's."""
    structlog.contextvars.clear_contextvars()


def _log(answer: Response) -> Response:
    """One line a request. By route, not by address: ids, tokens and searches stay out of the log."""
    elapsed_s = time.perf_counter() - g.started_s
    route = request.url_rule.rule if request.url_rule is not None else "(none)"
    metrics.count_request(request.method, route, answer.status_code, elapsed_s)
    logger.info(
        "request",
        method=request.method,
        route=route,
        status=answer.status_code,
        elapsed_ms=round(elapsed_s * 1000, 1),
    )
    return answer
