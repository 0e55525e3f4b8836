"""Seams: edges that a film has along the border of what moves, and the photo has not.

Measured at the film's own pixels, because a seam is one pixel wide: along lines beside the border, from
outside to inside, the steps from line to line in a frame against those in the photo.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from backend.engines.faces.boxes import Box, side
from backend.media.types import Mask, RgbImage

_LINES_PX: Final = np.arange(-2, 8)  # across the border, outside to inside, pixels of the film
_STEP: Final = 2  # lines apart: few edges are sharper
_CARRIED_PX: Final = 3
_LEVELS: Final = (1e-6, 0.5)  # of the mask: where it begins, and where it fades most
_MOST_POINTS: Final = 400  # along a border
_UNSEEN: Final = 2.0  # grey levels; a step that nobody sees, so that a blank wall divides by something
_SMOOTH_PX: Final = 9  # of the mask, for which way is in

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Border:
    """Lines beside one face's border.

    rows, columns: int (lines, points), pixels of the film
    still:         float64 (lines - _STEP,), mean steps from line to line in the photo, grey levels; of lines
        near each other the largest, because what moves carries the photo's own edges along
    """

    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    still: Numbers

    @classmethod
    def of(cls, still: RgbImage, points: Numbers, inward: Numbers) -> "_Border":
        """points, inward: float64 (points, 2), x and y; inward of length 1."""
        places = np.rint(points + _LINES_PX[:, None, None] * inward).astype(np.int64)
        height, width = still.shape[:2]
        # where the film ends is no seam
        is_in = ((places >= 0) & (places < (width, height))).all(axis=(0, 2))
        columns, rows = places[:, is_in, 0], places[:, is_in, 1]
        steps = np.pad(_steps(still, rows, columns), _CARRIED_PX, mode="edge")
        return cls(rows, columns, sliding_window_view(steps, 2 * _CARRIED_PX + 1).max(axis=1))

    def added(self, frame: RgbImage) -> float:
        """The worst line's steps / the photo's."""
        seen = _steps(frame, self.rows, self.columns)
        return float(((seen + _UNSEEN) / (self.still + _UNSEEN)).max())


class Seams:
    """The borders of all faces of a film."""

    def __init__(self, still: RgbImage, may_change: Mask, boxes: Sequence[Box]) -> None:
        """Find the borders.

        still: uint8 (H, W, 3) RGB. may_change: float32 (H, W) in [0, 1], 0 where nothing may change.
        boxes: of the faces, to know whose border a part of it is.
        """
        parts = [
            _Border.of(still, points, inward)
            for level in _LEVELS
            for points, inward in _by_face(*_outline(may_change, level), boxes)
        ]
        self._borders = [border for border in parts if border.rows.size]

    def added(self, frame: RgbImage) -> float | None:
        """Steps across the border / the photo's there, where they are worst; None without a border."""
        return max((border.added(frame) for border in self._borders), default=None)


def _outline(may_change: Mask, level: float) -> tuple[Numbers, Numbers]:
    """The points of all outlines and the ways in, float64 (k, 2) each."""
    inside = (may_change >= level).astype(np.uint8)
    outlines, _ = cv2.findContours(inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return np.empty((0, 2)), np.empty((0, 2))
    points = np.concatenate(outlines)[:, 0].astype(np.int64)
    smooth = cv2.blur(inside * np.uint8(255), (_SMOOTH_PX, _SMOOTH_PX)).astype(np.int16)
    (x, y), near = points.T, _SMOOTH_PX // 2
    height, width = inside.shape
    right = smooth[y, np.minimum(x + near, width - 1)] - smooth[y, np.maximum(x - near, 0)]
    down = smooth[np.minimum(y + near, height - 1), x] - smooth[np.maximum(y - near, 0), x]
    inward = np.stack([right, down], axis=1).astype(np.float64)
    length = np.hypot(*inward.T)[:, None]
    known = length[:, 0] > 0
    return points[known].astype(np.float64), inward[known] / length[known]


def _by_face(points: Numbers, inward: Numbers, boxes: Sequence[Box]) -> list[tuple[Numbers, Numbers]]:
    """Each face's share, thinned; a point belongs to the face that it is nearest to, for the faces' size."""
    if not boxes or not len(points):
        return []
    middles = np.array([((x1 + x2) / 2, (y1 + y2) / 2) for x1, y1, x2, y2 in boxes])
    away = np.hypot(*(points[:, None] - middles).transpose(2, 0, 1)) / [max(side(box), 1e-6) for box in boxes]
    shares = []
    for index in range(len(boxes)):
        (chosen,) = np.nonzero(away.argmin(axis=1) == index)
        chosen = chosen[:: max(1, len(chosen) // _MOST_POINTS)]
        shares.append((points[chosen], inward[chosen]))
    return shares


def _steps(picture: RgbImage, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> Numbers:
    """Mean difference from line to line, all channels, grey levels; float64 (lines - _STEP,)."""
    lines = picture[rows, columns].astype(np.int16)
    if not lines.size:
        return np.zeros(len(rows) - _STEP)
    return np.asarray(np.abs(lines[_STEP:] - lines[:-_STEP]).mean(axis=(1, 2)), np.float64)
