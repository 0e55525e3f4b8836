"""Find an eye's centre and the edges of its two lids, each lid for itself: faces are not symmetrical."""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.animation.canonical import FaceFrame, Floats, Point
from backend.media.types import FloatImage, GrayImage

_PX_PER_UNIT: Final = 96.0
_HALF_WINDOW: Final = (0.42, 0.30)  # D around the guess that are looked at
_IRIS_RADIUS: Final = 0.085  # D
_HALF_WIDTH: Final = 0.215  # D from corner to corner / 2; a few percent between people
_MOST_MOVE: Final = 0.17  # D that the search may leave the guess: further away lies the brow
_USUAL_UPPER: Final = 0.075  # D above the baseline of the corners
_USUAL_LOWER: Final = 0.055
_HIGHEST_UPPER: Final = 0.165  # a small child's
_HIGHEST_UPPER_UNSHARP: Final = 0.10  # where a few pixels cannot tell a lid from a brow
_SHARP_UNIT_PX: Final = 36.0
_TWIN: Final = (0.28, 0.20)  # D around an eye that are compared with its twin
_TWIN_MOVE: Final = 0.32  # D that the twin may lie off the level guess
_LEVEL: Final = 0.08  # D up or down that the search around a guess finds by itself, and more surely
_LEAST_OF_OTHER: Final = 0.8  # of the other eye's opening; too much lid is safer than a sliver of iris


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """An open eye in face coordinates, in D.

    centre: the iris, u and v.
    middle_u: halfway between the corners; differs from the iris where the eye looks aside.
    base_v: height of the corners.
    slant: v per u of the line through the corners.
    half_width: from the middle to a corner.
    upper, lower: how far the lids' edges bulge above and below that line, both positive.
    """

    centre: Point
    middle_u: float
    base_v: float
    slant: float = 0.0
    half_width: float = _HALF_WIDTH
    upper: float = _USUAL_UPPER
    lower: float = _USUAL_LOWER


def find_eye(
    gray: GrayImage,
    frame: FaceFrame,
    guess: Point,
    *,
    is_final: bool = False,
    highest: float = _HIGHEST_UPPER,
) -> Eye:
    """The eye near a guess.

    gray: uint8 (H, W), the whole photo.
    guess: u, v in D.
    is_final: also fit the lids; without it they are the usual ones.
    highest: most that the upper lid may bulge, D.
    """
    u_range = (guess[0] - _HALF_WINDOW[0], guess[0] + _HALF_WINDOW[0])
    v_range = (guess[1] - _HALF_WINDOW[1], guess[1] + _HALF_WINDOW[1])
    window = frame.crop(gray, u_range, v_range, _PX_PER_UNIT)
    low, high = np.percentile(window, (2, 90))
    window = np.clip((window - low) / max(high - low, 8.0), 0, 1).astype(np.float32)
    row, column = _darkest_disc(window, 0.035 if is_final else 0.065)
    centre = (u_range[0] + (column + 0.5) / _PX_PER_UNIT, v_range[0] + (row + 0.5) / _PX_PER_UNIT)
    eye = Eye(centre=centre, middle_u=centre[0], base_v=centre[1] - 0.005)
    if not is_final:
        return eye
    if frame.unit_px < _SHARP_UNIT_PX:
        highest = min(highest, _HIGHEST_UPPER_UNSHARP)
    return _fit_lids(window, eye, (u_range[0], v_range[0]), highest)


def find_twin(gray: GrayImage, frame: FaceFrame, seen: Point, guess: Point) -> Point:
    """Where the other eye is: the place near `guess` that looks most like the mirrored eye at `seen`.

    A head that leans lifts one eye well above the other, out of reach of a search around a level guess.

    gray: uint8 (H, W), the whole photo. seen, guess, returns: u, v in D.
    """
    half_u, half_v = _TWIN
    eye = frame.crop(gray, (seen[0] - half_u, seen[0] + half_u), (seen[1] - half_v, seen[1] + half_v), 48)
    reach_u, reach_v = half_u + _TWIN_MOVE, half_v + _TWIN_MOVE
    window = frame.crop(
        gray, (guess[0] - reach_u, guess[0] + reach_u), (guess[1] - reach_v, guess[1] + reach_v), 48
    )
    likeness = cv2.matchTemplate(window, np.ascontiguousarray(eye[:, ::-1]), cv2.TM_CCOEFF_NORMED)
    rows, columns = np.indices(likeness.shape, dtype=np.float32) / np.float32(48) - np.float32(_TWIN_MOVE)
    value = likeness - (rows**2 + columns**2) / (2 * _TWIN_MOVE**2) * 0.5
    row, column = np.unravel_index(int(np.argmax(value)), value.shape)
    aside, down = float(columns[row, column]), float(rows[row, column])
    return guess if abs(down) < _LEVEL else (guess[0] + aside, guess[1] + down)


def _darkest_disc(window: FloatImage, spread: float) -> tuple[int, int]:
    """Row and column of the best iris: a dark disc between lighter sides, close to the middle.

    window: float32 in [0, 1]. spread: D that the guess may be off.
    """
    radius = _IRIS_RADIUS * _PX_PER_UNIT
    size = 2 * int(radius) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.float32)
    inside = cv2.filter2D(window, -1, disc / disc.sum(), borderType=cv2.BORDER_REPLICATE)
    core = cv2.GaussianBlur(window, (0, 0), radius / 3)
    # A brow is dark to its sides too; an iris has white, or at least skin, left and right of it.
    reach = round(1.75 * radius)
    padded = cv2.copyMakeBorder(core, 0, 0, reach, reach, cv2.BORDER_REPLICATE)
    sides = (padded[:, : -2 * reach] + padded[:, 2 * reach :]) / 2
    rows, columns = np.indices(window.shape, dtype=np.float32)
    rows = (rows - window.shape[0] / 2 + 0.5) / _PX_PER_UNIT
    columns = (columns - window.shape[1] / 2 + 0.5) / _PX_PER_UNIT
    # brows and bags lie above and below; sideways a guess is often further off
    far = (rows**2 * 2.5 + columns**2) / (2 * spread**2)
    value = 0.55 * (1 - inside) + 0.25 * (1 - core) + 0.45 * np.clip(sides - inside, -0.5, 0.5) - 0.16 * far
    value[2 * rows**2 + columns**2 > _MOST_MOVE**2] = -np.inf
    row, column = np.unravel_index(int(np.argmax(value)), value.shape)
    return int(row), int(column)


def _fit_lids(window: FloatImage, eye: Eye, corner: Point, highest: float) -> Eye:
    """The lids whose edges agree best with the light: dark below the upper edge, dark above the lower one.

    corner: u, v of the window's first pixel's edge.
    highest: most that the upper lid may bulge, D.
    """
    smooth = cv2.GaussianBlur(window, (0, 0), 0.014 * _PX_PER_UNIT)
    slope: FloatImage = (
        np.float32(0.05 * _PX_PER_UNIT) * cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3) / np.float32(8)
    )
    across = np.linspace(-0.8, 0.8, 13, dtype=np.float32)
    weight = (1 - across**2 * 0.6) / np.sum(1 - across**2 * 0.6)
    best, best_value = eye, -np.inf
    for aside in (-0.06, -0.03, 0.0, 0.03, 0.06):
        for slant in (-0.10, -0.05, 0.0, 0.05, 0.10):
            u = (eye.centre[0] + aside + across * _HALF_WIDTH).astype(np.float32)
            base = (eye.base_v + slant * (u - eye.centre[0])).astype(np.float32)
            upper, upper_value = _best_edge(
                -slope, corner, u, base, -(1 - across**2), weight, (_USUAL_UPPER, highest)
            )
            lower, lower_value = _best_edge(
                slope, corner, u, base, 1 - across**2, weight, (_USUAL_LOWER, 0.09)
            )
            value = upper_value + 0.5 * lower_value - 9 * aside**2 - 5 * slant**2
            if value > best_value:
                best_value = value
                best = Eye(
                    centre=eye.centre,
                    middle_u=eye.centre[0] + aside,
                    base_v=eye.base_v + slant * aside,
                    slant=slant,
                    upper=upper,
                    lower=lower,
                )
    return best


def _best_edge(
    slope: FloatImage,
    corner: Point,
    u: Floats,
    base: Floats,
    bulge: Floats,
    weight: Floats,
    reach: tuple[float, float],
) -> tuple[float, float]:
    """How far the lid bulges, D, and how well its edge is seen. reach: usual and most."""
    usual, most = reach
    heights = np.arange(0.03, most, 0.005, dtype=np.float32)
    v = base[None, :] + heights[:, None] * bulge[None, :]
    columns = np.broadcast_to((u - corner[0]) * _PX_PER_UNIT - 0.5, v.shape).astype(np.float32)
    rows = ((v - corner[1]) * _PX_PER_UNIT - 0.5).astype(np.float32)
    seen = cv2.remap(slope, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    value = seen @ weight - ((heights - usual) / 0.05) ** 2 * 0.012
    best = int(np.argmax(value))
    return float(heights[best]), float(value[best])


def balanced(left: Eye, right: Eye) -> tuple[Eye, Eye]:
    """The two eyes with openings that are not too different: an eye that seems nearly shut was misread."""
    upper = _LEAST_OF_OTHER * max(left.upper, right.upper)
    lower = _LEAST_OF_OTHER * max(left.lower, right.lower)
    return (
        replace(left, upper=max(left.upper, upper), lower=max(left.lower, lower)),
        replace(right, upper=max(right.upper, upper), lower=max(right.lower, lower)),
    )
