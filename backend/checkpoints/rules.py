"""How a download asks and tells: values only, for those who start one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from backend.checkpoints.manifest import WeightsFile

Progress: TypeAlias = Callable[[int, int | None], None]
"""Bytes of the file that are there, and of the whole file where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadRules:
    """How to ask.

    mirror: an address that is asked before the official ones: `/FILE` is added to it, or it holds `{file}`
            or `{url}` (the official address) where they belong; empty = none
    timeout_s: silence on the line that counts as broken
    pauses_s: before the second, third … try of an address; a try that brought anything starts them anew
    """

    mirror: str = ""
    timeout_s: float = 30.0
    pauses_s: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)


def ignore_progress(_present: int, _total: int | None) -> None:
    """For those who do not look."""


def never() -> bool:
    """For those who do not stop."""
    return False


def addresses_of(file: WeightsFile, mirror: str) -> tuple[str, ...]:
    """Where to ask for a file, in order; empty where it has no public address and there is no mirror."""
    if not mirror:
        return file.urls
    if "{url}" in mirror:
        return (*(mirror.replace("{url}", url) for url in file.urls), *file.urls)
    if "{file}" in mirror:
        return (mirror.replace("{file}", quote(file.file)), *file.urls)
    return (f"{mirror.rstrip('/')}/{quote(file.file)}", *file.urls)
