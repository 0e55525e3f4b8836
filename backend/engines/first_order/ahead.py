"""A thread that works ahead: the next frames are drawn while the last one is composited and encoded."""

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

Item = TypeVar("Item")

_END: Final[Any] = object()


def ahead(items: Iterator[Item], most: int) -> Generator[Item, None, None]:
    """The same items in the same order, each made in another thread, at most `most` before it is asked for.

    What `items` raises comes through in its turn. Closed early, it waits for the item that is being made and
    makes no other.
    """
    waiting: deque[Future[Item]] = deque()
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
            if isinstance(items, Generator):
                pool.submit(items.close)
