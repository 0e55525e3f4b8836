"""Tell what shows between the lips: nothing, a row of teeth, or the inside of an open mouth.

It decides where the lips part: under the teeth, or not at all where they are apart already.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.animation.canonical import Floats
from backend.engines.builtin.animation.lip_line import PX_PER_UNIT, SAMPLES, sampled
from backend.media.types import FloatImage

_TEETH_LIGHT: Final = 1.15  # of the face's bright skin; no lip or chin reaches it, of 79 faces
_TALLEST_TEETH: Final = 0.34  # D
_DARK_GAP: Final = 0.42  # D; thinner dark bands are lips, shadows and moustaches
_PALER: Final = 9.0  # a* that teeth are less red than both lips; of 62 colour faces only open lips reach it
_BRIGHTER: Final = 0.25  # than the line between the lips
_LOOK_UP: Final = 30  # samples above the line, 0.01 D each
_LOOK_DOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What shows between the lips.

    height: D in the middle, 0 for a closed mouth.
    is_teeth: it is bright, or pale between red lips.
    below: D from the traced line down to its end.
    light: of the teeth, in units of the face's contrast; 0 without teeth.
    """

    height: float = 0.0
    is_teeth: bool = False
    below: float = 0.0
    light: float = 0.0


def gap_of(light: FloatImage, crop: FloatImage, middle_u: float, line: Floats) -> Gap:
    """Look down the middle of a mouth.

    light: float32 (H, W) from `valley_of`. crop: float32 (H, W, 3) RGB, what it was made of.
    line: v of the traced line at SAMPLES places.
    """
    middle_v = float(line[SAMPLES // 2])
    profile = _down_the_middle(light, middle_u, middle_v)
    redness = _down_the_middle(_redness(crop), middle_u, middle_v)
    zero = _LOOK_UP
    peak = int(np.argmax(profile[zero : zero + 30])) + zero
    if profile[peak] <= _TEETH_LIGHT:
        peak = _pale_between_red(profile, redness)
    if peak:
        _, bottom = _run(profile > 0.78 * profile[peak], peak)
        if bottom - zero < _TALLEST_TEETH * 100:
            height = (bottom - zero) * 0.01
            return Gap(height=height, is_teeth=True, below=height, light=float(profile[peak]))
    top, bottom = _run(profile < 0.55 * float(np.percentile(light, 60)), zero)
    if (bottom - top) * 0.01 > _DARK_GAP:
        return Gap(height=(bottom - top) * 0.01, below=(bottom - zero) * 0.01)
    return Gap()


def below_teeth(light: FloatImage, middle_u: float, half_width: float, line: Floats, gap: Gap) -> Floats:
    """How far under the line the teeth end, at each sample: a row of teeth is squarer than a parabola."""
    across = np.linspace(-1, 1, SAMPLES, dtype=np.float32)
    v = np.arange(0.0, gap.below + 0.10, 0.01, dtype=np.float32)
    u = np.broadcast_to(middle_u + half_width * across[:, None], (SAMPLES, v.size))
    columns = sampled(light, u, line[:, None] + v[None, :])
    ends = np.empty(SAMPLES, np.float32)
    for index, column in enumerate(columns):
        peak = int(np.argmax(column[: int(gap.below * 100) + 1]))
        is_tooth = column[peak] > 0.8 * min(gap.light, _TEETH_LIGHT)
        ends[index] = v[_run(column > 0.72 * column[peak], peak)[1]] if is_tooth else 0.0
    usual = gap.below * (1 - across**6)
    ends = np.clip(ends, gap.below * (1 - np.abs(across) ** 5), usual + 0.02) * (1 - across**8)
    return np.convolve(np.pad(ends, 1, mode="edge"), (0.25, 0.5, 0.25), "valid").astype(np.float32)


def _down_the_middle(picture: FloatImage, middle_u: float, middle_v: float) -> Floats:
    """Values from _LOOK_UP samples above the line to _LOOK_DOWN below it."""
    columns = np.linspace(middle_u - 0.12, middle_u + 0.12, 9, dtype=np.float32)
    v = middle_v + 0.01 * np.arange(-_LOOK_UP, _LOOK_DOWN, dtype=np.float32)
    shape = (v.size, columns.size)
    seen = sampled(picture, np.broadcast_to(columns, shape), np.broadcast_to(v[:, None], shape))
    return np.asarray(np.median(seen, axis=1), np.float32)


def _redness(crop: FloatImage) -> FloatImage:
    """CIE a* of a crop, with the grain of colour prints smoothed out; float32 (H, W)."""
    lab = cv2.cvtColor(crop / np.float32(255), cv2.COLOR_RGB2LAB)
    return np.asarray(cv2.GaussianBlur(lab[..., 1], (0, 0), 0.02 * PX_PER_UNIT), np.float32)


def _pale_between_red(profile: Floats, redness: Floats) -> int:
    """The sample where dim teeth show below the line: paler than both lips, brighter than the line; or 0."""
    zero = _LOOK_UP
    palest = zero + 1 + int(np.argmin(redness[zero + 1 : zero + 20]))
    over, under = redness[zero - 5 : palest].max(), redness[palest : palest + 15].max()
    is_pale = min(over, under) - redness[palest] > _PALER
    brightest = palest - 2 + int(np.argmax(profile[palest - 2 : palest + 3]))
    return brightest if is_pale and profile[brightest] - profile[zero] > _BRIGHTER else 0


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
