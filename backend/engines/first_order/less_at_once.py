"""Frames made with less at a time, then elsewhere, when memory runs out.

Kept apart because the ladder is the same for every step, and can be climbed down without a network.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from backend.domain.errors import OutOfMemory
from backend.engines.memory import is_out_of_memory

logger = logging.getLogger(__name__)

Place = TypeVar("Place")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Rung(Generic[Place]):
    """Where to compute, and how many frames at a time."""

    place: Place
    at_once: int


def rungs(places: Sequence[tuple[Place, int]]) -> tuple[Rung[Place], ...]:
    """Each place with as many frames at a time as it is given, half of them, and so on to one."""
    return tuple(
        Rung(place, most >> halvings) for place, most in places for halvings in range(most.bit_length())
    )


def climbed_down(
    ladder: Sequence[Rung[Place]], make: Callable[[Rung[Place], int], Iterator[Made]]
) -> Iterator[Made]:
    """What `make` makes, from the first rung that has the memory for it.

    make:   of a rung, and of how many are made already; goes on from there
    raises: OutOfMemory, when the last rung is too much too
    """
    done = 0
    for number, rung in enumerate(ladder, start=1):
        try:
            for made in make(rung, done):
                yield made
                done += 1
            return
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            if number == len(ladder):
                raise OutOfMemory from error
            logger.warning("out of memory, trying with less", extra={"frames_at_once": rung.at_once})
