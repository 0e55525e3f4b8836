"""Do five points look like a face? Their fit to the face that the official networks were trained on.

Pure arithmetic on points, apart from finding them: whoever brings points can be judged by it.
"""

from dataclasses import dataclass
from math import atan2, degrees, hypot
from typing import Final

import numpy as np

from backend.engines.api import FivePoints

# FFHQ's mean face in a 512 px crop: GFPGAN's template, facexlib/utils/face_restoration_helper.py.
_TEMPLATE: Final = np.array(
    [
        (192.98138, 239.94708),
        (318.90277, 240.1936),
        (256.63416, 314.01935),
        (201.26117, 371.41043),
        (313.08905, 371.15118),
    ]
)
_CENTRED: Final = _TEMPLATE - _TEMPLATE.mean(axis=0)
_EYE_DISTANCE: Final = hypot(*(_TEMPLATE[1] - _TEMPLATE[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """The mean face turned, moved and scaled onto five points, by least squares.

    unit_px: distance between its eyes, px
    roll_degrees: -180 to 180; positive is clockwise in the picture
    residual: root mean square distance of the points from it, in unit_px; of a frontal face 0.02 to 0.12
    """

    unit_px: float
    roll_degrees: float
    residual: float


def pose_of(points: FivePoints) -> Pose:
    """Fit the mean face. Five points in one place give a residual of infinity."""
    seen = np.array(points, np.float64)
    centred = seen - seen.mean(axis=0)
    energy = float((_CENTRED**2).sum())
    along = float((_CENTRED * centred).sum()) / energy
    across = float((_CENTRED[:, 0] * centred[:, 1] - _CENTRED[:, 1] * centred[:, 0]).sum()) / energy
    unit_px = hypot(along, across) * _EYE_DISTANCE
    fitted = np.stack(
        [along * _CENTRED[:, 0] - across * _CENTRED[:, 1], across * _CENTRED[:, 0] + along * _CENTRED[:, 1]],
        axis=1,
    )
    away_px = float(np.sqrt(((fitted - centred) ** 2).sum(axis=1).mean()))
    return Pose(
        unit_px=unit_px,
        roll_degrees=degrees(atan2(across, along)),
        residual=away_px / unit_px if unit_px > 0 else float("inf"),
    )


def eye_distance_px(points: FivePoints) -> float:
    """Between the two eyes."""
    (x1, y1), (x2, y2) = points[:2]
    return hypot(x2 - x1, y2 - y1)
