"""Tell what shows between the lips: nothing, a row of teeth, or the inside of an open mouth.

It decides where the lips part: under the teeth, or not at all where they are apart already.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from backend.engines.builtin.animation.canonical import Floats
from backend.engines.builtin.animation.lip_line import SAMPLES, sampled
from backend.media.types import FloatImage

_TEETH_LIGHT: Final = 1.1  # of the face's bright skin; no lip or chin reaches it, of 29 faces
_TALLEST_TEETH: Final = 0.34  # D
_DARK_GAP: Final = 0.42  # D; thinner dark bands are lips, shadows and moustaches


def gap_of(light: FloatImage, middle_u: float, line: Floats) -> tuple[float, bool, float]:
    """What shows between the lips: its height in D, whether it is teeth, how far below the line it ends."""
    middle_v = float(line[SAMPLES // 2])
    columns = np.linspace(middle_u - 0.12, middle_u + 0.12, 9, dtype=np.float32)
    v = np.arange(-0.30, 0.50, 0.01, dtype=np.float32)
    shape = (v.size, columns.size)
    heights = np.broadcast_to(middle_v + v[:, None], shape)
    profile = np.median(sampled(light, np.broadcast_to(columns, shape), heights), axis=1)
    zero = int(np.argmin(np.abs(v)))
    below = profile[zero : zero + 30]
    peak = int(np.argmax(below)) + zero
    if profile[peak] > _TEETH_LIGHT:
        _, bottom = _run(profile > 0.78 * profile[peak], peak)
        if bottom - zero < _TALLEST_TEETH * 100:
            return (bottom - zero) * 0.01, True, (bottom - zero) * 0.01
    top, bottom = _run(profile < 0.55 * float(np.percentile(light, 60)), zero)
    if (bottom - top) * 0.01 > _DARK_GAP:
        return (bottom - top) * 0.01, False, (bottom - zero) * 0.01
    return 0.0, False, 0.0


def below_teeth(light: FloatImage, middle_u: float, half_width: float, line: Floats, below: float) -> Floats:
    """How far under the line the teeth end, at each sample: a row of teeth is squarer than a parabola."""
    across = np.linspace(-1, 1, SAMPLES, dtype=np.float32)
    v = np.arange(0.0, below + 0.10, 0.01, dtype=np.float32)
    u = np.broadcast_to(middle_u + half_width * across[:, None], (SAMPLES, v.size))
    columns = sampled(light, u, line[:, None] + v[None, :])
    ends = np.empty(SAMPLES, np.float32)
    for index, column in enumerate(columns):
        peak = int(np.argmax(column[: int(below * 100) + 1]))
        is_tooth = column[peak] > 0.8 * _TEETH_LIGHT
        ends[index] = v[_run(column > 0.72 * column[peak], peak)[1]] if is_tooth else 0.0
    usual = below * (1 - across**6)
    ends = np.clip(ends, below * (1 - np.abs(across) ** 3), usual + 0.02) * (1 - across**8)
    return np.convolve(np.pad(ends, 1, mode="edge"), (0.25, 0.5, 0.25), "valid").astype(np.float32)


def _run(flags: npt.NDArray[np.bool_], start: int) -> tuple[int, int]:
    """First and last index of the run of true values through `start`; an empty run where it is false."""
    if not flags[start]:
        return start, start
    first = last = start
    while first > 0 and flags[first - 1]:
        first -= 1
    while last < len(flags) - 1 and flags[last + 1]:
        last += 1
    return first, last
