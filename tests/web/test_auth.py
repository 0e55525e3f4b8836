"""Who is calling: sessions, guests opened on the way, one-job tokens, CSRF."""

from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.web.studio import ORIGIN, Studio, Visitor, a_file, a_guest, a_stranger, open_studio


def test_without_a_session_i_am_nobody(stranger: Visitor) -> None:
    answer = stranger.get("/api/v1/auth/me")

    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert "WWW-Authenticate" in answer.headers


def test_a_guest_gets_a_cookie_and_a_csrf_token(studio: Studio) -> None:
    client = studio.browser()

    answer = client.post("/api/v1/auth/guest")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie  # plain HTTP to this machine itself
    me = client.get("/api/v1/auth/me").json
    assert (me["is_guest"], me["csrf_token"]) == (True, answer.json["csrf_token"])
    assert me["insecure_transport"] is False


def test_https_gets_a_cookie_bound_to_this_host(studio: Studio) -> None:
    client = studio.browser()

    answer = client.post("/api/v1/auth/guest", base_url="https://photos.example.org")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie and "Domain" not in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert client.get("/api/v1/auth/me", base_url="https://photos.example.org").status_code == 200


def test_a_guest_who_asks_again_stays_the_same(guest: Visitor) -> None:
    answer = guest.client.post("/api/v1/auth/guest", headers={"Origin": ORIGIN})

    assert (answer.status_code, answer.json["id"]) == (200, guest.owner_id)


def test_logging_out_ends_the_session_itself(studio: Studio, guest: Visitor) -> None:
    cookie = guest.client.get_cookie("session")
    assert cookie is not None

    answer = guest.post("/api/v1/auth/logout")

    replay = studio.browser(use_cookies=False).get(
        "/api/v1/auth/me", headers={"Cookie": f"session={cookie.value}"}
    )
    assert (answer.status_code, replay.status_code) == (204, 401)
    assert guest.get("/api/v1/auth/me").status_code == 401


def test_a_session_ends_with_its_guest(tmp_path: Path) -> None:
    clock = FakeClock()
    studio = open_studio(tmp_path, clock=clock)
    opened = studio.browser(use_cookies=False).post("/api/v1/auth/guest")
    cookie = {"Cookie": opened.headers["Set-Cookie"].partition(";")[0]}
    browser = studio.browser(use_cookies=False)

    before = browser.get("/api/v1/auth/me", headers=cookie)
    clock.advance(hours=24.1)
    after = browser.get("/api/v1/auth/me", headers=cookie)

    assert (before.status_code, after.status_code) == (200, 401)
    studio.database.close()


@pytest.mark.parametrize("path", ["/restore", "/animate"])
def test_without_a_session_the_call_runs_for_a_fresh_guest(studio: Studio, path: str) -> None:
    client = studio.browser()

    with studio.worker():
        answer = client.post(path, data={"file": a_file()})

    assert answer.status_code == 200
    jobs = client.get("/api/v1/jobs").json["items"]
    assert [job["id"] for job in jobs] == [answer.json["job_id"]]


def test_a_script_without_cookies_fetches_what_it_made(studio: Studio, stranger: Visitor) -> None:
    accepted = stranger.post("/restore", data={"file": a_file()}, headers={"Prefer": "respond-async"})
    studio.work()

    job = stranger.get(accepted.headers["Location"])

    assert (job.status_code, job.json["state"]) == (200, "succeeded")
    for link in ("result", "original", "preview"):
        assert stranger.get(job.json["links"][link]).status_code == 200


def test_a_script_without_cookies_can_cancel(stranger: Visitor) -> None:
    job = stranger.post("/restore", data={"file": a_file()}, headers={"Prefer": "respond-async"}).json

    assert stranger.client.post(job["links"]["cancel"]).json["state"] == "cancelled"


def test_a_token_opens_no_list_and_no_retry(stranger: Visitor) -> None:
    job = stranger.post("/restore", data={"file": a_file()}, headers={"Prefer": "respond-async"}).json
    token = job["links"]["self"].partition("token=")[2]

    assert stranger.get(f"/api/v1/jobs?token={token}").status_code == 401
    assert stranger.client.post(f"/api/v1/jobs/{job['id']}/retry?token={token}").status_code == 401


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: "A" + t, lambda t: "", lambda t: "a.b.c", lambda t: "é.é.é"]
)
def test_a_token_that_was_touched_opens_nothing(stranger: Visitor, spoil: object) -> None:
    assert callable(spoil)
    job = stranger.post("/restore", data={"file": a_file()}, headers={"Prefer": "respond-async"}).json
    token = job["links"]["self"].partition("token=")[2]

    answer = stranger.get(f"/api/v1/jobs/{job['id']}", query_string={"token": spoil(token)})

    assert answer.status_code == 404


def test_callers_with_a_session_get_links_without_a_token(guest: Visitor) -> None:
    assert "token" not in str(guest.submit()["links"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ORIGIN},  # no token
        {"Origin": ORIGIN, "X-CSRF-Token": "guess"},
        {"Origin": ORIGIN, "X-CSRF-Token": "é"},
    ],
)
def test_a_cookie_alone_changes_nothing(guest: Visitor, headers: dict[str, str]) -> None:
    answer = guest.client.post("/restore", data={"file": a_file()}, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert guest.get("/api/v1/jobs").json["items"] == []


def test_a_cookie_without_an_origin_changes_nothing(guest: Visitor) -> None:
    token = {"X-CSRF-Token": guest.csrf_token}

    without = guest.client.post("/restore", data={"file": a_file()}, headers=token)
    by_fetch_metadata = guest.client.post(
        "/restore",
        data={"file": a_file()},
        headers={**token, "Sec-Fetch-Site": "same-origin", "Prefer": "respond-async"},
    )

    assert (without.status_code, by_fetch_metadata.status_code) == (403, 202)


def test_another_guests_csrf_token_does_not_do(guest: Visitor, other_guest: Visitor) -> None:
    guest.csrf_token = other_guest.csrf_token

    assert guest.post("/api/v1/auth/logout").status_code == 403


def test_reading_needs_no_csrf_token(guest: Visitor) -> None:
    assert guest.client.get("/api/v1/jobs").status_code == 200


def test_an_address_opens_only_so_many_guests_a_minute(tmp_path: Path) -> None:
    studio = open_studio(tmp_path, guests_per_minute=2)
    a_guest(studio)
    a_guest(studio)

    third = a_stranger(studio).post("/api/v1/auth/guest")
    by_call = a_stranger(studio).post("/restore", data={"file": a_file()})

    assert (third.status_code, by_call.status_code) == (429, 429)
    assert third.json["code"] == "too_many_requests"
    assert int(third.headers["Retry-After"]) >= 1
    studio.database.close()


def test_a_refused_call_opens_no_guest(stranger: Visitor) -> None:
    answer = stranger.post("/restore", data={"file": a_file(), "upscale": "9"})

    assert answer.status_code == 422
    assert "Set-Cookie" not in answer.headers


def test_a_stale_cookie_is_no_session(studio: Studio) -> None:
    client = studio.browser()
    client.set_cookie("session", "long gone")

    answer = client.post("/restore", data={"file": a_file()}, headers={"Prefer": "respond-async"})

    assert answer.status_code == 202
    assert "token=" in answer.headers["Location"]
