"""Another's thing is 404, for every address with an id. An address that is missing here fails the build."""

import io
from pathlib import Path

import numpy as np
import pytest

from backend.media.film import FilmWriter
from tests.web.studio import ORIGIN, Studio, Visitor, a_file

# method and address of every route that takes an id
MATRIX = [
    ("GET", "/api/v1/jobs/{job_id}"),
    ("POST", "/api/v1/jobs/{job_id}/cancel"),
    ("POST", "/api/v1/jobs/{job_id}/retry"),
    ("GET", "/api/v1/media/{media_id}"),
    ("GET", "/api/v1/uploads/{upload_id}"),
    ("PATCH", "/api/v1/expressions/{expression_id}"),
    ("DELETE", "/api/v1/expressions/{expression_id}"),
    ("GET", "/api/v1/expressions/{expression_id}/clip"),
]
TOKEN_OPENS = {
    ("GET", "/api/v1/jobs/{job_id}"),
    ("POST", "/api/v1/jobs/{job_id}/cancel"),
    ("GET", "/api/v1/media/{media_id}"),
}


@pytest.fixture
def things(studio: Studio, guest: Visitor, tmp_path: Path) -> dict[str, str]:
    """What the guest owns."""
    job = guest.submit()
    film = guest.submit("/animate", driving=(io.BytesIO(a_clip(tmp_path / "clip.mp4")), "clip.mp4"))
    studio.work()
    done = guest.get(f"/api/v1/jobs/{job['id']}").json
    kept = guest.post("/api/v1/expressions", json={"job_id": film["id"], "name": "mine"}).json
    return {
        "job_id": job["id"],
        "media_id": done["media_id"],
        "upload_id": done["upload_id"],
        "expression_id": kept["id"],
    }


def a_clip(path: Path) -> bytes:
    with FilmWriter(path, 32, 32, 10.0) as film:
        for _ in range(3):
            film.write(np.full((32, 32, 3), 90, np.uint8))
    return path.read_bytes()


def test_every_address_with_an_id_stands_in_the_matrix(studio: Studio) -> None:
    served = {
        (method, rule.rule.replace("<uuid:", "{").replace(">", "}"))
        for rule in studio.app.url_map.iter_rules()
        if "<uuid:" in rule.rule or "_id" in rule.rule
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert served == set(MATRIX)


@pytest.mark.parametrize(("method", "rule"), MATRIX)
def test_another_guest_finds_nothing(
    other_guest: Visitor, things: dict[str, str], method: str, rule: str
) -> None:
    address = rule.format(**things)

    headers = {"Origin": ORIGIN, "X-CSRF-Token": other_guest.csrf_token}
    body = {"name": "mine now"} if method == "PATCH" else None
    answer = other_guest.client.open(address, method=method, headers=headers, json=body)

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(("method", "rule"), MATRIX)
def test_nobody_is_asked_to_sign_in(
    stranger: Visitor, things: dict[str, str], method: str, rule: str
) -> None:
    answer = stranger.client.open(rule.format(**things), method=method)

    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(("method", "rule"), MATRIX)
def test_the_token_of_another_job_opens_nothing(
    stranger: Visitor, things: dict[str, str], method: str, rule: str
) -> None:
    own = stranger.post("/restore", data={"file": a_file()}, headers={"Prefer": "respond-async"}).json
    token = own["links"]["self"].partition("token=")[2]

    answer = stranger.client.open(rule.format(**things), method=method, query_string={"token": token})

    assert answer.status_code == (404 if (method, rule) in TOKEN_OPENS else 401)


def test_a_token_opens_no_second_job_of_the_same_guest(studio: Studio) -> None:
    client = studio.browser()
    first = client.post("/restore", data={"file": a_file()}, headers={"Prefer": "respond-async"})
    me = client.get("/api/v1/auth/me").json
    guest = Visitor(client=client, csrf_token=me["csrf_token"])
    second = guest.submit()
    studio.work()
    second_media_id = guest.get(f"/api/v1/jobs/{second['id']}").json["media_id"]
    token = first.headers["Location"].partition("token=")[2]

    job = client.get(f"/api/v1/jobs/{second['id']}?token={token}")
    media = client.get(f"/api/v1/media/{second_media_id}?token={token}")

    assert (job.status_code, media.status_code) == (404, 404)


@pytest.mark.parametrize("kind", ["job_id", "upload_id"])
def test_another_guests_photo_is_no_source(other_guest: Visitor, things: dict[str, str], kind: str) -> None:
    answer = other_guest.post("/restore", json={"source": things[kind]})

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
