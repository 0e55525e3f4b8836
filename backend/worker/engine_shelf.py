"""Engines by name, some of them built only when a job first asks.

A mapping, so that whoever uses engines need not know that one takes seconds and gigabytes to load.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

Engine = TypeVar("Engine")


class EngineShelf(Mapping[str, Engine]):
    """Those that are ready, and those that are built on first use: once, whoever asks at the same time.

    What building raises comes through and nothing is kept: weights that come later are seen at the next try.
    """

    def __init__(self, ready: Mapping[str, Engine], on_demand: Mapping[str, Callable[[], Engine]]) -> None:
        self._engines = dict(ready)
        self._build = {name: build for name, build in on_demand.items() if name not in ready}
        self._building = {name: threading.Lock() for name in self._build}

    def __getitem__(self, name: str) -> Engine:
        if name not in self._engines and name in self._build:
            with self._building[name]:
                if name not in self._engines:  # another thread may have built it meanwhile
                    self._engines[name] = self._build[name]()
        return self._engines[name]

    def __contains__(self, name: object) -> bool:
        """Without building it, which `Mapping` would."""
        return name in self._engines or name in self._build

    def __iter__(self) -> Iterator[str]:
        return iter({**self._engines, **self._build})

    def __len__(self) -> int:
        return len({**self._engines, **self._build})
