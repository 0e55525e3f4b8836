"""Requests made up from the description: none may end in a 5xx or in an answer of another shape."""

import json
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.web.app import openapi_text
from tests.web.studio import ORIGIN, Visitor, a_guest, open_studio

# 503 is described where an engine or the queue may say no; 500 nowhere, so the first check refuses it.
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
SETTINGS = hypothesis.settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
OPERATIONS = [
    (path, method)
    for path, methods in json.loads(openapi_text())["paths"].items()
    for method in methods
    if method in ("get", "post", "patch", "delete")
    and not path.endswith("/logout")  # it would end the session that the others need
]


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A guest of a server that answers 202 rather than wait."""
    studio = open_studio(tmp_path_factory.mktemp("fuzzed"), sync_timeout_s=0.0)
    yield a_guest(studio)
    studio.database.close()


@pytest.fixture(scope="module")
def described(visitor: Visitor) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", visitor.client.application)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_made_up_requests_get_described_answers(
    described: Any, visitor: Visitor, path: str, method: str
) -> None:
    cookie = visitor.client.get_cookie("session")
    assert cookie is not None
    headers = {"Origin": ORIGIN, "X-CSRF-Token": visitor.csrf_token, "Cookie": f"session={cookie.value}"}

    @hypothesis.given(case=described[path][method].as_strategy())
    @SETTINGS
    def send(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    send()
