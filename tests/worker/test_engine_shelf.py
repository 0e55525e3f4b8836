"""Engines that are built on first use: once, by whoever comes first, and again after a failure."""

import threading

import pytest

from backend.domain.errors import WeightsMissing
from backend.worker.engine_shelf import EngineShelf


class Workshop:
    """Builds something new each time, unless its weights are missing."""

    def __init__(self) -> None:
        self.built: list[object] = []
        self.has_weights = True
        self.may_finish = threading.Event()
        self.may_finish.set()

    def build(self) -> object:
        self.may_finish.wait(10.0)
        if not self.has_weights:
            raise WeightsMissing("no file", params={"file": "a.pth"})
        self.built.append(object())
        return self.built[-1]


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


@pytest.fixture
def shelf(workshop: Workshop) -> EngineShelf[object]:
    return EngineShelf({"builtin": "ready"}, {"gfpgan": workshop.build})


def test_nothing_is_built_before_it_is_asked_for(workshop: Workshop, shelf: EngineShelf[object]) -> None:
    assert shelf["builtin"] == "ready"
    assert (list(shelf), len(shelf), "gfpgan" in shelf) == (["builtin", "gfpgan"], 2, True)
    assert workshop.built == []


def test_an_engine_is_built_once(workshop: Workshop, shelf: EngineShelf[object]) -> None:
    first = shelf["gfpgan"]

    assert shelf["gfpgan"] is first
    assert (workshop.built, len(shelf)) == ([first], 2)


def test_threads_that_ask_at_once_get_the_same_engine(workshop: Workshop, shelf: EngineShelf[object]) -> None:
    workshop.may_finish.clear()
    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(shelf["gfpgan"])) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert shelf["builtin"] == "ready"  # nobody who wants another engine waits
    workshop.may_finish.set()
    for thread in threads:
        thread.join(10.0)

    assert len(workshop.built) == 1
    assert got == workshop.built * 8


def test_a_failure_comes_through_and_is_not_kept(workshop: Workshop, shelf: EngineShelf[object]) -> None:
    workshop.has_weights = False
    with pytest.raises(WeightsMissing):
        shelf["gfpgan"]

    workshop.has_weights = True  # somebody has downloaded them meanwhile

    assert shelf["gfpgan"] is workshop.built[0]


def test_an_engine_that_nobody_makes_is_not_there(shelf: EngineShelf[object]) -> None:
    assert "codeformer" not in shelf
    with pytest.raises(KeyError):
        shelf["codeformer"]
