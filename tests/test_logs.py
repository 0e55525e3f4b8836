"""Log lines: JSON where machines read, and no secret in them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from backend.logs import configure_logging


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_of_the_standard_library_is_json_with_its_values() -> None:
    stream = io.StringIO()
    configure_logging("json", "info", stream=stream)

    logging.getLogger("backend.worker").info("job done", extra={"job_id": "7", "seconds": 1.5})

    [line] = _lines(stream)
    assert line["event"] == "job done"
    assert (line["job_id"], line["seconds"], line["level"]) == ("7", 1.5, "info")
    assert line["logger"] == "backend.worker"
    assert str(line["timestamp"]).endswith("Z")


def test_a_line_of_structlog_looks_the_same() -> None:
    stream = io.StringIO()
    configure_logging("json", "info", stream=stream)

    structlog.get_logger("backend.web").warning("request failed", code="disk_full")

    [line] = _lines(stream)
    assert (line["event"], line["code"], line["level"]) == ("request failed", "disk_full", "warning")


def test_lines_below_the_level_are_left_out() -> None:
    stream = io.StringIO()
    configure_logging("json", "warning", stream=stream)

    logging.getLogger("backend").info("chatter")
    structlog.get_logger("backend").info("chatter")

    assert stream.getvalue() == ""


def test_an_exception_is_part_of_its_line() -> None:
    stream = io.StringIO()
    configure_logging("json", "info", stream=stream)

    try:
        raise ValueError("why")
    except ValueError:
        logging.getLogger("backend").exception("job failed")

    [line] = _lines(stream)
    assert "ValueError: why" in str(line["exception"])


def test_chinese_stays_readable() -> None:
    stream = io.StringIO()
    configure_logging("json", "info", stream=stream)

    logging.getLogger("backend").info("旧影")

    assert "旧影" in stream.getvalue()


@pytest.mark.parametrize(
    "name", ["token", "session_token", "Password", "csrf", "authorization", "set_cookie"]
)
def test_values_named_like_secrets_are_hidden(name: str) -> None:
    stream = io.StringIO()
    configure_logging("json", "info", stream=stream)

    logging.getLogger("backend").info("request", extra={name: "hunter2"})
    structlog.get_logger("backend").info("request", **{name: "hunter2"})

    assert "hunter2" not in stream.getvalue()


def test_a_picture_as_text_is_hidden() -> None:
    stream = io.StringIO()
    configure_logging("json", "info", stream=stream)

    logging.getLogger("backend").info("request", extra={"image": "data:image/png;base64,iVBORw0KGgo"})

    assert "iVBORw0KGgo" not in stream.getvalue()


def test_the_console_form_is_for_people() -> None:
    stream = io.StringIO()
    configure_logging("console", "info", stream=stream)

    logging.getLogger("backend").info("job done", extra={"job_id": "7"})

    assert "job done" in stream.getvalue()
    assert "job_id=7" in stream.getvalue()
