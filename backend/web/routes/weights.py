"""Model files: what there is, and having the server fetch one."""

from flask import Response

from backend.checkpoints.status import FileStatus
from backend.web.answers import json_answer
from backend.web.auth import Caller, signed_in
from backend.web.context import config, services
from backend.web.failures import DownloadNotAllowed
from backend.web.locale import wanted_locale
from backend.web.openapi import Routes
from backend.web.options import query_from
from backend.web.origin import is_local_caller
from backend.web.present_weights import weights_json
from backend.web.weights_schemas import DownloadQuerySchema, WeightsFileSchema, WeightsListSchema

routes = Routes("weights", "Model files")


@routes.route("GET", "/weights", answers={200: WeightsListSchema})
def list_weights() -> Response:
    """Every model file that is known: whether it is here, what it is for, on which terms."""
    items = [weights_json(status, wanted_locale()) for status in services().weights.list()]
    return _in_language(json_answer({"items": items, "next_cursor": None, "may_download": _may_download()}))


@routes.route(
    "POST",
    "/weights/<name>/download",
    query=DownloadQuerySchema,
    answers={202: WeightsFileSchema},
    problems=(401, 403, 404, 409, 422, 502, 507),
)
@signed_in
def download_weights(_caller: Caller, name: str) -> Response:
    """Have the server fetch a file. It goes on where an earlier download ended; look at GET /weights."""
    _require_allowed()
    accepted: bool = query_from(DownloadQuerySchema())["accept_non_commercial"]
    status = services().weights.start_download(name, accept_non_commercial=accepted)
    return _answer(status, 202)


@routes.route(
    "POST",
    "/weights/<name>/cancel",
    answers={200: WeightsFileSchema},
    problems=(401, 403, 404, 409),
)
@signed_in
def cancel_weights(_caller: Caller, name: str) -> Response:
    """End a download within a second or so; what has arrived is kept."""
    _require_allowed()
    return _answer(services().weights.cancel_download(name), 200)


def _require_allowed() -> None:
    if not _may_download():
        raise DownloadNotAllowed()


def _may_download() -> bool:
    allowed = config().weights_from_page
    return allowed == "everyone" or (allowed == "local" and is_local_caller())


def _answer(status: FileStatus, http_status: int) -> Response:
    return _in_language(json_answer(weights_json(status, wanted_locale()), http_status))


def _in_language(answer: Response) -> Response:
    answer.headers["Content-Language"] = wanted_locale()
    answer.headers.add("Vary", "Accept-Language")
    return answer
