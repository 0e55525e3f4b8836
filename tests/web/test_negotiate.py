"""Reading `Accept` and `Prefer`."""

import pytest
from flask import Flask

from backend.services.requests import RestoreRequest
from backend.web.failures import NotAcceptable
from backend.web.negotiate import AnswerForm, prefers_async, wanted_form

MIMES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


@pytest.mark.parametrize(
    ("accept", "chosen", "as_bytes", "asked_format"),
    [
        (None, None, False, None),
        ("*/*", "png", False, None),
        ("application/json", "png", False, None),
        ("text/html,application/xhtml+xml,*/*;q=0.8", None, False, None),
        ("image/*", None, True, None),
        ("image/*", "webp", True, "webp"),
        ("image/webp", None, True, "webp"),
        ("image/jpeg;q=0.9, image/png", None, True, "png"),
        ("application/json;q=0.5, image/png", "png", True, "png"),
        ("image/png, application/json;q=0.5", "webp", False, None),
    ],
)
def test_accept_chooses_the_form(
    accept: str | None, chosen: str | None, as_bytes: bool, asked_format: str | None
) -> None:
    headers = {} if accept is None else {"Accept": accept}

    with Flask("test").test_request_context(headers=headers):
        form = wanted_form(MIMES, chosen_format=chosen)

    assert form.as_bytes is as_bytes
    if as_bytes and chosen is None:
        assert form.format == asked_format


@pytest.mark.parametrize(
    ("accept", "chosen"), [("text/html", None), ("image/webp", "png"), ("video/mp4", None)]
)
def test_what_cannot_be_made_is_refused(accept: str, chosen: str | None) -> None:
    with Flask("test").test_request_context(headers={"Accept": accept}), pytest.raises(NotAcceptable):
        wanted_form(MIMES, chosen_format=chosen)


def test_the_format_reaches_the_request() -> None:
    request = RestoreRequest(format="auto")

    assert AnswerForm(as_bytes=True, format="webp").applied_to(request).format == "webp"
    assert AnswerForm(as_bytes=True, format=None).applied_to(request) is request


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        ("respond-async", True),
        ("Respond-Async", True),
        ("wait=10, respond-async", True),
        ("respond-async; x=1", True),
        ("return=minimal", False),
        ("not-respond-async", False),
    ],
)
def test_prefer_is_read_as_a_list(prefer: str, expected: bool) -> None:
    with Flask("test").test_request_context(headers={"Prefer": prefer}):
        assert prefers_async() is expected
