"""Thin a mask to lines one pixel wide, so that its pixels count its length and not its area."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

BoolMask: TypeAlias = npt.NDArray[np.bool_]
"""bool (H, W)."""

# The eight neighbours as (down, right), clockwise from the one above: p2 … p9 of Guo and Hall 1989.
_NEIGHBOURS = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


def thinned(mask: BoolMask) -> BoolMask:
    """The middle lines of what is marked (Guo and Hall 1989). Pieces stay whole, and holes stay holes."""
    thin = np.pad(mask, 1)
    while True:
        before = int(thin.sum())
        for is_first in (True, False):
            thin &= ~_peel(thin, is_first=is_first)
        if int(thin.sum()) == before:
            return thin[1:-1, 1:-1]


def _peel(thin: BoolMask, *, is_first: bool) -> BoolMask:
    """What one half-step takes: pixels of the rim that hold nothing together and end no line."""
    p2, p3, p4, p5, p6, p7, p8, p9 = (np.roll(thin, (-down, -right), (0, 1)) for down, right in _NEIGHBOURS)
    corners = (p2, p3 | p4), (p4, p5 | p6), (p6, p7 | p8), (p8, p9 | p2)
    branches = np.sum([~side & beyond for side, beyond in corners], axis=0)
    neighbours = np.minimum(
        np.sum([p9 | p2, p3 | p4, p5 | p6, p7 | p8], axis=0),
        np.sum([p2 | p3, p4 | p5, p6 | p7, p8 | p9], axis=0),
    )
    is_kept = (p6 | p7 | ~p9) & p8 if is_first else (p2 | p3 | ~p5) & p4
    return np.asarray(thin & (branches == 1) & (neighbours >= 2) & (neighbours <= 3) & ~is_kept, np.bool_)
