"""The supervisor with real processes: what dies or hangs is replaced, and nothing outlives its parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.worker.supervisor import ChildProcess, Patience, Supervisor
from tests.worker.waiting import wait_until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals to kill")

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = Patience(silent_s=30.0, stop_s=20.0, first_restart_s=0.01, longest_restart_s=0.05, watch_s=0.02)
# Beats, notes its number, and ends when its lifeline is cut.
OBEDIENT = """
import os, sys, threading
from backend.worker.lifeline import Lifeline
lifeline, stop = Lifeline.take_over(), threading.Event()
lifeline.keep_beating(every_s=0.05)
lifeline.when_cut(stop.set)
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
stop.wait()
"""
# Neither beats nor ends.
SILENT = """
import os, sys, time
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
while True:
    time.sleep(60)
"""


def _command(script: str, pids: Path) -> list[str]:
    return [sys.executable, "-c", script, str(pids)]


def _environ() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def _pids(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


@contextmanager
def _supervised(script: str, pids: Path, patience: Patience = PATIENCE) -> Iterator[Supervisor]:
    supervisor = Supervisor(_command(script, pids), patience=patience, environ=_environ())
    supervisor.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()


def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with _supervised(OBEDIENT, pids):
        wait_until(lambda: len(_pids(pids)) == 1)
        os.kill(_pids(pids)[0], signal.SIGKILL)
        wait_until(lambda: len(_pids(pids)) == 2)

        first, second = _pids(pids)

        assert first != second
        assert not _is_running(first)
        assert _is_running(second)


def test_a_worker_that_hangs_is_killed_and_replaced(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    impatient = Patience(silent_s=0.5, stop_s=0.1, first_restart_s=0.01, watch_s=0.02)

    with _supervised(SILENT, pids, impatient):
        wait_until(lambda: len(_pids(pids)) >= 2)
        first = _pids(pids)[0]

        assert not _is_running(first)


def test_a_stopped_worker_is_replaced_when_it_is_frozen(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    impatient = Patience(silent_s=1.0, stop_s=5.0, first_restart_s=0.01, watch_s=0.02)

    with _supervised(OBEDIENT, pids, impatient):
        wait_until(lambda: len(_pids(pids)) == 1)
        os.kill(_pids(pids)[0], signal.SIGSTOP)
        wait_until(lambda: len(_pids(pids)) >= 2)

        assert not _is_running(_pids(pids)[0])


def test_stopping_ends_the_worker_in_good_order(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with _supervised(OBEDIENT, pids) as supervisor:
        wait_until(lambda: len(_pids(pids)) == 1)

    assert supervisor.worker_pid is None
    assert len(_pids(pids)) == 1
    assert not _is_running(_pids(pids)[0])


def test_a_worker_that_does_not_listen_is_killed_at_the_end(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with _supervised(SILENT, pids, Patience(silent_s=60.0, stop_s=0.1, watch_s=0.02)):
        wait_until(lambda: len(_pids(pids)) == 1)

    assert not _is_running(_pids(pids)[0])


def test_a_worker_notices_that_its_parent_was_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    parent_script = (
        "import sys, time; from backend.worker.supervisor import Supervisor;"
        "Supervisor([sys.executable, '-c', sys.argv[2], sys.argv[1]]).start(); time.sleep(600)"
    )
    parent = subprocess.Popen([*_command(parent_script, pids), OBEDIENT], env=_environ())
    try:
        wait_until(lambda: len(_pids(pids)) == 1)
    finally:
        parent.kill()
        parent.wait()

    wait_until(lambda: not _is_running(_pids(pids)[0]), what="the orphan's end")


def test_a_child_dies_with_what_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    starts_another = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SILENT!r}, sys.argv[1]])"
    )
    child = ChildProcess(_command(starts_another, pids), environ=_environ())
    wait_until(lambda: len(_pids(pids)) == 1)

    child.kill()

    wait_until(lambda: not _is_running(_pids(pids)[0]), what="the grandchild's end")


def test_a_child_that_ends_says_with_what(tmp_path: Path) -> None:
    child = ChildProcess([sys.executable, "-c", "raise SystemExit(7)"])

    assert child.wait(30) == 7
    assert child.exit_code() == 7


def test_programs_of_the_worker_cannot_read_its_lifeline(tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    script = (
        "import subprocess, sys; from backend.worker.lifeline import Lifeline; Lifeline.take_over();"
        "reads = 'import sys; print(len(sys.stdin.read()))';"
        "out = subprocess.run([sys.executable, '-c', reads], capture_output=True, text=True).stdout;"
        "open(sys.argv[1], 'w').write(out)"
    )
    child = ChildProcess(_command(script, answer), environ=_environ())

    assert child.wait(30) == 0
    assert answer.read_text().strip() == "0"
