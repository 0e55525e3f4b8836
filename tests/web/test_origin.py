"""Where requests may come from, and over which transport."""

from pathlib import Path

import pytest

from tests.web.studio import ORIGIN, Studio, Visitor, a_file, a_stranger, open_studio

ELSEWHERE = "http://photos.lan:8000"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:9999"},
        {"Origin": "https://localhost"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_sites_page_changes_nothing_with_or_without_a_cookie(
    guest: Visitor, stranger: Visitor, headers: dict[str, str]
) -> None:
    for visitor in (guest, stranger):
        answer = visitor.client.post(
            "/restore", data={"file": a_file()}, headers={"X-CSRF-Token": visitor.csrf_token, **headers}
        )

        assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
        assert "Set-Cookie" not in answer.headers
    assert guest.get("/api/v1/jobs").json["items"] == []


def test_json_dressed_as_text_is_not_read(stranger: Visitor) -> None:
    """The one kind of JSON that another site's page can send without being asked first."""
    answer = stranger.post("/restore", data='{"image": "data:,"}', content_type="text/plain")

    assert answer.status_code == 415


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ORIGIN])
def test_no_other_site_may_read_by_default(stranger: Visitor, origin: str) -> None:
    answer = stranger.get("/api/v1/presets", headers={"Origin": origin})

    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.fixture
def open_to_one(tmp_path: Path) -> Studio:
    return open_studio(tmp_path, cors_origins=("https://album.example",))


def test_a_site_on_the_list_may_read_and_change(open_to_one: Studio) -> None:
    stranger = a_stranger(open_to_one)
    site = {"Origin": "https://album.example"}

    read = stranger.get("/api/v1/presets", headers=site)
    changed = stranger.client.post(
        "/restore", data={"file": a_file()}, headers={**site, "Prefer": "respond-async"}
    )

    assert read.headers["Access-Control-Allow-Origin"] == "https://album.example"
    assert read.headers["Access-Control-Allow-Credentials"] == "true"
    assert changed.status_code == 202
    assert "Location" in changed.headers["Access-Control-Expose-Headers"]
    open_to_one.database.close()


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://album.example", True),
        ("https://evil.example", False),
        ("null", False),
        ("https://album.example.evil", False),
    ],
)
def test_preflight_answers_only_the_list(open_to_one: Studio, origin: str, allowed: bool) -> None:
    answer = a_stranger(open_to_one).client.options(
        "/api/v1/restore",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-csrf-token",
        },
    )

    assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
    open_to_one.database.close()


def test_plain_http_from_elsewhere_is_refused_clearly(stranger: Visitor) -> None:
    for answer in (
        stranger.client.post("/api/v1/auth/guest", base_url=ELSEWHERE),
        stranger.client.post("/restore", base_url=ELSEWHERE, data={"file": a_file()}),
        stranger.client.get("/api/v1/auth/me", base_url=ELSEWHERE),
    ):
        assert (answer.status_code, answer.json["code"]) == (403, "insecure_transport")
        assert "JIUYING_ALLOW_HTTP_LAN" in answer.json["detail"]


def test_public_things_are_shown_to_everyone(stranger: Visitor) -> None:
    assert stranger.client.get("/api/v1/presets", base_url=ELSEWHERE).status_code == 200


def test_plain_http_from_elsewhere_when_the_operator_allows_it(tmp_path: Path) -> None:
    studio = open_studio(tmp_path, allow_http_lan=True)

    answer = a_stranger(studio).client.post("/api/v1/auth/guest", base_url=ELSEWHERE)

    assert (answer.status_code, answer.json["insecure_transport"]) == (201, True)
    assert answer.headers["Set-Cookie"].startswith("session=")
    studio.database.close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "127.9.9.9", "[::1]:8000", "app.localhost"])
def test_this_machine_itself_needs_no_https(stranger: Visitor, host: str) -> None:
    assert stranger.client.post("/api/v1/auth/guest", base_url=f"http://{host}").status_code == 201


def test_a_trusted_proxy_says_that_the_caller_came_by_https(tmp_path: Path) -> None:
    studio = open_studio(tmp_path, trusted_proxies=1)

    answer = a_stranger(studio).client.post(
        "/api/v1/auth/guest",
        headers={
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "photos.example",
            "Origin": "https://photos.example",
        },
    )

    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    studio.database.close()


def test_nobody_else_is_believed_about_https(stranger: Visitor) -> None:
    answer = stranger.client.post(
        "/api/v1/auth/guest", base_url=ELSEWHERE, headers={"X-Forwarded-Proto": "https"}
    )

    assert answer.status_code == 403
