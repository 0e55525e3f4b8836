"""Light that falls unevenly on a print, taken back by what is known of its paper.

Apart from the tone step, and without the restorer's gates, so that whoever knows where a print's paper is (a
margin, a mount) can even its light. A picture alone does not tell: asked of its own tones, 25 of 208 sound
photos had "a lamp on one side", and few of the real lamps were found.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.planes import shrunk
from backend.media.types import FloatImage

_MEASURED_SIDE_PX = 128
_GRID_SIDE = 48  # a smooth field needs no more
_LEAST_RANGE = 0.12  # as a share: paper that is less uneven looks even
_MOST_RESIDUAL = 0.04  # what a smooth field leaves of paper is its grain, not lettering or shadows of hands
_BEST_LIT = 90  # percentile; all of the print is made as bright as it is there
_STRONGEST = 1.8
_ROUNDS = 4

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What the pixels of each place are multiplied by. gains: float32 (rows, columns, 3), over the photo."""

    gains: FloatImage


def measure_light(
    photo: FloatImage, is_paper: npt.NDArray[np.bool_], least_range: float = _LEAST_RANGE
) -> Field | None:
    """The field that makes paper as bright as where it is lit best; None where it is, or does not tell.

    photo:       float32 (H, W, 3) RGB in [0, 255]
    is_paper:    (H, W), True where there is nothing but paper of one colour; on all sides of what is to be
                 evened, because nothing is known beyond it
    least_range: share by which the paper's brightest and darkest places differ before it counts as uneven
    """
    small = shrunk(photo, _MEASURED_SIDE_PX)
    height_px, width_px = small.shape[:2]
    inner = cv2.resize(is_paper.astype(np.float32), (width_px, height_px), interpolation=cv2.INTER_AREA)
    is_known = (inner > 0.999) & (small.max(axis=2) < 252) & (small.min(axis=2) > 20)
    if is_known.sum() < 100:
        return None
    terms = polynomial(height_px, width_px, degree=2)
    known_terms = terms[:, is_known]
    values = np.log(small[is_known].astype(np.float64))  # light multiplies
    values -= np.median(values, axis=0)
    fields = [fit(values[:, channel], known_terms) for channel in range(3)]
    modelled = np.stack([field @ known_terms for field in fields], axis=1)
    uneven = float(np.ptp(np.percentile(modelled.mean(axis=1), (2, 98))))
    residual = float(np.percentile(np.abs(values - modelled), 80))
    if uneven < least_range or residual > _MOST_RESIDUAL:
        return None
    whole = polynomial(_GRID_SIDE, _GRID_SIDE, degree=2)
    log_gains = [
        np.percentile(field @ known_terms, _BEST_LIT) - np.tensordot(field, whole, 1) for field in fields
    ]
    return as_field(np.stack(log_gains, axis=2))


def as_field(log_gains: Floats) -> Field:
    """A Field of natural logarithms, (rows, columns, 3), kept within what is believable."""
    limit = float(np.log(_STRONGEST))
    return Field(gains=np.exp(np.clip(log_gains, -limit, limit)).astype(np.float32))


def evened(rows: FloatImage, field: Field, first_row: int, height_px: int) -> FloatImage:
    """Some rows of a photo under even light.

    rows, returns: float32 (n, W, 3) RGB; first_row: which rows of the photo's `height_px` they are
    """
    place = (np.arange(first_row, first_row + rows.shape[0]) + 0.5) / height_px
    across = _stretched(field.gains, rows.shape[1])
    grid_rows = across.shape[0]
    at = np.clip(place * grid_rows - 0.5, 0, grid_rows - 1)
    above = np.minimum(at.astype(int), grid_rows - 2)
    share = (at - above).astype(np.float32)[:, None, None]
    gains = across[above] * (1 - share) + across[above + 1] * share
    return np.asarray(rows * gains, np.float32)


def _stretched(gains: FloatImage, width_px: int) -> FloatImage:
    """The grid with as many columns as the photo."""
    size_px = width_px, gains.shape[0]
    return np.asarray(cv2.resize(gains, size_px, interpolation=cv2.INTER_LINEAR), np.float32)


def polynomial(height_px: int, width_px: int, degree: int) -> Floats:
    """Every product of powers of x and y up to `degree`, both from -1 to 1: (terms, H, W), the first is 1."""
    y = (2 * np.arange(height_px) + 1.0)[:, None] / height_px - 1 + np.zeros((1, width_px))
    x = (2 * np.arange(width_px) + 1.0)[None, :] / width_px - 1 + np.zeros((height_px, 1))
    return np.stack([x**i * y**j for i in range(degree + 1) for j in range(degree + 1 - i)])


def fit(values: Floats, terms: Floats) -> Floats:
    """The sum of `terms`, (n, pixels), nearest to most of `values`, (pixels,): (n,).

    values: about zero. Least squares with Cauchy weights, made anew _ROUNDS times: what stands out counts
    for little. Of no pixels it is 0.
    """
    if values.size == 0:
        return np.zeros(len(terms))
    ridge = values.size * np.diag(1e-3 * np.mean(terms**2, axis=1) + 1e-9)  # a strip one pixel high has no y
    factors = np.zeros(len(terms))
    weights = np.ones(values.size)
    for _ in range(_ROUNDS):
        weighted = terms * weights
        factors = np.linalg.solve(weighted @ terms.T + ridge * weights.mean(), weighted @ values)
        error = values - factors @ terms
        weights = 1 / (1 + (error / max(0.004, 2 * float(np.median(np.abs(error))))) ** 2)
    return np.asarray(factors, np.float64)
