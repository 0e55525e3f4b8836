"""Model files by the page: everybody sees them; who may have them fetched is the operator's word."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.checkpoints.file_server import FileServer, serving
from tests.web.studio import Studio, Visitor, a_guest, open_studio
from tests.weights_folders import CONTENT, an_entry

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.1"}
DOWNLOAD = "/api/v1/weights/v1.4/download"


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(files={"a.pth": CONTENT}) as shown:
        yield shown


def opened(folder: Path, server: FileServer, **settings: Any) -> Studio:
    entries = (
        an_entry("v1.4", "a.pth", (server.url("a.pth"),), default=True),
        an_entry("parsenet", "p.pth", (server.url("a.pth"),), role="parser", commercial_use=False),
    )
    return open_studio(folder, weights_entries=entries, **settings)


@pytest.fixture
def local(tmp_path: Path, server: FileServer) -> Iterator[Visitor]:
    """A guest of a server where browsers on its own machine may download."""
    studio = opened(tmp_path, server)
    yield a_guest(studio)
    studio.database.close()


def item(visitor: Visitor, name: str = "v1.4") -> dict[str, Any]:
    items: list[dict[str, Any]] = visitor.get("/api/v1/weights").json["items"]
    return next(shown for shown in items if shown["name"] == name)


def settled(visitor: Visitor) -> dict[str, Any]:
    for _ in range(500):
        if (shown := item(visitor))["state"] != "downloading":
            return shown
        time.sleep(0.01)
    raise AssertionError("the download does not end")


def test_everybody_sees_what_there_is_and_on_which_terms(local: Visitor) -> None:
    answer = a_stranger_of(local).get("/api/v1/weights", headers={"Accept-Language": "zh-CN"})

    assert answer.headers["Content-Language"] == "zh-CN"
    assert "Accept-Language" in answer.headers["Vary"]
    assert answer.json["may_download"] is True
    assert answer.json["items"][0] == {
        "name": "v1.4",
        "file": "a.pth",
        "state": "missing",
        "refusal": None,
        "failure": None,
        "bytes": len(CONTENT),
        "bytes_so_far": 0,
        "engine": "gfpgan",
        "role": "face",
        "model": "v1.4",
        "default": True,
        "licence": "Apache-2.0",
        "licence_note": "无",
        "commercial_use": True,
        "purpose": "v1.4 的用途",
        "has_address": True,
    }


def test_a_download_makes_the_engine_there(local: Visitor) -> None:
    answer = local.post(DOWNLOAD)

    assert (answer.status_code, answer.json["state"]) == (202, "downloading")
    done = settled(local)
    assert (done["state"], done["bytes_so_far"]) == ("installed", len(CONTENT))
    engines = local.get("/api/v1/engines").json["items"]
    assert next(engine["installed"] for engine in engines if engine["name"] == "gfpgan")
    assert local.post(DOWNLOAD).status_code == 409


def test_a_download_that_runs_is_a_conflict_and_can_be_cancelled(local: Visitor, server: FileServer) -> None:
    server.pause_s = 0.02
    local.post(DOWNLOAD)

    again = local.post(DOWNLOAD)
    cancelled = local.post("/api/v1/weights/v1.4/cancel")

    assert (again.status_code, again.json["code"]) == (409, "conflict")
    assert cancelled.status_code == 200
    assert settled(local)["failure"] == "cancelled"
    assert local.post("/api/v1/weights/v1.4/cancel").status_code == 409


def test_non_commercial_terms_must_be_accepted(local: Visitor) -> None:
    path = "/api/v1/weights/parsenet/download"

    refused = local.post(path)
    accepted = local.post(path, query_string={"accept_non_commercial": "true"})

    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/accept_non_commercial")
    assert accepted.status_code == 202
    settled(local)


@pytest.mark.parametrize("name", ["v9", "..%2Fmanifest.toml", "a.pth.part"])
def test_an_unknown_file_is_404(local: Visitor, name: str) -> None:
    assert local.post(f"/api/v1/weights/{name}/download").status_code == 404


@pytest.mark.parametrize("action", ["download", "cancel"])
@pytest.mark.parametrize(
    ("allowed", "how", "status"),
    [
        ("local", {"environ_overrides": ELSEWHERE}, 403),
        ("local", {"headers": {"X-Forwarded-For": "192.0.2.1"}}, 403),
        ("local", {"headers": {"X-Real-IP": "192.0.2.1"}}, 403),
        ("local", {"headers": {"Via": "1.1 proxy"}}, 403),
        ("off", {}, 403),
        ("everyone", {"environ_overrides": ELSEWHERE}, 404),
    ],
)
def test_who_may_is_the_operators_word(
    tmp_path: Path, server: FileServer, action: str, allowed: str, how: dict[str, Any], status: int
) -> None:
    studio = opened(tmp_path, server, weights_from_page=allowed)
    guest = a_guest(studio)

    answer = guest.post(f"/api/v1/weights/v9/{action}", **how)
    seen = guest.get("/api/v1/weights", **how).json["may_download"]

    assert answer.status_code == status
    assert seen is (status == 404)
    assert status == 404 or answer.json["code"] == "download_not_allowed"
    assert server.asked == []
    studio.database.close()


def test_a_download_is_refused_without_session_token_or_origin(local: Visitor, server: FileServer) -> None:
    without_session = a_stranger_of(local).post(DOWNLOAD)
    without_token = local.post(DOWNLOAD, headers={"X-CSRF-Token": ""})
    another_site = local.post(DOWNLOAD, headers={"Origin": "https://evil.example"})

    assert [a.status_code for a in (without_session, without_token, another_site)] == [401, 403, 403]
    assert server.asked == []


def a_stranger_of(visitor: Visitor) -> Visitor:
    """Somebody without a session at the same server."""
    app = visitor.client.application
    return Visitor(client=type(visitor.client)(app, app.response_class, use_cookies=False))
