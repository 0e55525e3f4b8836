"""What a pickle says of an array, believed only as far as the bytes are there.

Apart from the instructions that lead to it (`paddle_pickle.py`), because this is where numpy comes in: it is
given bytes whose count is right and one of a few kinds of numbers, never a state of the file's own making.
"""

import math
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Reason: TypeAlias = Literal["truncated", "unsafe", "unreadable"]

_MOST_DIMENSIONS = 8
_NUMBERS: Final = ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1")
_ORDERS: Final = ("<", "|", "=")  # of bytes; files from machines of the other order are not known


class PickleRefused(Exception):
    """A pickle that is not read, and why, in a word and in words."""

    def __init__(self, reason: Reason, words: str) -> None:
        super().__init__(words)
        self.reason = reason


@dataclass(slots=True)
class PickledKind:
    """numpy.dtype, before and after its state says in which order the bytes are."""

    code: str
    order: str = "|"


@dataclass(slots=True)
class PickledArray:
    """numpy.ndarray. `value` is None where the file never says what is in it."""

    value: npt.NDArray[Any] | None = None

    def fill(self, data: object, shape: tuple[Any, ...], kind: PickledKind, order: Literal["C", "F"]) -> None:
        """Say what is in it; nothing is copied.

        raises: PickleRefused; TypeError where what is said makes no sense
        """
        if kind.code.startswith("O"):
            raise PickleRefused("unsafe", "it has arrays of objects")
        if kind.code not in _NUMBERS or kind.order not in _ORDERS:
            raise PickleRefused("unreadable", f"it has numbers of a kind that is not read: {kind.code[:8]!r}")
        is_shape = len(shape) <= _MOST_DIMENSIONS and all(type(side) is int and side >= 0 for side in shape)
        if not is_shape or not isinstance(data, bytes):
            raise TypeError
        dtype = np.dtype(f"<{kind.code}")
        if math.prod(shape) * dtype.itemsize != len(data):
            raise PickleRefused("unreadable", "an array is said to have other sides than it has numbers for")
        self.value = np.frombuffer(data, dtype).reshape(shape, order=order)
