"""The committed description is the code's, and real answers are what it says."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from backend.web.app import openapi_text
from tests.web.studio import Studio, Visitor, a_file, black_photo_bytes

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
DOCUMENT: dict[str, Any] = json.loads(openapi_text())


def test_the_committed_description_is_up_to_date() -> None:
    """When this fails: python -m backend openapi docs/openapi.json, and look at what changes for callers."""
    assert COMMITTED.read_text(encoding="utf-8") == openapi_text()


def test_the_served_description_is_the_same(stranger: Visitor) -> None:
    assert stranger.get("/api/v1/openapi.json").json == DOCUMENT


def test_every_reference_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}

    assert set(_references(DOCUMENT)) <= known


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in _operations()]

    assert len(names) == len(set(names))


def test_everything_under_the_api_is_described(studio: Studio) -> None:
    served = {
        (method, rule.rule.replace("<uuid:", "{").replace("<", "{").replace(">", "}"))
        for rule in studio.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert served == {(method.upper(), path) for path, method, _ in _operations()}


def test_problems_are_described_as_problems() -> None:
    for _, _, operation in _operations():
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"]


def test_closed_schemas_name_every_member(studio: Studio, guest: Visitor) -> None:
    """A member that an answer has and the description does not would be missing from the page's types."""
    restore = guest.submit()
    studio.work()
    job = guest.get(restore["links"]["self"]).json

    assert set(job) == set(DOCUMENT["components"]["schemas"]["Job"]["properties"])
    assert set(job["result"]) == set(DOCUMENT["components"]["schemas"]["JobResult"]["properties"])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/presets", "PresetList"),
        ("/api/v1/engines", "EngineList"),
        ("/api/v1/limits", "Limits"),
        ("/api/v1/weights", "WeightsList"),
        ("/api/v1/version", "Version"),
        ("/api/v1/auth/me", "Me"),
        ("/api/v1/jobs", "JobList"),
        ("/api/v1/expressions", "ExpressionList"),
        ("/api/v1/nothing", "Problem"),
        ("/readyz", "Problem"),
    ],
)
def test_answers_are_what_the_description_says(guest: Visitor, path: str, name: str) -> None:
    _require(name, guest.get(path).json)


def test_main_calls_answer_what_the_description_says(studio: Studio, guest: Visitor) -> None:
    with studio.worker():
        restored = guest.post("/restore", data={"file": a_file()}).json
        animated = guest.post("/animate", data={"file": a_file()}).json
        refused = guest.post("/animate", data={"file": a_file(), "faces": "x"}).json

        looked = guest.post("/api/v1/prints/find", data={"file": a_file()}).json
        wanted = [{"corners": found["corners"]} for found in looked["prints"]]
        order = {"source": looked["source"], "prints": wanted}
        cut = guest.post("/api/v1/prints/straighten", json=order).json

    _require("FindPrintsAnswer", looked)
    _require("CutPrintsAnswer", cut)
    _require("RestoreAnswer", restored)
    _require("AnimateAnswer", animated)
    _require("Problem", refused)


def test_jobs_in_every_state_are_what_the_description_says(studio: Studio, guest: Visitor) -> None:
    failed = guest.submit("/animate", file=a_file(black_photo_bytes()))
    done = guest.submit("/animate")
    looked = guest.submit("/api/v1/prints/find")
    cut = _submit_cut(guest, looked["upload_id"])
    studio.work()
    queued = guest.submit()
    cancelled = guest.submit()
    guest.post(cancelled["links"]["cancel"])

    jobs = [guest.get(job["links"]["self"]).json for job in (failed, done, queued, cancelled)]
    about_prints = [guest.get(job["links"]["self"]).json for job in (looked, cut)]

    assert [job["state"] for job in jobs] == ["failed", "succeeded", "queued", "cancelled"]
    assert about_prints[0]["result"]["prints"] and about_prints[1]["result"]["photos"]
    for job in jobs + about_prints:
        _require("Job", job)


def test_uploads_are_what_the_description_says(guest: Visitor) -> None:
    _require("Upload", guest.post("/api/v1/uploads", data={"file": a_file()}).json)


def _submit_cut(guest: Visitor, upload_id: str) -> dict[str, Any]:
    corners = [[1, 1], [60, 1], [60, 40], [1, 40]]
    order = {"source": upload_id, "prints": [{"corners": corners}]}
    job: dict[str, Any] = guest.post(
        "/api/v1/prints/straighten", json=order, headers={"Prefer": "respond-async"}
    ).json
    return job


def _require(name: str, body: object) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(body)


def _operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    ]


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in _references(value)]
    if isinstance(node, list):
        return [found for value in node for found in _references(value)]
    return []
