"""Films on a running server by both engines that make them; the network of one is narrow."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from backend.media.video import probe_clip, read_frames
from backend.services.driving_videos import Presets
from tests.acceptance.conftest import REPOSITORY, LiveServer, guest_of
from tests.acceptance.filming import Json, finished, ordered, server_with_motion, states_of

ENGINES = ("builtin", "first_order")
PRESETS = Presets(REPOSITORY / "driving_videos").list()
LENGTH = {preset.slug: preset.frame_count for preset in PRESETS}
NOD = REPOSITORY / "driving_videos" / "nod.mp4"
SAME_PICTURE = 1.5  # grey levels: H.264 writes a frame, and the same one later, no further apart

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with server_with_motion(tmp_path_factory.mktemp("films")) as live:
        yield live


@pytest.fixture(scope="module")
def browser(server: LiveServer) -> Iterator[httpx.Client]:
    with guest_of(server) as client:
        yield client


@pytest.fixture(scope="module")
def made(browser: httpx.Client) -> dict[tuple[str, str], Json]:
    """Every preset by every engine, ordered at once: (slug, engine) -> the job at its end."""
    jobs: dict[tuple[str, str], Json] = {}
    done: dict[tuple[str, str], Json] = {}
    for slug in LENGTH:
        orders = {(slug, engine): ordered(browser, preset=slug, engine=engine) for engine in ENGINES}
        assert {answer.status_code for answer in orders.values()} == {202}
        jobs |= {key: answer.json() for key, answer in orders.items()}
        if len(jobs) >= 12:  # a guest may not have all of them waiting
            done |= {key: finished(browser, job) for key, job in jobs.items()}
            jobs.clear()
    return done | {key: finished(browser, job) for key, job in jobs.items()}


def film_at(browser: httpx.Client, job: Json, path: Path) -> Path:
    path.write_bytes(browser.get(job["links"]["result"]).content)
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_every_expression_becomes_a_film_that_moves_begins_and_ends_at_rest(
    engine: str, made: dict[tuple[str, str], Json], browser: httpx.Client, tmp_path: Path
) -> None:
    for slug, length in LENGTH.items():
        job = made[slug, engine]
        assert job["state"] == "succeeded", (slug, job["error"])
        result = job["result"]
        quality = result["quality"]

        film = film_at(browser, job, tmp_path / f"{slug}.mp4")
        facts = probe_clip(film)
        pictures = [frame.astype(np.int16) for frame in read_frames(film, fps=facts.fps)]
        away = [float(np.abs(picture - pictures[0]).mean()) for picture in pictures]

        assert (result["engine"], result["frames"], len(pictures)) == (engine, length, length), slug
        assert pictures[0].shape == (result["height"], result["width"], 3)
        assert away[-1] < SAME_PICTURE < max(away), (slug, away[-1], max(away))
        assert (quality["outside"], quality["start"]) == (0.0, 0.0), slug
        assert quality["loop"] <= 1.0, (slug, quality["loop"])  # the step at the joint is no jump
        poster = browser.get(job["links"]["result"] + "?variant=poster")
        assert (poster.status_code, poster.headers["Content-Type"]) == (200, "image/jpeg")


def test_a_clip_that_is_kept_drives_until_it_is_forgotten_and_is_nobody_elses(
    server: LiveServer, browser: httpx.Client
) -> None:
    film = finished(browser, ordered(browser, NOD, engine="first_order").json())
    assert film["state"] == "succeeded", film["error"]

    kept = browser.post("/api/v1/expressions", json={"job_id": film["id"], "name": "点头 mine"})
    expression = f"/api/v1/expressions/{kept.json()['id']}"
    again = finished(browser, ordered(browser, engine="first_order", expression=kept.json()["id"]).json())
    with guest_of(server) as stranger:
        refused = [
            stranger.get(expression + "/clip").status_code,
            stranger.delete(expression).status_code,
            ordered(stranger, expression=kept.json()["id"]).status_code,
        ]
    clip = browser.get(expression + "/clip").content
    forgotten = browser.delete(expression).status_code
    after = ordered(browser, expression=kept.json()["id"]).status_code

    assert (kept.status_code, again["state"]) == (201, "succeeded")
    assert again["result"]["frames"] == film["result"]["frames"]
    assert clip == NOD.read_bytes()
    assert (refused, forgotten, after) == ([404, 404, 404], 204, 404)


@pytest.mark.parametrize("engine", ENGINES)
def test_progress_never_runs_backwards_though_the_photo_is_restored_first(
    engine: str, browser: httpx.Client
) -> None:
    job = ordered(browser, preset="nod", engine=engine, restore_first="true").json()

    told = [state["progress"] for state in states_of(browser, job)]

    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_film_is_stopped_in_its_middle_and_made_when_asked_again(browser: httpx.Client) -> None:
    job = ordered(browser, preset="idle", engine="first_order", size="photo").json()
    for state in states_of(browser, job):
        if state["stage"] == "render":
            break
    browser.post(job["links"]["cancel"])

    stopped = finished(browser, job)
    again = browser.post(job["links"]["self"] + "/retry")
    made = finished(browser, again.json())

    assert (stopped["state"], stopped["result"]) == ("cancelled", None)
    assert (made["state"], made["result"]["frames"]) == ("succeeded", LENGTH["idle"])
