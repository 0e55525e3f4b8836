"""An hour of bad luck in minutes: people send photos while the worker is killed again and again."""

import os
import random
import signal
import time
from pathlib import Path

import httpx
import pytest

from tests.acceptance.conftest import LiveServer
from tests.builders import a_portrait_png

KILLS = 8
KILL_EVERY_S = 8.0  # a killed job waits 30 s for its lease to end; it may die three times, no more
MOST_WAITING = 20  # below the cap of what a guest may have waiting
DONE_WITHIN_S = 1200.0
PRESETS = ("smile_blink", "nod", "talk")


def worker_pid(server: LiveServer) -> int | None:
    """The embedded worker's process, found among the server's children by its command line (Linux)."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            environment = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"worker" in words and f"JIUYING_DATA_DIR={server.data_dir}".encode() in environment:
            return int(folder.name)
    return None


def send(browser: httpx.Client, index: int) -> str:
    """One photo to restore or to animate, in turns; returns the job's id."""
    portrait = {"file": (f"{index}.png", a_portrait_png(side_px=128 + index % 64))}
    wait_not = {"Prefer": "respond-async"}
    if index % 3:
        answer = browser.post("/restore", files=portrait, headers=wait_not)
    else:
        answer = browser.post(
            "/animate", files=portrait, data={"preset": PRESETS[index % len(PRESETS)]}, headers=wait_not
        )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def states(browser: httpx.Client, jobs: list[str]) -> dict[str, str]:
    return {job: browser.get(f"/api/v1/jobs/{job}").json()["state"] for job in jobs}


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the worker in /proc, which is not here")
def test_no_job_is_lost_while_the_worker_dies_again_and_again(
    browser: httpx.Client, server: LiveServer
) -> None:
    chance = random.Random(1)
    waiting: list[str] = []
    done: dict[str, str] = {}
    sent = kills = 0
    started_s = killed_s = time.monotonic()

    while (kills < KILLS or waiting) and time.monotonic() - started_s < DONE_WITHIN_S:
        while kills < KILLS and len(waiting) < MOST_WAITING:
            waiting.append(send(browser, sent))
            sent += 1
        pid = worker_pid(server)
        if kills < KILLS and pid is not None and time.monotonic() - killed_s > KILL_EVERY_S:
            os.kill(pid, signal.SIGKILL)
            kills, killed_s = kills + 1, time.monotonic()
        time.sleep(chance.uniform(0.1, 0.6))
        now = states(browser, waiting)
        done |= {job: state for job, state in now.items() if state in ("succeeded", "failed", "cancelled")}
        waiting = [job for job in waiting if job not in done]

    assert (kills, waiting) == (KILLS, [])
    assert sorted(done.values()) == ["succeeded"] * sent
    results = [browser.get(f"/api/v1/jobs/{job}").json()["media_id"] for job in done]
    assert len(set(results)) == sent
    assert all(browser.head(f"/api/v1/media/{result}").status_code == 200 for result in results)
    assert browser.get("/readyz").status_code == 200
