"""How a parent and the process it supervises know of each other: two pipes, the same on every system.

The child's stdin stays open and silent while the parent wants it; when it ends (the parent asked, or died,
even by SIGKILL) the child stops. The child's stdout carries a byte a beat, so that the parent sees one that
hangs.
Both are moved away from descriptors 0 and 1 at once: no library may read or write them by accident.
"""

import os
import sys
import threading
from collections.abc import Callable

BEAT_EVERY_S = 2.0


class Lifeline:
    """The child's ends of the two pipes."""

    def __init__(self, stop_fd: int, beat_fd: int) -> None:
        self._stop_fd = stop_fd
        self._beat_fd = beat_fd

    @classmethod
    def take_over(cls) -> "Lifeline":
        """Claim stdin and stdout. From here on stdin is empty and stdout goes where stderr goes."""
        sys.stdout.flush()
        stop_fd, beat_fd = os.dup(0), os.dup(1)  # not inherited by programs that this process starts
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        return cls(stop_fd, beat_fd)

    def when_cut(self, stop: Callable[[], None]) -> None:
        """Call `stop` from a thread once the parent wants this process to end, or is gone."""

        def wait() -> None:
            while os.read(self._stop_fd, 64):
                pass
            stop()

        threading.Thread(target=wait, name="lifeline", daemon=True).start()

    def keep_beating(self, *, every_s: float = BEAT_EVERY_S) -> None:
        """Tell the parent, from a thread, that this process runs."""

        def beat() -> None:
            pause = threading.Event()
            while True:
                try:
                    os.write(self._beat_fd, b".")
                except OSError:  # the parent is gone; `when_cut` ends us
                    return
                pause.wait(every_s)

        threading.Thread(target=beat, name="beat", daemon=True).start()
