"""Edges that yellowed and stains that spread over a print without colour.

Apart from lighting, because it rests on something else: all of a black-and-white or toned print has one tint
for each lightness, so a tint that changes smoothly over it, in its lights as in its shadows, is age.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.analyse import is_mono
from backend.engines.builtin.restoration.lighting import Field, Floats, as_field, evened, fit, polynomial
from backend.engines.builtin.restoration.planes import luma, shrunk
from backend.media.types import FloatImage

_MEASURED_SIDE_PX = 112
_GRID_SIDE = 48
_DEGREE = 4
_ROUNDS = 4  # tint by lightness and tint by place, found in turns
_TOO_DARK, _CLIPPED = 30.0, 250.0
_OFFSET = 6.0  # grey levels, so that the ratios of dark pixels are not noise
_BIN = 12.0  # grey levels of one lightness
_LEAST_RANGE = 0.08  # of blue to red, over the print
_LEAST_AGREEMENT = 0.9  # correlation of the field in the lights and in the shadows
_LEAST_RATIO = 0.5  # of their strengths
_MOST_LEFT = 0.6  # of the unevenness, after it is taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tint:
    """How one colour is to red over the print: log_field, factors of terms. The rest says if that holds."""

    log_field: Floats
    middle: float
    reach: float
    agreement: float
    ratio: float
    left: float

    def is_age(self) -> bool:
        return (
            self.reach > _LEAST_RANGE
            and self.agreement > _LEAST_AGREEMENT
            and self.ratio > _LEAST_RATIO
            and self.left < _MOST_LEFT
        )


def measure_yellowing(photo: FloatImage) -> Field | None:
    """The field that gives a print without colour one tint all over; None where it has one, or has colour.

    Yellow takes blue, some green and hardly any red, so red is left as it is.

    photo: float32 (H, W, 3) RGB in [0, 255]
    """
    small = np.asarray(cv2.GaussianBlur(shrunk(photo, _MEASURED_SIDE_PX), (0, 0), 0.8), np.float32)
    brightness = luma(small)
    is_known = (brightness > _TOO_DARK) & (small.max(axis=2) < _CLIPPED)
    if is_known.mean() < 0.3:
        return None
    if not (brightness[is_known] < np.median(brightness[is_known])).any():
        return None  # mostly one flat tone: no shadows to compare the lights with
    terms = polynomial(brightness.shape[0], brightness.shape[1], _DEGREE)[:, is_known]
    logs = np.log(small[is_known].astype(np.float64) + _OFFSET)
    blue = _tint(logs[:, 2] - logs[:, 0], brightness[is_known], terms)
    if not blue.is_age():
        return None
    green = _tint(logs[:, 1] - logs[:, 0], brightness[is_known], terms)
    whole = polynomial(_GRID_SIDE, _GRID_SIDE, degree=_DEGREE)
    log_gains = np.zeros((_GRID_SIDE, _GRID_SIDE, 3))
    for channel, tint in ((1, green), (2, blue)):
        log_gains[..., channel] = tint.middle - np.tensordot(tint.log_field, whole, 1)
    field = as_field(log_gains)
    # A sunset, too, is yellower below in lights and shadows; but there is colour left without that.
    return field if is_mono(evened(small, field, 0, small.shape[0])) else None


def _tint(ratio: Floats, brightness: npt.NDArray[np.float32], terms: Floats) -> _Tint:
    """ratio: (pixels,) log of a colour to red; brightness: (pixels,); terms: (n, pixels)."""
    by_place = np.zeros_like(ratio)
    factors = np.zeros(len(terms))
    for _ in range(_ROUNDS):
        by_lightness = _by_lightness(ratio - by_place, brightness)
        factors = fit(ratio - by_lightness, terms)
        by_place = factors @ terms
        by_place -= np.median(by_place)
    is_dark = brightness < np.median(brightness)
    in_darks, in_lights = (
        fit((ratio - by_lightness)[part], terms[:, part]) @ terms for part in (is_dark, ~is_dark)
    )
    spreads = float(in_darks.std()), float(in_lights.std())
    before = np.percentile(np.abs(ratio - _by_lightness(ratio, brightness)), 90)
    after = np.percentile(np.abs(ratio - by_lightness - by_place), 90)
    covariance = float(np.mean((in_darks - in_darks.mean()) * (in_lights - in_lights.mean())))
    return _Tint(
        log_field=factors,
        middle=float(np.median(factors @ terms)),
        reach=float(np.ptp(np.percentile(by_place, (2, 98)))),
        agreement=covariance / max(1e-9, spreads[0] * spreads[1]),
        ratio=min(spreads) / max(1e-9, *spreads),
        left=float(after / max(1e-9, before)),
    )


def _by_lightness(ratio: Floats, brightness: npt.NDArray[np.float32]) -> Floats:
    """The usual ratio of each pixel's lightness: medians of bins, joined by lines."""
    index = (brightness / _BIN).astype(int)
    filled = [bin_ for bin_ in np.unique(index) if (index == bin_).sum() >= 20]
    if not filled:
        return np.full_like(ratio, np.median(ratio))
    medians = [float(np.median(ratio[index == bin_])) for bin_ in filled]
    return np.interp(brightness, [(bin_ + 0.5) * _BIN for bin_ in filled], medians)
