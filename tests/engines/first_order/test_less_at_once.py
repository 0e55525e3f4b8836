"""Less at a time, then elsewhere, and no frame twice."""

from collections.abc import Iterator

import pytest

from backend.domain.errors import OutOfMemory
from backend.engines.first_order.less_at_once import Rung, climbed_down, rungs

FRAMES = 20


def test_a_place_is_given_up_after_one_frame_at_a_time() -> None:
    ladder = rungs([("card", 16), ("processor", 8)])

    assert [(rung.place, rung.at_once) for rung in ladder] == [
        *(("card", count) for count in (16, 8, 4, 2, 1)),
        *(("processor", count) for count in (8, 4, 2, 1)),
    ]


def _frames(fits: int, runs_out_after: int = 0) -> tuple[list[str], Iterator[int]]:
    """A card that has room for `fits` frames at a time, once it has made some."""
    tried: list[str] = []

    def make(rung: Rung[str], done: int) -> Iterator[int]:
        tried.append(f"{rung.place} {rung.at_once}")
        for frame in range(done, FRAMES):
            if rung.place == "card" and rung.at_once > fits and frame >= runs_out_after:
                raise RuntimeError("CUDA out of memory")
            yield frame

    return tried, climbed_down(rungs([("card", 16), ("processor", 1)]), make)


def test_fewer_at_a_time_go_on_where_more_ran_out() -> None:
    tried, made = _frames(fits=4, runs_out_after=5)

    assert list(made) == list(range(FRAMES))
    assert tried == ["card 16", "card 8", "card 4"]


def test_a_card_with_no_room_leaves_it_to_the_processor() -> None:
    tried, made = _frames(fits=0)

    assert list(made) == list(range(FRAMES))
    assert tried[-1] == "processor 1"


def test_where_nothing_fits_it_is_said() -> None:
    def make(rung: Rung[str], done: int) -> Iterator[int]:
        raise MemoryError

    with pytest.raises(OutOfMemory):
        list(climbed_down(rungs([("processor", 2)]), make))


def test_other_errors_are_not_tried_again() -> None:
    def make(rung: Rung[str], done: int) -> Iterator[int]:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        list(climbed_down(rungs([("processor", 2)]), make))
