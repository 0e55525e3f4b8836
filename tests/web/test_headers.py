"""What every answer carries, and what the log never does."""

import pytest
import structlog

from tests.web.studio import Studio, Visitor, a_file

PATHS = [
    "/",
    "/healthz",
    "/api/v1/presets",
    "/api/v1/auth/me",
    "/api/v1/nothing",
    "/api/v1/openapi.json",
    "/value",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_hardened(stranger: Visitor, path: str) -> None:
    headers = stranger.get(path).headers

    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["X-Request-ID"]
    assert "Strict-Transport-Security" not in headers


def test_plain_http_in_a_home_network_gets_no_header_that_its_browsers_reject(stranger: Visitor) -> None:
    answer = stranger.get("/healthz", headers={"Host": "192.168.1.5:8000"})

    assert "Cross-Origin-Opener-Policy" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PATHS[1:])
def test_nothing_of_the_api_is_kept_by_caches(stranger: Visitor, path: str) -> None:
    assert stranger.get(path).headers["Cache-Control"] == "no-store"


def test_every_request_has_its_own_id(stranger: Visitor) -> None:
    ids = {
        stranger.get("/healthz", headers={"X-Request-ID": "mine"}).headers["X-Request-ID"] for _ in range(3)
    }

    assert len(ids) == 3
    assert "mine" not in ids


def test_the_log_knows_the_route_and_nothing_about_the_person(studio: Studio, stranger: Visitor) -> None:
    with structlog.testing.capture_logs() as entries:
        accepted = stranger.post(
            "/restore", data={"file": a_file(name="奶奶.png")}, headers={"Prefer": "respond-async"}
        )
        stranger.get(accepted.headers["Location"])

    assert [entry["route"] for entry in entries] == ["/restore", "/api/v1/jobs/<uuid:job_id>"]
    logged = str(entries)
    assert "奶奶" not in logged and "token" not in logged and accepted.json["id"] not in logged
