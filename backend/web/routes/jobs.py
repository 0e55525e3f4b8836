"""Jobs: where they stand, stop them, try again."""

from uuid import UUID

from flask import Response

from backend.web.answers import accepted, job_answer, job_body, json_answer
from backend.web.auth import Caller, signed_in, signed_in_or_token
from backend.web.context import services
from backend.web.job_schemas import JobListQuerySchema, JobListSchema, JobSchema, TokenQuerySchema
from backend.web.openapi import Routes
from backend.web.options import query_from

routes = Routes("jobs", "Jobs")


@routes.route(
    "GET", "/jobs", query=JobListQuerySchema, answers={200: JobListSchema}, problems=(401, 403, 422)
)
@signed_in
def list_jobs(caller: Caller) -> Response:
    """The caller's jobs, newest first."""
    query = query_from(JobListQuerySchema())
    page = services().jobs.list(
        caller.owner_id, cursor=query.get("cursor"), limit=query["limit"], active_only=query["active"]
    )
    items = [job_body(caller, job) for job in page.items]
    return json_answer({"items": items, "next_cursor": page.next_cursor})


@routes.route(
    "GET",
    "/jobs/<uuid:job_id>",
    query=TokenQuerySchema,
    answers={200: JobSchema, 304: {}},
    problems=(401, 403, 404),
)
@signed_in_or_token
def show_job(caller: Caller, job_id: UUID) -> Response:
    """One job. Poll with If-None-Match, not more often than Retry-After says."""
    caller.require_job(str(job_id))
    return job_answer(caller, services().jobs.show(caller.owner_id, str(job_id)))


@routes.route(
    "POST",
    "/jobs/<uuid:job_id>/cancel",
    query=TokenQuerySchema,
    answers={200: JobSchema},
    problems=(401, 403, 404, 409),
)
@signed_in_or_token
def cancel_job(caller: Caller, job_id: UUID) -> Response:
    """Stop a job: at once while it waits, at its next checkpoint while it runs."""
    caller.require_job(str(job_id))
    return job_answer(caller, services().jobs.cancel(caller.owner_id, str(job_id)))


@routes.route(
    "POST", "/jobs/<uuid:job_id>/retry", answers={202: JobSchema}, problems=(401, 403, 404, 409, 429, 503)
)
@signed_in
def retry_job(caller: Caller, job_id: UUID) -> Response:
    """Queue a failed or cancelled job again."""
    return accepted(caller, services().jobs.retry(caller.owner_id, str(job_id)))
