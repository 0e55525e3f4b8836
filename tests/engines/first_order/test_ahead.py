"""Work ahead in a thread: the same items, not too many, and an end when nobody listens."""

import threading
from collections.abc import Iterator

import pytest

from backend.engines.first_order.ahead import ahead, made_ahead


def test_items_come_in_order() -> None:
    assert list(ahead(iter(range(20)), 3)) == list(range(20))


def test_no_more_is_made_than_was_said() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    stream = ahead(items(), 2)
    first = next(stream)
    stream.close()

    assert first == 0
    assert len(made) <= 3


def test_items_are_made_in_another_thread() -> None:
    threads = list(ahead((threading.current_thread() for _ in range(3)), 1))

    assert len(set(threads)) == 1
    assert threads[0] is not threading.current_thread()


def test_an_error_comes_in_its_turn() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise RuntimeError("the network is gone")

    stream = ahead(items(), 2)

    assert next(stream) == 1
    with pytest.raises(RuntimeError, match="gone"):
        next(stream)


def test_who_stops_listening_ends_the_work() -> None:
    ended: list[bool] = []

    def items() -> Iterator[int]:
        try:
            yield from range(100)
        finally:
            ended.append(True)

    stream = ahead(items(), 2)
    next(stream)
    stream.close()

    assert ended == [True]


def test_what_goes_wrong_at_the_end_is_not_lost() -> None:
    def items() -> Iterator[int]:
        try:
            yield from range(100)
        finally:
            raise OSError("the device is gone")

    stream = ahead(items(), 2)
    next(stream)

    with pytest.raises(OSError, match="gone"):
        stream.close()


def test_what_is_made_comes_in_order_whoever_is_quicker() -> None:
    first_may_end = threading.Event()

    def make(number: int) -> int:
        if number:
            first_may_end.set()
        assert first_may_end.wait(5)  # the first is made while the second is
        return 10 * number

    assert list(made_ahead(make, iter(range(5)), 2)) == [0, 10, 20, 30, 40]


def test_an_error_in_making_comes_in_its_turn() -> None:
    made = made_ahead(lambda number: 6 // (2 - number), iter(range(4)), 1)

    assert [next(made), next(made)] == [3, 6]
    with pytest.raises(ZeroDivisionError):
        next(made)
