"""Which driving frame shows the photo's face at rest: motion is measured from there.

The official rule, on the network's own keypoints instead of 68 landmarks of another network: no further
weights, and it works for whatever the network was trained on.
"""

from typing import Final

import numpy as np

from backend.domain.errors import InvalidOption
from backend.engines.animation_api import BestFrame
from backend.engines.first_order.algebra import Wide, face_size
from backend.engines.first_order.seams import Numbers

_LARGE_GAIN: Final = 0.5  # of the squared distance: most people begin at rest, and faces differ anyway
_LEAST_DISTANCE: Final = 0.05  # root mean square, in face sizes: nearer than that the first frame will do


def anchor_of(value: Numbers, source: Numbers, wanted: BestFrame, *, is_own: bool) -> int:
    """The frame that is taken as rest, counted from 0.

    value:  float32 (N, K, 2) of the clip; source: float32 (K, 2) of the photo
    is_own: a person's own clip; a preset is made to begin at rest, and "auto" is its first frame
    raises: InvalidOption for a frame that the clip does not have
    """
    if isinstance(wanted, int):
        if not 0 <= wanted < len(value):
            raise InvalidOption(
                f"best_frame must be 0 to {len(value) - 1}: the motion has {len(value)} frames",
                option="best_frame",
            )
        return wanted
    if wanted == "first" or not is_own:
        return 0
    distances = np.array([_distance(frame, source) for frame in value])
    best = int(np.argmin(distances))
    is_near = np.sqrt(distances[0]) < _LEAST_DISTANCE
    return 0 if is_near or distances[best] > _LARGE_GAIN * distances[0] else best


def _distance(a: Numbers, b: Numbers) -> float:
    """Mean squared distance of keypoints, place and size of the face taken out."""
    return float(((_shape(a) - _shape(b)) ** 2).sum(axis=-1).mean())


def _shape(points: Numbers) -> Wide:
    wide = points.astype(np.float64)
    shape: Wide = (wide - wide.mean(axis=0)) / face_size(points)
    return shape
