"""Thin long lines in a picture: how strongly each pixel lies on one, and which pixels make a line together.

Apart from `scratches.py`, which knows what a scratch is.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from backend.media.types import FloatImage

BoolMask = npt.NDArray[np.bool_]
"""bool (H, W)."""

_ORIENTATIONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What makes a pixel part of a line that counts."""

    clutter_weight: float  # how much thin dark lines nearby speak against it
    seed: float  # score that starts a scratch
    grow: float  # score that continues one
    white_from: float  # share of the print's white below which nothing is a bright scratch
    white_to: float  # and from which brightness no longer counts against it


def ridges(brightness: FloatImage) -> tuple[FloatImage, FloatImage]:
    """How far the best line through each pixel stands above, and below, both of its sides: grey levels."""
    long_side = max(brightness.shape)
    length_px = max(9, round(0.03 * long_side) | 1)
    bright, dark = np.zeros_like(brightness), np.zeros_like(brightness)
    for index in range(_ORIENTATIONS):
        angle = np.pi * index / _ORIENTATIONS
        kernel = _line_kernel(length_px, angle)
        line = np.asarray(cv2.filter2D(brightness, -1, kernel, borderType=cv2.BORDER_REFLECT), np.float32)
        for gap_px in (max(2.0, 0.006 * long_side), max(3.5, 0.014 * long_side)):
            offset = -np.sin(angle) * gap_px, np.cos(angle) * gap_px
            left, right = _shifted(line, offset[0], offset[1]), _shifted(line, -offset[0], -offset[1])
            unlike = 0.5 * np.abs(left - right)
            np.maximum(bright, line - np.maximum(left, right) - unlike, out=bright)
            np.maximum(dark, np.minimum(left, right) - line, out=dark)
    return bright, dark


def _line_kernel(length_px: int, angle: float) -> FloatImage:
    kernel = np.zeros((length_px, length_px), np.float32)
    centre = length_px // 2
    x, y = round(np.cos(angle) * centre), round(np.sin(angle) * centre)
    cv2.line(kernel, (centre - x, centre - y), (centre + x, centre + y), 1.0, 1)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _shifted(plane: FloatImage, dx: float, dy: float) -> FloatImage:
    matrix = np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]], np.float32)
    size_px = plane.shape[1], plane.shape[0]  # OpenCV wants (width, height)
    return np.asarray(cv2.warpAffine(plane, matrix, size_px, borderMode=cv2.BORDER_REPLICATE), np.float32)


def score_of(
    brightness: FloatImage, ridge: FloatImage, opposite: FloatImage, criteria: Criteria
) -> FloatImage:
    """Ridge strength against what speaks against a scratch; above 1 is a good candidate."""
    window_px = round(0.12 * max(brightness.shape)) | 1
    clutter = cv2.blur(opposite, (window_px, window_px))
    whiteness = brightness / max(1.0, float(np.percentile(brightness, 99)))
    is_white = np.clip((whiteness - criteria.white_from) / (criteria.white_to - criteria.white_from), 0, 1)
    return np.asarray(ridge * is_white / (6.0 + criteria.clutter_weight * clutter), np.float32)


def trace(score: FloatImage, criteria: Criteria) -> BoolMask:
    """Hysteresis: connected pixels above `grow` that hold one above `seed` and are not mere specks."""
    long_side = max(score.shape)
    count, labels, stats = components(score > criteria.grow)
    peak = np.zeros(count, np.float32)
    np.maximum.at(peak, labels.ravel(), score.ravel())
    length_px = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    keep = (peak >= criteria.seed) & (length_px >= 0.03 * long_side) & ~_along_border(stats, score.shape)
    keep[0] = False  # the background
    return np.asarray(keep[labels])


def _along_border(stats: npt.NDArray[np.int32], shape: tuple[int, ...]) -> BoolMask:
    """The edge of a print on its mount is a long thin bright line too."""
    left, top, width, height = (stats[:, index] for index in range(4))
    to_edge = np.minimum.reduce([left, top, shape[1] - left - width, shape[0] - top - height])
    long_side = max(shape)
    return np.asarray((to_edge < 0.01 * long_side) & (np.minimum(width, height) < 0.03 * long_side))


def pieces(found: BoolMask) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64], BoolMask]:
    """Label of every pixel; of every label its length, and whether it is a long thin line.

    Label 0 is what belongs to no piece.
    """
    _, labels, stats = components(found)
    length_px = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    width_px = stats[:, cv2.CC_STAT_AREA] / np.maximum(length_px, 1)
    is_line = (length_px > 0.07 * max(found.shape)) & (length_px > 5 * width_px)
    is_line[0] = False
    return labels, length_px, np.asarray(is_line)


def components(found: BoolMask) -> tuple[int, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Connected pieces: how many labels, the label of every pixel, OpenCV's statistics of every label."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=8)
    return count, np.asarray(labels, np.int32), np.asarray(stats, np.int32)
