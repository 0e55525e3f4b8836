"""What the two calls about prints bring: a photo to look at, or which prints to cut out of one.

Apart from `options.py`: corners lie deep in the body, and a fault is named by its exact place.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from flask import request
from marshmallow import ValidationError

from backend.domain.errors import MalformedRequest
from backend.services.print_requests import CutRequest
from backend.services.requests import PhotoSource, StoredSource
from backend.web.failures import InvalidOptions, UnsupportedContentType, pointer_to
from backend.web.print_schemas import CutPrintsJsonSchema
from backend.web.uploads import FORM_TYPES, read_form_fields, read_json_object, read_order

_FAULT_DEPTH: Final = 3  # /prints/0/corners; which of its numbers is wrong says nothing more


def read_find_order() -> PhotoSource:
    """The body of POST /prints/find. Raises what `read_order` raises."""
    order = read_order()
    if order.options:
        raise InvalidOptions(
            "there is nothing to choose", pointers=[pointer_to(name) for name in order.options]
        )
    return order.source


def read_cut_order() -> tuple[StoredSource, CutRequest]:
    """The body of POST /prints/straighten. Raises MalformedRequest, UnsupportedContentType, InvalidOption."""
    try:
        given: dict[str, Any] = CutPrintsJsonSchema().load(_cut_body())
    except ValidationError as error:
        pointers = sorted({"".join(map(pointer_to, path)) for path in _faults(error.messages)})
        raise InvalidOptions("the prints are not valid", pointers=pointers) from error
    return StoredSource(id=str(given["source"])), CutRequest.from_json(given)


def _cut_body() -> dict[str, object]:
    if request.mimetype == "application/json":
        return read_json_object()
    if request.mimetype not in FORM_TYPES:
        raise UnsupportedContentType(f"not {request.mimetype}")
    fields = read_form_fields()
    try:
        return fields | {"prints": json.loads(str(fields.get("prints", "")))}
    except (ValueError, RecursionError) as error:
        raise MalformedRequest("`prints` is not JSON") from error


def _faults(messages: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The places that marshmallow complains about, as paths into the body."""
    if not isinstance(messages, dict) or len(path) == _FAULT_DEPTH:
        yield path
        return
    for name, inner in messages.items():
        yield from _faults(inner, (*path, str(name)))
