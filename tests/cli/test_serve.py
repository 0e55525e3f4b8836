"""`serve` as a user starts it: real processes on a real port, and none left behind."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.presets import write_catalogue
from tests.worker.waiting import wait_until

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for orphans in /proc")

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """A `serve` in a folder of its own."""

    def __init__(self, folder: Path, *arguments: str, command: str = "serve") -> None:
        self.port = _free_port()
        self.log = folder / "log"
        presets = folder / "presets"
        environ = os.environ | {
            "PYTHONPATH": str(ROOT),
            "JIUYING_PORT": str(self.port),
            "JIUYING_DRIVING_VIDEOS_DIR": str(presets if presets.exists() else write_catalogue(presets)),
            "JIUYING_TEST_MARK": str(self.port),  # finds this server's processes
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "backend", command, *arguments],
                cwd=folder,
                env=environ,
                stdout=log,
                stderr=log,
            )
        self._mark = f"JIUYING_TEST_MARK={self.port}".encode()

    def status(self, path: str) -> int:
        """Of a GET; 0 while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def pids(self) -> list[int]:
        """Every process of this server that still runs."""
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and self._is_ours(entry)
        ]

    def worker_pid(self) -> int:
        """The process that does the jobs."""
        [pid] = [pid for pid in self.pids() if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        return pid

    def wait_until_ready(self) -> None:
        """The page answers, and the worker has given a sign of life."""
        wait_until(lambda: self.status("/readyz") == 200, what=f"the start: {self.log.read_text()}")

    def _is_ours(self, entry: Path) -> bool:
        try:
            return self._mark in (entry / "environ").read_bytes()
        except OSError:  # gone, a zombie, or another's
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(folder: Path, *arguments: str, command: str = "serve") -> Iterator[Server]:
    server = Server(folder, *arguments, command=command)
    try:
        yield server
    finally:
        for pid in server.pids():
            os.kill(pid, signal.SIGKILL)
        server.process.wait()


def test_it_migrates_serves_and_stops_without_orphans(tmp_path: Path) -> None:
    with _serving(tmp_path) as server:
        server.wait_until_ready()
        assert server.status("/healthz") == 200
        assert len(server.pids()) >= 3

        server.process.send_signal(signal.SIGTERM)

        assert server.process.wait(60) == 0
        assert server.pids() == []
    assert (tmp_path / "var/jiuying.sqlite3").exists()
    assert "Traceback" not in server.log.read_text()


def test_a_killed_worker_is_replaced_while_the_page_goes_on(tmp_path: Path) -> None:
    with _serving(tmp_path) as server:
        server.wait_until_ready()
        killed = server.worker_pid()

        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: killed not in server.pids())

        assert server.status("/healthz") == 200
        wait_until(lambda: len(server.pids()) >= 4, what="another worker")
        assert server.worker_pid() != killed


def test_nothing_outlives_a_server_that_was_killed(tmp_path: Path) -> None:
    with _serving(tmp_path) as server:
        server.wait_until_ready()

        server.process.kill()
        server.process.wait()

        wait_until(lambda: server.pids() == [], what="the orphans' end")


def test_without_a_worker_it_is_alive_and_waits_for_one(tmp_path: Path) -> None:
    with _serving(tmp_path, "--no-worker") as server:
        wait_until(lambda: server.status("/healthz") == 200)

        assert server.status("/readyz") == 503
        with _serving(tmp_path, command="worker") as worker:
            server.wait_until_ready()
            worker.process.send_signal(signal.SIGTERM)
            assert worker.process.wait(60) == 0

        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(60) == 0
        assert server.pids() == []


def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with _serving(tmp_path, "--port", str(port)) as server:
            assert server.process.wait(60) == 1
            assert server.pids() == []

    assert f"Error: cannot listen on 127.0.0.1 port {port}" in server.log.read_text()
