"""Addresses of the first prototype. They shared one preset between all users; none of them works any more."""

from flask import Blueprint, Response

from backend.domain.errors import Gone

routes = Blueprint("prototype", __name__)

REPLACEMENTS = {
    "/value": "POST /animate with `preset`",
    "/gfpgan": "POST /restore",
    "/upload": "POST /restore",
    "/process_image": "POST /animate with `preset`",
}


@routes.route(
    "/<any(value, gfpgan, upload, process_image):name>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"]
)
def refuse_prototype(name: str) -> Response:
    """410, and what to use instead."""
    raise Gone(params={"replacement": REPLACEMENTS["/" + name]})
