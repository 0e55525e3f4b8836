"""Saved expressions: clips that a person has kept, to drive more than one film."""

from typing import Any
from uuid import UUID

from flask import Response, current_app
from marshmallow import Schema, ValidationError

from backend.web.answers import json_answer
from backend.web.auth import Caller, signed_in
from backend.web.context import services
from backend.web.expression_schemas import (
    ExpressionListSchema,
    ExpressionNameSchema,
    ExpressionSchema,
    NewExpressionSchema,
)
from backend.web.failures import InvalidOptions, pointer_to
from backend.web.locale import wanted_locale
from backend.web.media_answers import ranged_file
from backend.web.openapi import BINARY, Routes
from backend.web.present import API
from backend.web.present_moves import expression_json
from backend.web.uploads import read_json_object

routes = Routes("expressions", "Clips of one's own, kept to drive more films")


@routes.route("GET", "/expressions", answers={200: ExpressionListSchema}, problems=(401, 403))
@signed_in
def list_expressions(caller: Caller) -> Response:
    """The caller's saved expressions, newest first."""
    found = services().expressions.list(caller.owner_id)
    return json_answer({"items": [expression_json(each) for each in found], "next_cursor": None})


@routes.route(
    "POST",
    "/expressions",
    body={"application/json": NewExpressionSchema},
    answers={201: ExpressionSchema},
    problems=(400, 401, 403, 404, 409, 413, 415, 422),
)
@signed_in
def keep_expression(caller: Caller) -> Response:
    """Keep the clip that drove a film, under a name. It stays when the film goes, and is private."""
    given = _body(NewExpressionSchema())
    kept = services().expressions.keep(caller.owner_id, str(given["job_id"]), given["name"])
    answer = json_answer(expression_json(kept), 201)
    answer.headers["Location"] = f"{API}/expressions/{kept.id}"
    return answer


@routes.route(
    "PATCH",
    "/expressions/<uuid:expression_id>",
    body={"application/json": ExpressionNameSchema},
    answers={200: ExpressionSchema},
    problems=(400, 401, 403, 404, 413, 415, 422),
)
@signed_in
def rename_expression(caller: Caller, expression_id: UUID) -> Response:
    """Give an expression another name."""
    name = _body(ExpressionNameSchema())["name"]
    return json_answer(
        expression_json(services().expressions.rename(caller.owner_id, str(expression_id), name))
    )


@routes.route("DELETE", "/expressions/<uuid:expression_id>", answers={204: {}}, problems=(401, 403, 404))
@signed_in
def remove_expression(caller: Caller, expression_id: UUID) -> Response:
    """Forget an expression. Its clip goes as well, or with the last film that it drives."""
    services().expressions.remove(caller.owner_id, str(expression_id))
    return current_app.response_class(status=204)


@routes.route(
    "GET",
    "/expressions/<uuid:expression_id>/clip",
    answers={200: {"*/*": BINARY}, 206: {"*/*": BINARY}, 304: {}},
    problems=(401, 403, 404, 416),
)
@signed_in
def show_expression_clip(caller: Caller, expression_id: UUID) -> Response:
    """The clip as it was sent, whole or in ranges; always an attachment."""
    clip_id = services().expressions.show(caller.owner_id, str(expression_id)).clip_upload_id
    return ranged_file(
        services().media.open(caller.owner_id, clip_id, locale=wanted_locale()), as_attachment=True
    )


def _body(schema: Schema) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(read_json_object())
    except ValidationError as error:
        wrong = sorted(map(str, error.messages)) if isinstance(error.messages, dict) else []
        raise InvalidOptions("not valid", pointers=[pointer_to(name) for name in wrong]) from error
    return loaded
