"""Uploads: a photo brought once."""

import pytest

from tests.web.studio import Visitor, a_file, photo_bytes


def test_an_upload_says_what_it_is(guest: Visitor) -> None:
    answer = guest.post("/api/v1/uploads", data={"file": a_file(name="../我的 照片.v2.png")})

    assert answer.status_code == 201
    upload = answer.json
    assert (upload["kind"], upload["name"], upload["mime"]) == ("photo", "我的 照片.v2.png", "image/png")
    assert (upload["width"], upload["height"], upload["size_bytes"]) == (64, 48, len(photo_bytes()))
    assert answer.headers["Location"] == f"/api/v1/uploads/{upload['id']}"
    assert guest.get(answer.headers["Location"]).json == upload


def test_an_upload_needs_a_session(stranger: Visitor) -> None:
    assert stranger.post("/api/v1/uploads", data={"file": a_file()}).status_code == 401


@pytest.mark.parametrize(
    ("form", "status", "pointer"),
    [
        ({}, 400, None),
        ({"kind": "photo"}, 400, None),
        ({"file": a_file(), "kind": "film"}, 422, "/kind"),
        ({"file": a_file(), "engine": "builtin"}, 422, "/engine"),
    ],
)
def test_a_form_that_is_wrong_is_named(
    guest: Visitor, form: dict[str, object], status: int, pointer: str | None
) -> None:
    answer = guest.post("/api/v1/uploads", data=form, content_type="multipart/form-data")

    assert answer.status_code == status
    assert [fault["pointer"] for fault in answer.json["errors"]] == ([pointer] if pointer else [])


def test_a_photo_is_no_clip(guest: Visitor) -> None:
    answer = guest.post("/api/v1/uploads", data={"file": a_file(), "kind": "clip"})

    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media")


def test_only_forms_bring_files(guest: Visitor) -> None:
    assert guest.post("/api/v1/uploads", json={"file": "data:,"}).status_code == 415


def test_a_photo_in_a_field_instead_of_a_file_is_refused(guest: Visitor) -> None:
    answer = guest.post("/api/v1/uploads", data={"file": "x" * 200_000}, content_type="multipart/form-data")

    assert (answer.status_code, answer.json["code"]) == (413, "request_too_large")
