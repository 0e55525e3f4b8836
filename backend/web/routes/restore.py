"""POST /restore: a photo in, a restored photo out."""

from flask import Response

from backend.web.answers import answer_when_done
from backend.web.auth import session_or_fresh_guest
from backend.web.context import services
from backend.web.job_schemas import JobSchema, RestoreAnswerSchema
from backend.web.negotiate import wanted_form
from backend.web.openapi import BINARY, Routes
from backend.web.options import IMAGE_MIMES, restore_request_from
from backend.web.request_schemas import RestoreFormSchema, RestoreJsonSchema
from backend.web.uploads import read_order

routes = Routes("restore", "Restore a photo")


@routes.route(
    "POST",
    "/restore",
    body={"multipart/form-data": RestoreFormSchema, "application/json": RestoreJsonSchema},
    answers={
        200: {"application/json": RestoreAnswerSchema, **dict.fromkeys(IMAGE_MIMES.values(), BINARY)},
        202: JobSchema,
    },
    problems=(400, 403, 404, 406, 409, 413, 415, 422, 429, 503, 507),
)
def restore_photo() -> Response:
    """Restore a photo.

    Also at `/restore`. JSON by default, bytes by `Accept`, 202 by `Prefer: respond-async` or when it takes
    long. Without a session it runs for a fresh guest: the cookie is set, a 202's Location carries a token.
    """
    order = read_order("mask")
    request = restore_request_from(order.options)
    form = wanted_form(IMAGE_MIMES, chosen_format=request.format)
    caller = session_or_fresh_guest()
    job = services().restorations.submit(caller.owner_id, order.source, form.applied_to(request), order.mask)
    return answer_when_done(caller, job, form)
