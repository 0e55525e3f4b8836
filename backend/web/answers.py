"""How jobs and their results are answered: as JSON, as bytes, or as "not yet"."""

from flask import Response, current_app, request

from backend.domain.errors import AppError, JobCancelled
from backend.domain.jobs import Job, JobKind, JobState
from backend.web import present
from backend.web.auth import Caller
from backend.web.context import config, services, waiting_places
from backend.web.errors import limit_values
from backend.web.failures import JobFailed
from backend.web.locale import wanted_locale
from backend.web.media_answers import whole_file
from backend.web.negotiate import AnswerForm, prefers_async
from backend.web.present_prints import cut_photos_json, found_prints_json
from backend.web.result_answers import result_answer

_MANY_BEFORE = 3


def json_answer(body: object, status: int = 200) -> Response:
    """Any JSON."""
    return current_app.response_class(current_app.json.dumps(body), status, mimetype="application/json")


def answer_when_done(caller: Caller, job: Job, form: AnswerForm) -> Response:
    """Wait for the job as long as a caller may, then answer with what it made.

    raises: JobFailed, JobCancelled
    """
    if prefers_async():
        placed = services().jobs.show(caller.owner_id, job.id)  # with its place in the queue
        answer = accepted(caller, placed)
        answer.headers["Preference-Applied"] = "respond-async"
        return answer
    job = _waited_for(caller, job)
    if not job.state.is_final:
        return accepted(caller, job)
    if job.state is JobState.CANCELLED:
        raise JobCancelled
    if job.error is not None:
        raise JobFailed(job.error)
    return _finished(caller, job, form)


def _waited_for(caller: Caller, job: Job) -> Job:
    """The job when it has ended, when time is up, or at once where too many wait already."""
    places = waiting_places()
    if not places.acquire(blocking=False):
        return services().jobs.show(caller.owner_id, job.id)
    try:
        return services().jobs.wait(caller.owner_id, job.id, config().sync_timeout_s)
    finally:
        places.release()


def accepted(caller: Caller, job: Job) -> Response:
    """202: the job is in the queue; `Location` says where to look."""
    answer = job_answer(caller, job)
    answer.status_code = 202
    answer.headers["Location"] = present.job_address(job.id, caller.token_for(job.id))
    answer.headers.setdefault("Retry-After", "1")
    return answer


def job_answer(caller: Caller, job: Job) -> Response:
    """A `Job`, with an ETag for polling and a hint when to look again."""
    answer = json_answer(job_body(caller, job))
    answer.add_etag()
    if not job.state.is_final:
        answer.headers["Retry-After"] = "3" if (job.queue_position or 0) > _MANY_BEFORE else "1"
    if request.method in ("GET", "HEAD"):
        answer.make_conditional(request)
    return answer


def job_body(caller: Caller, job: Job) -> present.Json:
    """A `Job`, its links good for this caller."""
    return present.job_json(
        job, token=caller.token_for(job.id), locale=wanted_locale(), limits=limit_values()
    )


def _finished(caller: Caller, job: Job, form: AnswerForm) -> Response:
    made = job.outcome
    if made is not None and not job.kind.makes_media:
        is_look = job.kind is JobKind.FIND_PRINTS
        return json_answer(found_prints_json(job, made) if is_look else cut_photos_json(job, made))
    if job.media_id is None or made is None:
        raise AppError("a job succeeded without a result")
    file = services().media.open(caller.owner_id, job.media_id, None, locale=wanted_locale())
    if form.as_bytes:
        return whole_file(file, location=present.media_address(job.media_id, caller.token_for(job.id)))
    return result_answer(job, job.media_id, made, file)
