"""The built page: hashed assets for ever, everything else asked for again each time.

A path that no handler knows is the page's own (`/history`): its router, not ours, says what is not there.
"""

from flask import Response, request, send_from_directory
from werkzeug.exceptions import HTTPException, NotFound

from backend.web.context import config
from backend.web.errors import answer_http_exception, is_api_request
from backend.web.locale import wanted_locale
from backend.web.problems import words_for

_A_YEAR_S = 31_536_000


def answer_not_found(error: HTTPException) -> Response:
    """The page for people, a problem for the API and for files that are missing."""
    if request.method not in ("GET", "HEAD") or is_api_request():
        return answer_http_exception(error)
    try:
        return _file_of_page(request.path.lstrip("/"))
    except NotFound:
        is_file = "." in request.path.rsplit("/", 1)[-1]
        return answer_http_exception(error) if is_file else _page()


def _file_of_page(path: str) -> Response:
    if not path or path == "index.html":
        raise NotFound
    answer = send_from_directory(config().page_dir.absolute(), path)
    is_hashed = path.startswith("assets/")  # the build puts a digest into these names
    answer.headers["Cache-Control"] = f"public, max-age={_A_YEAR_S}, immutable" if is_hashed else "no-cache"
    return answer


def _page() -> Response:
    try:
        answer = send_from_directory(config().page_dir.absolute(), "index.html")
    except NotFound:
        return _page_not_built()
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _page_not_built() -> Response:
    locale = wanted_locale()
    words = words_for("page_not_built", locale, {})
    return Response(
        f'<!doctype html><html lang="{locale}"><meta charset="utf-8"><title>{words.title}</title>'
        f"<h1>{words.title}</h1><p>{words.detail}</p></html>",
        status=503,
        headers={"Cache-Control": "no-store"},
    )
