"""Threads that work ahead: the next frames are drawn and composited while the last one is encoded."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")

_END: Final[Any] = object()


def ahead(items: Iterator[Item], most: int) -> Generator[Item, None, None]:
    """The same items in the same order, each made in another thread, at most `most` before it is asked for.

    What `items` raises comes through in its turn. Closed early, it waits for the item that is being made and
    makes no other.
    """
    waiting: deque[Future[Item]] = deque()
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
            try:
                while True:
                    while len(waiting) <= most:
                        waiting.append(pool.submit(next, items, _END))
                    item = waiting.popleft().result()
                    if item is _END:
                        return
                    yield item
            finally:
                for item_to_come in waiting:
                    item_to_come.cancel()
    finally:
        # Here, where the thread has ended: a pool takes nothing more once the process is about to end.
        if isinstance(items, Generator):
            items.close()


def made_ahead(
    make: Callable[[Item], Made], items: Iterator[Item], workers: int
) -> Generator[Made, None, None]:
    """What is made of each item, in their order; as many are in the making as there are workers.

    What `make` raises comes through in its turn. Closed early, it waits for those that are being made.
    """
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="making") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(make, item))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for made_to_come in waiting:
                made_to_come.cancel()
