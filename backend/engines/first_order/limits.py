"""Holds a motion within what the network can draw: beyond it faces smear or fold.

Apart from the algebra because these are numbers that people tune, and because what was held back is told. The
limits are far outside what our own clips ask for; what a network really bears needs a look with real weights.
"""

from typing import Final

import numpy as np

from backend.engines.first_order.algebra import Wide

_FREE_WAY: Final = 0.35  # in [-1, 1]: 45 px of 256; nothing below it is touched
_LONGEST_WAY: Final = 0.5
_SMALLEST, _LARGEST = 0.5, 2.0  # areas, after / before


def held_ways(ways: Wide) -> tuple[Wide, bool]:
    """Displacements (N, K, 2), none longer than half the half side; and whether one had to be held.

    A long way bends towards the limit and keeps its direction: a hard stop would be seen.
    """
    length = np.linalg.norm(ways, axis=-1, keepdims=True)
    room = _LONGEST_WAY - _FREE_WAY
    held = _FREE_WAY + room * np.tanh((length - _FREE_WAY) / room)
    is_long = length > _FREE_WAY
    ratio = np.where(is_long, held / np.maximum(length, _FREE_WAY), 1.0)
    return ways * ratio, bool(is_long.any())


def held_turns(turns: Wide) -> tuple[Wide, bool]:
    """Turns (N, K, 2, 2) that neither fold nor stretch an area beyond twice; and whether one had to be held.

    Such a turn M goes back towards the identity, I + b (M - I), by as little as it takes.
    """
    change = turns - np.eye(2)
    trace = change[..., 0, 0] + change[..., 1, 1]
    determinant = change[..., 0, 0] * change[..., 1, 1] - change[..., 0, 1] * change[..., 1, 0]
    # det(I + b X) = 1 + b tr X + b^2 det X: the first b in (0, 1] at which it meets a limit
    share = np.minimum(
        _first_root(determinant, trace, 1.0 - _SMALLEST), _first_root(determinant, trace, 1.0 - _LARGEST)
    )
    return np.eye(2) + share[..., None, None] * change, bool((share < 1.0).any())


def _first_root(a: Wide, b: Wide, c: float) -> Wide:
    """The smallest root of a x^2 + b x + c in (0, 1]; 1 where there is none."""
    inside = b * b - 4 * a * c
    root = np.sqrt(np.maximum(inside, 0.0))
    # 2c / (-b -+ root) stays exact where a is tiny
    roots = np.stack([_divided(2 * c, -b - root), _divided(2 * c, -b + root)])
    is_good = (inside >= 0) & (roots > 0) & (roots <= 1)
    first: Wide = np.where(is_good, roots, 1.0).min(axis=0)
    return first


def _divided(number: float, by: Wide) -> Wide:
    is_zero = np.abs(by) < np.finfo(np.float64).tiny
    quotient: Wide = np.where(is_zero, 2.0, number / np.where(is_zero, 1.0, by))  # 2: not among the roots
    return quotient
