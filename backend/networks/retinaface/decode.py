"""From what RetinaFace says of its anchors to faces: rows of numbers, best first, one a face.

Without torch, because it is arithmetic on the few anchors that pass the threshold.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from backend.networks.retinaface.anchors import Floats, anchors
from backend.networks.retinaface.variants import AnchorSizes

Rows: TypeAlias = npt.NDArray[np.float32]
"""float32 (n, 15): x1, y1, x2, y2, score, then x, y of eye, eye, nose and both mouth corners; in pixels."""

_CENTRE_VARIANCE: Final = np.float32(0.1)
_SIZE_VARIANCE: Final = np.float32(0.2)


def candidates(
    loc: Floats,
    face_scores: Floats,
    landmarks: Floats,
    *,
    size_px: tuple[int, int],
    sizes: AnchorSizes,
    threshold: float,
) -> Rows:
    """Every anchor above the threshold as a row, best first.

    loc, face_scores, landmarks: float32 (A, 4), (A,), (A, 10), as in RawFaces for one picture
    size_px: height and width of that picture
    """
    height_px, width_px = size_px
    (kept,) = np.nonzero(face_scores > threshold)
    kept = kept[np.argsort(-face_scores[kept], kind="stable")]
    anchor = anchors(height_px, width_px, sizes)[kept]
    centre = anchor[:, :2] + loc[kept, :2] * _CENTRE_VARIANCE * anchor[:, 2:]
    size = anchor[:, 2:] * np.exp(loc[kept, 2:] * _SIZE_VARIANCE)
    corner = centre - size / 2
    steps = landmarks[kept].reshape(-1, 5, 2) * _CENTRE_VARIANCE * anchor[:, None, 2:]
    points = anchor[:, None, :2] + steps
    to_px = np.array([width_px, height_px], np.float32)
    return np.concatenate(
        [
            corner * to_px,
            (corner + size) * to_px,
            face_scores[kept, None],
            (points * to_px).reshape(-1, 10),
        ],
        axis=1,
    ).astype(np.float32)


def without_overlaps(rows: Rows, *, most_iou: float) -> Rows:
    """Of rows, best first, drop each that shares more than `most_iou` with a better one that stays."""
    areas = (rows[:, 2] - rows[:, 0]) * (rows[:, 3] - rows[:, 1])
    left = np.arange(len(rows))
    kept: list[int] = []
    while left.size:
        best, left = int(left[0]), left[1:]
        kept.append(best)
        shared = np.minimum(rows[best, 2:4], rows[left, 2:4]) - np.maximum(rows[best, :2], rows[left, :2])
        intersection = np.prod(np.clip(shared, 0, None), axis=1)
        left = left[intersection <= most_iou * (areas[best] + areas[left] - intersection)]
    return rows[kept]
