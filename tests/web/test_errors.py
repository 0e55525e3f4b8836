"""Every failure is a problem: in two languages, with a stable code, without anything of ours in it."""

from collections.abc import Iterator

import pytest
import structlog
from flask import Response

import backend.web.errors
from backend.domain.errors import AppError
from backend.domain.jobs import JobError
from backend.web.errors import status_of_code
from backend.web.failures import JobFailed
from backend.web.problems import TEXTS
from tests.web.studio import Studio, Visitor, a_file


def _all_errors(base: type[AppError] = AppError) -> Iterator[type[AppError]]:
    yield base
    for kind in base.__subclasses__():
        yield from _all_errors(kind)


@pytest.mark.parametrize("kind", list(dict.fromkeys(_all_errors())))
def test_every_error_has_words_in_both_languages(kind: type[AppError]) -> None:
    assert set(TEXTS[kind.code]) == {"zh-CN", "en"}


def test_every_error_of_the_domain_has_a_status_of_its_own() -> None:
    missing = [
        kind
        for kind in _all_errors()
        if kind.__module__ == "backend.domain.errors" and kind not in backend.web.errors.STATUSES
    ]

    assert missing == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("POST", "/nothing", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
        ("GET", "/assets/missing.js", 404, "not_found"),
        ("GET", "/restore", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/jobs", 405, "method_not_allowed"),
        ("PROPFIND", "/api/v1/jobs", 405, "method_not_allowed"),
        ("POST", "/api/v1/restore", 415, "unsupported_content_type"),
    ],
)
def test_what_the_framework_refuses_is_a_problem_too(
    stranger: Visitor, method: str, path: str, status: int, code: str
) -> None:
    answer = stranger.client.open(path, method=method)

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    body = answer.json
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == "urn:jiuying:problem:" + code.replace("_", "-")
    assert body["instance"] == answer.headers["X-Request-ID"]
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("accept_language", "language", "title"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN", "没有找到"),
        ("zh-TW", "zh-CN", "没有找到"),
        ("fr, zh;q=0.5, en;q=0.4", "zh-CN", "没有找到"),
        ("en-GB", "en", "Not found"),
        ("fr", "en", "Not found"),
        ("", "en", "Not found"),
        ("zh;q=0, en", "en", "Not found"),
    ],
)
def test_problems_speak_the_callers_language(
    stranger: Visitor, accept_language: str, language: str, title: str
) -> None:
    answer = stranger.get("/api/v1/nothing", headers={"Accept-Language": accept_language})

    assert answer.json["title"] == title
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_problem_names_the_limit_in_force(small_limits: Visitor) -> None:
    answer = small_limits.post("/restore", data={"file": a_file(bytes(60_000))})

    assert "0.05 MB" in answer.json["detail"]


def test_a_bug_of_ours_tells_the_caller_nothing_but_the_id(studio: Studio) -> None:
    def fail() -> Response:
        raise RuntimeError("/srv/secret/path: password=1234")

    studio.app.add_url_rule("/broken", view_func=fail)

    with structlog.testing.capture_logs() as entries:
        answer = studio.browser().get("/broken")

    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert "secret" not in answer.text and "RuntimeError" not in answer.text
    assert [entry["event"] for entry in entries] == ["unhandled error", "request"]


def test_handled_errors_log_no_trace(stranger: Visitor) -> None:
    with structlog.testing.capture_logs() as entries:
        stranger.post("/restore", data={"file": a_file(b"no photo")})

    assert [entry["event"] for entry in entries] == ["request"]


def test_a_failed_job_answers_with_its_own_status() -> None:
    error = JobFailed(JobError(code="unreadable_image", params={}))

    assert (error.code, status_of_code(error.code)) == ("unreadable_image", 422)


def test_a_code_of_a_later_version_is_our_fault_not_the_callers() -> None:
    assert status_of_code("never_heard_of_it") == 500


def test_a_double_slash_is_a_redirect_and_no_failure(stranger: Visitor) -> None:
    assert stranger.get("/api//v1/presets").status_code == 308
