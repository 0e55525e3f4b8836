"""A server as people run it, in processes of its own, for tests to send real requests to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
STARTS_WITHIN_S = 90


@dataclass(frozen=True)
class LiveServer:
    """Where the server answers, and what it has written."""

    address: str
    data_dir: Path
    log: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """`python -m backend serve` on a free port, stopped at the end; blind to the weights of this machine."""
    folder = tmp_path_factory.mktemp("live")
    with running_server(folder, JIUYING_WEIGHTS_DIR=str(folder / "weights")) as live:
        yield live


@pytest.fixture
def browser(server: LiveServer) -> Iterator[httpx.Client]:
    """A guest's browser: it keeps its cookie and sends the CSRF token that goes with it."""
    with guest_of(server) as client:
        yield client


@contextmanager
def running_server(folder: Path, **settings: str) -> Iterator[LiveServer]:
    """A server of its own, its data in `folder`; settings: `JIUYING_…`."""
    live = LiveServer(f"http://127.0.0.1:{_free_port()}", folder / "var", folder / "log")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JIUYING_")}
    environment |= {"JIUYING_DATA_DIR": str(live.data_dir), "JIUYING_GUESTS_PER_MINUTE": "600", **settings}
    with live.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "backend", "serve", "--port", live.address.rpartition(":")[2]],
            cwd=REPOSITORY,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until_ready(live, process)
            yield live
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


@contextmanager
def guest_of(server: LiveServer) -> Iterator[httpx.Client]:
    """A browser that has just come for the first time."""
    with httpx.Client(base_url=server.address, timeout=150) as client:
        answer = client.post("/api/v1/auth/guest")
        assert answer.status_code in (200, 201), answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        client.headers["Origin"] = server.address
        yield client


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(live: LiveServer, process: subprocess.Popen[bytes]) -> None:
    deadline_s = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline_s:
        assert process.poll() is None, live.log.read_text()
        try:
            if httpx.get(live.address + "/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(live.log.read_text())
