"""The API's description, OpenAPI 3.1: one typed decorator for handlers, and the document made from them.

flask-smorest collects and serves it; parsing and answering stay ours, because none of its errors is
problem+json and its handlers know one body type each.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from flask import Flask, Response
from flask_smorest import Api, Blueprint
from marshmallow import Schema

from backend.web.errors import PROBLEM_TYPE
from backend.web.present import API
from backend.web.schemas import ProblemSchema

API_VERSION = "v1"  # additive changes only; anything else is /api/v2

View = TypeVar("View", bound=Callable[..., Response])
Documented = type[Schema] | Mapping[str, Any]

BINARY: Final[Mapping[str, str]] = {"type": "string", "format": "binary"}
_DONE: Final[Mapping[int, str]] = {
    200: "done",
    201: "made",
    202: "queued; Location says where to look",
    204: "done",
    206: "a part of the file",
    304: "unchanged",
}
_EXPLAINED: Final[Mapping[int, str]] = {
    400: "malformed",
    401: "no session, or one that has ended",
    403: "origin, CSRF token or transport refused",
    404: "missing, or another's",
    406: "`Accept` cannot be met",
    409: "its state does not allow this",
    413: "too many bytes or pixels",
    415: "not a type we take",
    416: "range outside the file",
    422: "a picture that cannot be used, or a bad option",
    429: "too many; see Retry-After",
    503: "queue full, or the engine is not installed",
    502: "a file could not be fetched from where it is published",
    507: "the disk is full",
}


class ApiDocument(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """Collects the handlers' descriptions. Errors are answered by `errors.py`, not by the library."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        pass  # the library's own error shape, which nothing here answers

    def _register_pagination_header(self) -> None:
        pass


class Routes:
    """The handlers of one resource. A typed face of flask-smorest's blueprint."""

    def __init__(self, name: str, description: str) -> None:
        self.blueprint = Blueprint(name, __name__, description=description)

    def route(
        self,
        method: str,
        rule: str,
        *,
        answers: Mapping[int, type[Schema] | Mapping[str, Documented]],
        problems: Sequence[int] = (),
        query: type[Schema] | None = None,
        body: Mapping[str, type[Schema]] | None = None,
    ) -> Callable[[View], View]:
        """Serve and describe a handler.

        answers: status -> a schema (JSON), or media type -> schema
        problems: statuses of the problems it may answer
        """

        def register(view: View) -> View:
            described: Any = view
            for status, documented in answers.items():
                for media_type, schema in _by_media_type(documented).items():
                    described = self.blueprint.alt_response(
                        status, schema=schema, content_type=media_type, description=_DONE[status]
                    )(described)
            for status in problems:
                described = self.blueprint.alt_response(
                    status,
                    schema=ProblemSchema,
                    content_type=PROBLEM_TYPE,
                    description=_EXPLAINED[status],
                )(described)
            extra = _manual(query, body)
            described = self.blueprint.doc(operationId=_operation_id(view.__name__), **extra)(described)
            self.blueprint.route(rule, methods=[method])(described)
            return view

        return register


def start_document(app: Flask) -> ApiDocument:
    """The document of `app`, served at /api/v1/openapi.json."""
    app.config.update(
        API_TITLE="旧影 Jiuying",
        API_VERSION=API_VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=API,
        OPENAPI_JSON_PATH="openapi.json",
    )
    document = ApiDocument(app)
    document.spec.components.security_scheme(
        "session",
        {"type": "apiKey", "in": "cookie", "name": "session", "description": "`__Host-session` on HTTPS"},
    )
    return document


def document_text(app: Flask) -> str:
    """The document as it is committed: indented JSON with a line end."""
    document: ApiDocument = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    described = document.spec.to_dict()
    ordered = {name: described.pop(name) for name in ("openapi", "info", "tags")} | described
    return json.dumps(ordered, indent=2, ensure_ascii=False) + "\n"


def _by_media_type(documented: type[Schema] | Mapping[str, Documented]) -> Mapping[str, Documented | None]:
    if isinstance(documented, Mapping):
        return documented or {"": None}  # an answer without a body
    return {"application/json": documented}


def _manual(query: type[Schema] | None, body: Mapping[str, type[Schema]] | None) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if query is not None:
        extra["parameters"] = [{"in": "query", "schema": query}]
    if body is not None:
        content = {media_type: {"schema": schema} for media_type, schema in body.items()}
        extra["requestBody"] = {"required": True, "content": content}
    return extra


def _operation_id(view_name: str) -> str:
    first, *rest = view_name.split("_")
    return first + "".join(word.capitalize() for word in rest)
