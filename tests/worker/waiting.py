"""Waiting for something that another process or thread does."""

import time
from collections.abc import Callable

LONGEST_S = 60.0  # long enough for a loaded machine; reached only when a test fails


def wait_until(is_true: Callable[[], bool], *, what: str = "it") -> None:
    """Return as soon as `is_true()`; fail when it never is."""
    deadline_s = time.monotonic() + LONGEST_S
    while not is_true():
        assert time.monotonic() < deadline_s, f"{what} did not happen"
        time.sleep(0.02)
