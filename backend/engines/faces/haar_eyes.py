"""See eyes in a face box with OpenCV's eye cascades: evidence of a face, and a first guess where they are.

Apart from the face detector because an eye has rules of its own: where in the box it may lie, and which
two make a pair.
"""

from itertools import combinations
from typing import Final

import cv2
import numpy as np

from backend.engines.faces.boxes import Box
from backend.engines.faces.cascades import cascade
from backend.media.types import GrayImage

_WIDTH_PX: Final = 160  # of the face box in the copy that is searched
_ZONE: Final = (0.08, 0.14, 0.92, 0.62)  # x1, y1, x2, y2 of where eyes are, as shares of the box
_CASCADES: Final = ("eye_tree_eyeglasses", "eye")


def find_eyes(gray: GrayImage, face: Box) -> tuple[tuple[float, float], ...]:
    """Centres of the eyes seen in a face, none, one or two, left to right, in pixels of the photo."""
    width = face[2] - face[0]
    zoom = _WIDTH_PX / width
    zone_width = round((_ZONE[2] - _ZONE[0]) * _WIDTH_PX)
    zone_height = round((_ZONE[3] - _ZONE[1]) * _WIDTH_PX)
    left = face[0] + _ZONE[0] * width
    top = face[1] + _ZONE[1] * width
    if zoom < 0.5:  # an enormous face: shrink first, or the warp would alias
        step = int(1 / zoom)
        small = cv2.resize(gray, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
        found = find_eyes(np.asarray(small, np.uint8), _divided(face, step))
        return tuple((x * step, y * step) for x, y in found)
    matrix = np.array([[zoom, 0, -zoom * left], [0, zoom, -zoom * top]])
    zone = cv2.warpAffine(
        gray, matrix, (zone_width, zone_height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    zone = cv2.createCLAHE(2.0, (4, 4)).apply(zone)
    seen = []
    for name in _CASCADES:
        boxes, _, weights = cascade(name).detectMultiScale3(
            zone, 1.05, 2, minSize=(22, 22), maxSize=(66, 66), outputRejectLevels=True
        )
        for (x, y, w, h), weight in zip(boxes, weights, strict=True):
            seen.append((float((x + w / 2) / zoom + left), float((y + h / 2) / zoom + top), float(weight)))
    return _best_pair(seen, face)


def _best_pair(seen: list[tuple[float, float, float]], face: Box) -> tuple[tuple[float, float], ...]:
    """The two that lie like eyes, else the single surest one.

    seen: x, y in pixels of the photo, and the cascade's own weight.
    """
    width = face[2] - face[0]
    best: tuple[float, tuple[tuple[float, float], ...]] = (-np.inf, ())
    for one, other in combinations(sorted(seen), 2):
        apart = (other[0] - one[0]) / width
        drop = abs(other[1] - one[1]) / width
        off_centre = abs((one[0] + other[0] - face[0] - face[2]) / 2) / width
        if not 0.26 < apart < 0.62 or drop > 0.5 * apart or off_centre > 0.2:
            continue
        # 0.38 of the box is how far apart the eyes of a face turned to the camera are
        fit = one[2] + other[2] - 12 * abs(apart - 0.38) - 8 * drop - 8 * off_centre
        if fit > best[0]:
            best = (fit, (one[:2], other[:2]))
    if best[1]:
        return best[1]
    surest = max(seen, key=lambda one: (one[2], one), default=None)
    return () if surest is None else (surest[:2],)


def _divided(box: Box, by: float) -> Box:
    return box[0] / by, box[1] / by, box[2] / by, box[3] / by
