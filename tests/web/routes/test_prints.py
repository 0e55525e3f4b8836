"""POST /prints/find and /prints/straighten in all their forms."""

import base64
import json
from typing import Any

import pytest

from backend.web.job_tokens import JobToken
from tests.web.studio import Studio, Visitor, a_file, photo_bytes, size_px

FIND, STRAIGHTEN = "/api/v1/prints/find", "/api/v1/prints/straighten"
PICTURE = photo_bytes(200, 100)
FOUND = [[20, 10], [180, 10], [180, 90], [20, 90]]  # by the instant cutter: the inner 80 %
TURNED = [*FOUND[1:], FOUND[0]]


@pytest.fixture
def upload_id(guest: Visitor) -> str:
    upload: dict[str, Any] = guest.post("/api/v1/uploads", data={"file": a_file(PICTURE)}).json
    return str(upload["id"])


def prints(*corners: object) -> list[dict[str, object]]:
    return [{"corners": each} for each in corners]


@pytest.mark.parametrize("form", ["file", "image", "source as json", "source in a form"])
def test_a_picture_comes_in_any_form(studio: Studio, guest: Visitor, upload_id: str, form: str) -> None:
    address = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"
    bodies: dict[str, dict[str, Any]] = {
        "file": {"data": {"file": a_file(PICTURE)}},
        "image": {"json": {"image": address}},
        "source as json": {"json": {"source": upload_id}},
        "source in a form": {"data": {"source": upload_id}},
    }

    with studio.worker():
        answer = guest.post(FIND, **bodies[form])

    assert answer.status_code == 200
    found = answer.json
    assert (found["width"], found["height"], found["prints"]) == (200, 100, [{"corners": FOUND, "score": 1}])
    assert guest.get(f"/api/v1/uploads/{found['upload_id']}").status_code == 200
    assert found["source"] == found["upload_id"]


def test_of_a_restoration_the_corners_are_those_of_its_result(studio: Studio, guest: Visitor) -> None:
    restoration = guest.submit(file=a_file(PICTURE))
    studio.work()

    with studio.worker():
        found = guest.post(FIND, json={"source": restoration["id"]}).json
        wanted = prints(found["prints"][0]["corners"])
        cut = guest.post(STRAIGHTEN, json={"source": found["source"], "prints": wanted})

    assert (found["source"], found["width"]) == (restoration["id"], 400)
    assert found["upload_id"] == restoration["upload_id"]
    assert cut.status_code == 200


@pytest.mark.parametrize("as_form", [True, False])
def test_cut_prints_are_uploads_to_work_on(
    studio: Studio, guest: Visitor, upload_id: str, as_form: bool
) -> None:
    wanted = prints(FOUND, TURNED)
    form = {"data": {"source": upload_id, "prints": json.dumps(wanted)}}
    body: dict[str, Any] = form if as_form else {"json": {"source": upload_id, "prints": wanted}}

    with studio.worker():
        answer = guest.post(STRAIGHTEN, **body)
        first = answer.json["photos"][0]
        restored = guest.post("/restore", json={"source": first["upload_id"]})

    assert answer.status_code == 200
    assert answer.json["upload_id"] == upload_id
    assert [photo["name"] for photo in answer.json["photos"]] == ["外婆 1962_1.png", "外婆 1962_2.png"]
    assert (first["width"], first["height"]) == (160, 80)
    assert size_px(guest.get(f"/api/v1/media/{first['upload_id']}").data) == (160, 80)
    upload = guest.get(f"/api/v1/uploads/{first['upload_id']}").json
    assert upload["cut_from_upload_id"] == upload_id
    assert restored.status_code == 200


def test_both_answer_202_when_asked_to_and_the_job_tells_the_rest(
    studio: Studio, guest: Visitor, upload_id: str
) -> None:
    look = guest.submit(FIND, file=a_file(PICTURE))
    cut = guest.post(
        STRAIGHTEN,
        json={"source": upload_id, "prints": prints(FOUND)},
        headers={"Prefer": "respond-async"},
    )
    studio.work()

    looked, done = (guest.get(f"/api/v1/jobs/{job['id']}").json for job in (look, cut.json))
    assert (cut.status_code, look["kind"], done["kind"]) == (202, "find_prints", "cut_prints")
    assert looked["result"]["prints"] == [{"corners": FOUND, "score": 1}]
    assert [photo["width"] for photo in done["result"]["photos"]] == [160]
    assert done["options"] == {"prints": prints(FOUND)}
    assert (looked["media_id"], done["media_id"]) == (None, None)


def test_bytes_cannot_be_asked_for(guest: Visitor) -> None:
    answer = guest.post(FIND, data={"file": a_file()}, headers={"Accept": "image/png"})

    assert (answer.status_code, answer.json["code"]) == (406, "not_acceptable")


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        pytest.param([], "/prints", id="none"),
        pytest.param(prints(*[FOUND] * 25), "/prints", id="too many"),
        pytest.param("all", "/prints", id="no list"),
        pytest.param([{}], "/prints/0/corners", id="no corners"),
        pytest.param(prints(FOUND[:3]), "/prints/0/corners", id="three corners"),
        pytest.param(prints(FOUND, [[1, 2, 3]] * 4), "/prints/1/corners", id="in space"),
        pytest.param(prints([["x", 1]] * 4), "/prints/0/corners", id="words"),
        pytest.param(prints([[-9, 10], *FOUND[1:]]), "/prints/0/corners", id="outside"),
        pytest.param(prints(FOUND, FOUND[::-1]), "/prints/1/corners", id="mirrored"),
        pytest.param([{"corners": FOUND, "angle": 3}], "/prints/0/angle", id="unknown member"),
    ],
)
def test_bad_corners_are_named_by_their_place(
    guest: Visitor, upload_id: str, wanted: object, pointer: str
) -> None:
    answer = guest.post(STRAIGHTEN, json={"source": upload_id, "prints": wanted})

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_option")
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"data": {"prints": "[", "source": "x"}}, 400),
        ({"data": {"file": a_file(), "prints": "[]"}}, 422),
        ({"json": []}, 400),
        ({"json": {"prints": prints(FOUND)}}, 422),
        ({"data": b"x", "content_type": "text/plain"}, 415),
    ],
)
def test_a_body_that_is_wrong_is_refused(guest: Visitor, body: dict[str, Any], status: int) -> None:
    assert guest.post(STRAIGHTEN, **body).status_code == status


def test_there_is_nothing_to_choose_when_looking(guest: Visitor) -> None:
    answer = guest.post(FIND, data={"file": a_file(), "engine": "builtin"})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/engine"


@pytest.mark.parametrize("path", [FIND, STRAIGHTEN])
def test_another_guests_photo_is_no_source(other_guest: Visitor, upload_id: str, path: str) -> None:
    body = {"source": upload_id} | ({"prints": prints(FOUND)} if path == STRAIGHTEN else {})

    answer = other_guest.post(path, json=body)

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_stranger_cannot_use_what_a_guest_has_uploaded(stranger: Visitor, upload_id: str) -> None:
    answer = stranger.post(FIND, json={"source": upload_id})

    assert answer.status_code == 404


def test_another_guest_cannot_open_what_was_cut_out(
    studio: Studio, guest: Visitor, other_guest: Visitor, upload_id: str
) -> None:
    with studio.worker():
        cut = guest.post(STRAIGHTEN, json={"source": upload_id, "prints": prints(FOUND)}).json
    photo_id = cut["photos"][0]["upload_id"]

    for path in (f"/api/v1/uploads/{photo_id}", f"/api/v1/media/{photo_id}", f"/api/v1/jobs/{cut['job_id']}"):
        assert other_guest.get(path).status_code == 404
    assert other_guest.post("/restore", json={"source": photo_id}).status_code == 404


def test_a_jobs_token_opens_what_it_cut_out(studio: Studio, guest: Visitor, upload_id: str) -> None:
    """For scripts that keep no cookies and were answered 202."""
    with studio.worker():
        cut = guest.post(STRAIGHTEN, json={"source": upload_id, "prints": prints(FOUND)}).json
    photo_id = cut["photos"][0]["upload_id"]
    token = JobToken(owner_id=guest.owner_id, job_id=cut["job_id"]).sign("a secret of the tests")

    opened = studio.browser().get(f"/api/v1/media/{photo_id}", query_string={"token": token})

    assert opened.status_code == 200
    assert opened.headers["Content-Disposition"].startswith("attachment")
