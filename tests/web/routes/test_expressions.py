"""Saved expressions over HTTP: kept from a film, listed, renamed, played, forgotten."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.media.film import FilmWriter
from tests.web.studio import ORIGIN, Studio, Visitor, a_file

ADDRESS = "/api/v1/expressions"


@pytest.fixture
def clip_bytes(tmp_path: Path) -> bytes:
    path = tmp_path / "sent.mp4"
    with FilmWriter(path, 32, 32, 10.0) as film:
        for _ in range(6):
            film.write(np.full((32, 32, 3), 90, np.uint8))
    return path.read_bytes()


@pytest.fixture
def film(studio: Studio, guest: Visitor, clip_bytes: bytes) -> dict[str, Any]:
    """A film that the guest's own clip has driven."""
    job = guest.submit("/animate", driving=(io.BytesIO(clip_bytes), "我.mp4"))
    studio.work()
    return job


def keep(guest: Visitor, job_id: str, name: str = "smile") -> dict[str, Any]:
    answer = guest.post(ADDRESS, json={"job_id": job_id, "name": name})
    assert answer.status_code == 201, answer.text
    kept: dict[str, Any] = answer.json
    return kept


def change(guest: Visitor, method: str, expression_id: str, **kwargs: Any) -> Any:
    headers = {"Origin": ORIGIN, "X-CSRF-Token": guest.csrf_token}
    return guest.client.open(f"{ADDRESS}/{expression_id}", method=method, headers=headers, **kwargs)


def test_a_kept_expression_is_listed(guest: Visitor, film: dict[str, Any]) -> None:
    kept = keep(guest, film["id"], "奶奶的微笑")

    listed = guest.get(ADDRESS).json

    assert listed == {"items": [kept], "next_cursor": None}
    assert set(kept) == {"id", "name", "duration_s", "created_at"}
    assert (kept["name"], kept["duration_s"]) == ("奶奶的微笑", pytest.approx(0.6, abs=0.01))


def test_an_expression_drives_a_film(studio: Studio, guest: Visitor, film: dict[str, Any]) -> None:
    kept = keep(guest, film["id"])

    job = guest.submit("/animate", expression=kept["id"])
    studio.work()

    done = guest.get(job["links"]["self"]).json
    assert (done["state"], done["options"]["expression"]) == ("succeeded", kept["id"])
    assert (done["options"]["preset"], done["result"]["frames"]) == (None, 6)


def test_a_clip_beside_an_expression_is_refused(
    guest: Visitor, film: dict[str, Any], clip_bytes: bytes
) -> None:
    kept = keep(guest, film["id"])

    answer = guest.post(
        "/animate",
        data={"file": a_file(), "expression": kept["id"], "driving": (io.BytesIO(clip_bytes), "b.mp4")},
    )

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": "/expression", "code": "invalid_option"}]


def test_the_clip_comes_back_as_it_was_sent_whole_and_in_parts(
    guest: Visitor, film: dict[str, Any], clip_bytes: bytes
) -> None:
    address = f"{ADDRESS}/{keep(guest, film['id'])['id']}/clip"

    whole = guest.get(address)
    part = guest.get(address, headers={"Range": "bytes=4-7"})

    assert (whole.status_code, whole.mimetype, whole.data) == (200, "video/mp4", clip_bytes)
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert (part.status_code, part.data) == (206, b"ftyp")


def test_an_expression_is_renamed_and_forgotten(guest: Visitor, film: dict[str, Any]) -> None:
    kept = keep(guest, film["id"])

    renamed = change(guest, "PATCH", kept["id"], json={"name": "wide smile"})
    gone = change(guest, "DELETE", kept["id"])

    assert (renamed.status_code, renamed.json["name"]) == (200, "wide smile")
    assert (gone.status_code, gone.data) == (204, b"")
    assert guest.get(ADDRESS).json["items"] == []
    assert change(guest, "DELETE", kept["id"]).status_code == 404


def test_a_change_without_the_csrf_token_is_refused(guest: Visitor, film: dict[str, Any]) -> None:
    kept = keep(guest, film["id"])

    answer = guest.client.open(f"{ADDRESS}/{kept['id']}", method="DELETE", headers={"Origin": ORIGIN})

    assert answer.status_code == 403
    assert guest.get(ADDRESS).json["items"] == [kept]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": 61 * "x"}, "/name"),
        ({"name": "   "}, "/name"),
        ({"name": 3}, "/name"),
        ({"name": "x", "job_id": "mine"}, "/job_id"),
        ({"name": "x", "colour": "red"}, "/colour"),
    ],
)
def test_what_is_wrong_with_a_new_one_is_named(
    guest: Visitor, film: dict[str, Any], body: dict[str, object], pointer: str
) -> None:
    answer = guest.post(ADDRESS, json={"job_id": film["id"]} | body)

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": pointer, "code": "invalid_option"}]


def test_a_presets_film_has_no_clip_to_keep(studio: Studio, guest: Visitor) -> None:
    job = guest.submit("/animate", preset="nod")
    studio.work()

    answer = guest.post(ADDRESS, json={"job_id": job["id"], "name": "nod"})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/job_id")


def test_a_clip_is_kept_once(guest: Visitor, film: dict[str, Any]) -> None:
    keep(guest, film["id"])

    answer = guest.post(ADDRESS, json={"job_id": film["id"], "name": "again"})

    assert (answer.status_code, answer.json["code"]) == (409, "conflict")
