"""Films ordered from a running server, by the tests that watch them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.acceptance.conftest import LiveServer, running_server
from tests.builders import a_portrait_png
from tests.narrow_weights import MOTION, install, narrow_files, narrow_folder

Json = dict[str, Any]
DONE = {"succeeded", "failed", "cancelled"}
SIDE_PX = 160  # of the portrait: a small film is a quick one


@contextmanager
def server_with_motion(folder: Path) -> Iterator[LiveServer]:
    """A server whose network that moves faces is narrow, and installed."""
    files = narrow_files(animating=True)
    narrow_folder(folder / "weights", "http://127.0.0.1:9", files)
    install(folder / "weights", files, MOTION)
    with running_server(folder, JIUYING_WEIGHTS_DIR=str(folder / "weights")) as live:
        yield live


def ordered(browser: httpx.Client, clip: Path | None = None, **options: object) -> httpx.Response:
    """The answer to an order that is not waited for: a film of a portrait, which is not restored first."""
    files = {"file": ("portrait.png", a_portrait_png(SIDE_PX), "image/png")}
    if clip is not None:
        files["driving"] = (clip.name, clip.read_bytes(), "application/octet-stream")
    return browser.post(
        "/api/v1/animate",
        files=files,
        data={"restore_first": "false"} | {name: str(value) for name, value in options.items()},
        headers={"Prefer": "respond-async"},
    )


def states_of(browser: httpx.Client, job: Json, within_s: float = 150) -> Iterator[Json]:
    """The job as it is told, again and again, until it is done."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        now: Json = browser.get(job["links"]["self"]).json()
        yield now
        if now["state"] in DONE:
            return
        time.sleep(0.05)
    raise AssertionError(now)


def finished(browser: httpx.Client, job: Json) -> Json:
    """The job at its end."""
    *_, last = states_of(browser, job)
    return last
