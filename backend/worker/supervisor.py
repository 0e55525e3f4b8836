"""Keep one worker process running: start it, replace it when it dies or hangs, end it with the server.

A process of its own, so that a crash, a leak or a hang in an engine never touches the web process. Spawned,
not forked: a forked process could not use a graphics card.
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the supervisor waits for what, in seconds."""

    silent_s: float = 30.0  # without a beat: the process hangs
    stop_s: float = 30.0  # from asking it to stop to killing it
    first_restart_s: float = 0.2  # doubled with every death in a row
    longest_restart_s: float = 30.0
    healthy_s: float = 60.0  # a process that lived this long forgives earlier deaths
    watch_s: float = 0.1


class ChildProcess:
    """A process on a lifeline (`worker/lifeline.py`), in a process group of its own."""

    def __init__(self, command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> None:
        own_group = (
            {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined]  # Windows only
            if os.name == "nt"
            else {"start_new_session": True}
        )
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ, **own_group
        )
        self.started_s = time.monotonic()
        self._last_beat_s = self.started_s
        threading.Thread(target=self._listen, name="beats", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def silence_s(self) -> float:
        """Seconds since the last beat, or since the start."""
        return time.monotonic() - self._last_beat_s

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Cut the lifeline; the process finishes what it does and ends."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def wait(self, timeout_s: float | None = None) -> int | None:
        """The exit code, or None when the process still runs after `timeout_s`."""
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None
        self.ask_to_stop()  # nobody listens any more: closes our end
        return code

    def kill(self) -> None:
        """End the process and everything it started, at once."""
        if os.name == "nt":
            self._process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self.wait()

    def stop(self, patience_s: float) -> int:
        """Ask, wait, and kill what is still there."""
        self.ask_to_stop()
        code = self.wait(patience_s)
        if code is None:
            logger.warning("process did not stop in time and was killed", extra={"pid": self.pid})
        self.kill()  # also what it may have left behind in its group
        return self._process.returncode

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as beats:
            while os.read(beats.fileno(), 64):
                self._last_beat_s = time.monotonic()


class Supervisor:
    """One worker process, for as long as the supervisor is not stopped."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        patience: Patience | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._command = tuple(command)
        self._environ = environ
        self._patience = patience or Patience()
        self._stopping = threading.Event()
        self._child: ChildProcess | None = None
        self._thread = threading.Thread(target=self._run, name="supervisor")

    @property
    def worker_pid(self) -> int | None:
        """The worker that runs now."""
        child = self._child
        return child.pid if child is not None and child.exit_code() is None else None

    def start(self) -> None:
        """Start the worker, and watch it from a thread."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Let the worker finish and do not start another; returns at once."""
        self._stopping.set()

    def stop(self) -> None:
        """Ask, and wait until the worker is gone."""
        self.ask_to_stop()
        self._thread.join()

    def _run(self) -> None:
        pause_s = self._patience.first_restart_s
        while not self._stopping.is_set():
            self._child = child = ChildProcess(self._command, environ=self._environ)
            logger.info("worker started", extra={"pid": child.pid})
            self._watch(child)
            if self._stopping.is_set():
                child.stop(self._patience.stop_s)
                return
            child.kill()
            if time.monotonic() - child.started_s > self._patience.healthy_s:
                pause_s = self._patience.first_restart_s
            logger.error(
                "worker ended; starting another", extra={"pid": child.pid, "code": child.exit_code()}
            )
            self._stopping.wait(pause_s)
            pause_s = min(2 * pause_s, self._patience.longest_restart_s)

    def _watch(self, child: ChildProcess) -> None:
        """Return when the child has died, hangs, or is no longer wanted."""
        while not self._stopping.wait(self._patience.watch_s):
            if child.exit_code() is not None:
                return
            if child.silence_s > self._patience.silent_s:
                logger.error("worker hangs and is replaced", extra={"pid": child.pid})
                return


def module_command(*arguments: str) -> tuple[str, ...]:
    """The command line that runs this package, with this interpreter, and `arguments`."""
    return (sys.executable, "-m", "backend", *arguments)
