"""Where a moved face may show in its square, and where it may move: two soft shapes, the same in every frame.

Apart from compositing, which takes any matte: these shapes are what people see when a seam, a ghost in a
neighbour's hair or a walking shoulder shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.engines.faces.boxes import Box, side
from backend.engines.first_order.crops import RISE, Square
from backend.engines.first_order.seams import Numbers
from backend.media.types import Mask

# The square's own shape, 1 = its outline: wide enough for hair and chin, round so that no corner shows.
_ROUNDNESS: Final = 2.6  # 2 is an ellipse
_REACH: Final = 0.97  # of half the square's side
_CHIN: Final = 0.93  # the same downwards: below the chin is a body that stays
_FREE_FROM, _FREE_TO = 0.70, 0.90  # moves as the network says up to here, not at all from there
_SHOWN_FROM, _SHOWN_TO = (
    0.88,
    1.0,
)  # wider: what fades into the photo does not move, so that nothing is seen twice
# Between two heads: how many times further the other's middle is than one's own, each in its own head's size.
_MATTE_RATIO: Final = (1.0, 1.2)
_FREE_RATIO: Final = (1.15, 1.7)
_NOT_ZERO: Final = np.float32(1e-3)
_HEAD: Final = (0.5, 0.65)  # half width and half height of a head, in sides of its box


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Masks:
    """Of one face; shown: how much of the moved picture is seen. free: how much of the motion is kept."""

    shown: Mask
    free: Mask


def masks_at(x: Numbers, y: Numbers, square: Square, box: Box, others: Sequence[Box]) -> Masks:
    """The two shapes of one face at some places.

    x, y:    float32 of one shape, or shapes that broadcast to it; pixels of the film
    square:  what the network sees of the face. box: the face's own
    others:  boxes of all other faces, whether they move or not: nobody drags a neighbour along
    returns: float32 of that shape. `shown` is 0 along the square's border, and wherever it is above 0 for one
             face it is 0 for all others; where `free` is above 0 `shown` is 1
    """
    reach = _reach(x, y, square)
    shown, free = _ramp(reach, _SHOWN_TO, _SHOWN_FROM), _ramp(reach, _FREE_TO, _FREE_FROM)
    own = _head_distance(x, y, box) + _NOT_ZERO
    for other in others:
        ratio = np.asarray(_head_distance(x, y, other) / own, np.float32)
        shown = np.multiply(shown, _ramp(ratio, *_MATTE_RATIO))
        free = np.multiply(free, _ramp(ratio, *_FREE_RATIO))
    return Masks(shown=shown, free=free)


def cell_places(square: Square, cells: int) -> tuple[Numbers, Numbers]:
    """Middles of the cells that a network moves, in the film: x (1, cells) and y (cells, 1), pixels."""
    places = ((np.arange(cells, dtype=np.float32) + 0.5) * square.side / cells - 0.5).astype(np.float32)
    return (places + np.float32(square.x))[None, :], (places + np.float32(square.y))[:, None]


def _reach(x: Numbers, y: Numbers, square: Square) -> Numbers:
    """How far from the square's middle, 1 = where nothing shows any more; below 1 nowhere on its border."""
    half = square.side / 2
    across = np.abs(x - (square.x + half - 0.5)) / (half * _REACH)
    down = (y - (square.y + half - 0.5)) / (half * _REACH)
    down = np.where(down > 0, down / _CHIN, -down)
    return np.asarray((across**_ROUNDNESS + down**_ROUNDNESS) ** (1 / _ROUNDNESS), np.float32)


def _head_distance(x: Numbers, y: Numbers, box: Box) -> Numbers:
    """From the middle of a head, 1 = about its outline."""
    size = side(box)
    across = (x - (box[0] + box[2]) / 2) / (_HEAD[0] * size)
    down = (y - ((box[1] + box[3]) / 2 - RISE * size)) / (_HEAD[1] * size)
    return np.asarray(np.hypot(across, down), np.float32)


def _ramp(value: Numbers, zero_at: float, one_at: float) -> Mask:
    """0 at `zero_at`, 1 at `one_at`, smooth between and constant beyond."""
    share = np.clip((value - zero_at) / (one_at - zero_at), 0.0, 1.0)
    return np.asarray(share * share * (3 - 2 * share), np.float32)
