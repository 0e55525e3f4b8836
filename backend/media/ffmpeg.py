"""Runs ffmpeg as a separate program that can always be stopped.

A clip is somebody else's file: it is parsed in another process, with a time limit on every wait, and that
process never outlives the `with` block it was started in.
"""

import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import IO

from imageio_ffmpeg import get_ffmpeg_exe

STALL_LIMIT_S = 20.0  # one frame, or the end, may take this long; then ffmpeg is stuck
_KEPT_ERROR_CHARACTERS = 2000


@cache
def ffmpeg_program() -> str:
    """Path of the ffmpeg that comes with imageio-ffmpeg."""
    return str(get_ffmpeg_exe())


@dataclass(frozen=True, slots=True)
class RunningFfmpeg:
    """One ffmpeg at work. Every wait on it ends within its limit: a stuck process is killed."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def read(self, byte_count: int, limit_s: float = STALL_LIMIT_S) -> bytes:
        """Up to `byte_count` bytes of its output; fewer only at the end."""
        assert self.process.stdout is not None
        with self._killed_after(limit_s):
            return self.process.stdout.read(byte_count)

    def write(self, content: memoryview, limit_s: float = STALL_LIMIT_S) -> None:
        """Give it input. Raises BrokenPipeError when it has ended."""
        assert self.process.stdin is not None
        with self._killed_after(limit_s):
            self.process.stdin.write(content)

    def finish(self, limit_s: float = STALL_LIMIT_S) -> int:
        """Say that there is no more input, wait, and return the exit status; 0 is success."""
        with self._killed_after(limit_s):
            _close_pipe(self.process.stdin)
            return self.process.wait()

    def errors(self) -> str:
        """The last of what it complained about; for logs, never for answers: it names files."""
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")[-_KEPT_ERROR_CHARACTERS:]

    @contextmanager
    def _killed_after(self, limit_s: float) -> Iterator[None]:
        timer = threading.Timer(limit_s, self.process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


@contextmanager
def running_ffmpeg(arguments: Sequence[str], *, takes_input: bool = False) -> Iterator[RunningFfmpeg]:
    """Start ffmpeg; it is gone when the block is left, whatever the reason."""
    # Complaints go to a file: a pipe that nobody reads would stop ffmpeg when it is full.
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603  # an argument list of ours, no shell
            [ffmpeg_program(), *arguments],
            stdin=subprocess.PIPE if takes_input else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if takes_input else subprocess.PIPE,
            stderr=log,
        )
        try:
            yield RunningFfmpeg(process, log)
        finally:
            process.kill()
            _close_pipe(process.stdin)
            _close_pipe(process.stdout)
            process.wait()


def ffmpeg_output(arguments: Sequence[str], *, limit_s: float) -> tuple[int, str]:
    """Run ffmpeg to its end: exit status and what it printed. Killed, and not 0, after `limit_s`."""
    with running_ffmpeg(arguments) as ffmpeg:
        printed = ffmpeg.read(-1, limit_s)
        return ffmpeg.finish(limit_s), printed.decode("utf-8", "replace")


def _close_pipe(pipe: IO[bytes] | None) -> None:
    if pipe is None:
        return
    try:
        pipe.close()
    except BrokenPipeError:
        return  # what was still buffered has nobody to go to; the exit status says why
