"""Prints in a phone picture or a scan: where they are, and each as a photo of its own."""

from flask import Response

from backend.web.answers import answer_when_done
from backend.web.auth import session_or_fresh_guest
from backend.web.context import services
from backend.web.job_schemas import JobSchema
from backend.web.negotiate import wanted_form
from backend.web.openapi import Routes
from backend.web.print_orders import read_cut_order, read_find_order
from backend.web.print_schemas import (
    CutPrintsAnswerSchema,
    CutPrintsFormSchema,
    CutPrintsJsonSchema,
    FindPrintsAnswerSchema,
    FindPrintsFormSchema,
    FindPrintsJsonSchema,
)

routes = Routes("prints", "Prints in a picture of them")

PROBLEMS = (400, 403, 404, 406, 409, 413, 415, 422, 429, 503, 507)


@routes.route(
    "POST",
    "/prints/find",
    body={"multipart/form-data": FindPrintsFormSchema, "application/json": FindPrintsJsonSchema},
    answers={200: FindPrintsAnswerSchema, 202: JobSchema},
    problems=PROBLEMS,
)
def find_prints() -> Response:
    """Look for paper prints in a picture; nothing is changed.

    Waits, or answers 202, as `/restore` does.
    """
    source = read_find_order()
    form = wanted_form({}, chosen_format=None)
    caller = session_or_fresh_guest()
    return answer_when_done(caller, services().prints.submit_find(caller.owner_id, source), form)


@routes.route(
    "POST",
    "/prints/straighten",
    body={"multipart/form-data": CutPrintsFormSchema, "application/json": CutPrintsJsonSchema},
    answers={200: CutPrintsAnswerSchema, 202: JobSchema},
    problems=PROBLEMS,
)
def straighten_prints() -> Response:
    """Cut prints out of a picture, flat and upright; each becomes an upload, the picture stays.

    Waits, or answers 202, as `/restore` does.
    """
    source, wanted = read_cut_order()
    form = wanted_form({}, chosen_format=None)
    caller = session_or_fresh_guest()
    return answer_when_done(caller, services().prints.submit_cut(caller.owner_id, source, wanted), form)
