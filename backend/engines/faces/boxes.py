"""Rectangles around faces: the value itself and the arithmetic on it, apart from how they are found."""

from dataclasses import dataclass

from backend.engines.api import FivePoints

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the picture it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFace:
    """A face in a photo.

    id: position from left to right, from 0.
    box: pixels of the photo; about brow to chin and ear to ear.
    score: 0 to 1; how sure, not how good.
    eyes: centres of the eyes that were seen in it, (x, y) in pixels of the photo, none, one or two,
        left to right in the picture.
    landmarks: the five points, where the finder sees them.
    """

    id: int
    box: Box
    score: float
    eyes: tuple[tuple[float, float], ...] = ()
    landmarks: FivePoints | None = None


def side(box: Box) -> float:
    """Mean of width and height in pixels."""
    return (box[2] - box[0] + box[3] - box[1]) / 2


def overlap(a: Box, b: Box) -> float:
    """Shared area as a share of the smaller box, 0 to 1: a nested box counts as the same face."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return width * height / smaller
