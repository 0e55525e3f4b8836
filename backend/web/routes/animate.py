"""POST /animate: a photo and an expression in, a film out. The expression comes with the request, always."""

from flask import Response

from backend.web.answers import answer_when_done
from backend.web.auth import session_or_fresh_guest
from backend.web.context import services
from backend.web.job_schemas import AnimateAnswerSchema, JobSchema
from backend.web.negotiate import wanted_form
from backend.web.openapi import BINARY, Routes
from backend.web.options import FILM_MIMES, animate_request_from
from backend.web.request_schemas import AnimateFormSchema, AnimateJsonSchema
from backend.web.uploads import read_order

routes = Routes("animate", "Animate a photo")


@routes.route(
    "POST",
    "/animate",
    body={"multipart/form-data": AnimateFormSchema, "application/json": AnimateJsonSchema},
    answers={
        200: {"application/json": AnimateAnswerSchema, **dict.fromkeys(FILM_MIMES.values(), BINARY)},
        202: JobSchema,
    },
    problems=(400, 403, 404, 406, 409, 413, 415, 422, 429, 503, 507),
)
def animate_photo() -> Response:
    """Make a film of a photo.

    Also at `/animate`. By a `preset`, by the caller's own clip as multipart `driving`, or by a clip that was
    kept as an `expression`. Answers in the same ways as `/restore`.
    """
    order = read_order("driving")
    request, names_format = animate_request_from(order.options, has_clip=order.driving is not None)
    form = wanted_form(FILM_MIMES, chosen_format=request.format if names_format else None)
    caller = session_or_fresh_guest()
    job = services().animations.submit(
        caller.owner_id, order.source, form.applied_to(request), driving=order.driving
    )
    return answer_when_done(caller, job, form)
