"""Relative keypoint motion: move the source by how much the driver moved, not to where the driver is.

`normalize_kp` of the official code (Siarohin et al. 2019, section 3.4). Apart from the networks because it is
pure arithmetic, and the part that decides whose face a film shows.
"""

import numpy as np
import numpy.typing as npt
from scipy.spatial import ConvexHull, QhullError

from backend.engines.first_order.seams import KeypointArrays, Numbers

_LEAST_AREA = 1e-6  # of [-1, 1] x [-1, 1]: points on a line, as float32 rounds them


def normalised(
    source: KeypointArrays,
    driving: KeypointArrays,
    start: KeypointArrays,
    *,
    relative_value: bool,
    relative_jacobian: bool,
    adapt_scale: bool,
) -> KeypointArrays:
    """The keypoints that the source is moved to, one set for each of `driving`.

    source: of the photo; one set
    start:  of the driving frame in which the driver looks as the photo does; one set
    relative_value: v' = v_source + s (v_driving - v_start); else v' = v_driving, and nothing else is done
    relative_jacobian: J' = J_driving J_start^-1 J_source; else the driver's own is kept; counts with
        `relative_value` only, as in the official code
    adapt_scale: s is the ratio of the faces' sizes, else 1; counts with `relative_value` only
    """
    if not relative_value:
        return driving
    scale = adapted_scale(hull_area(source.value[0]), hull_area(start.value[0])) if adapt_scale else 1.0
    value = source.value + np.float32(scale) * (driving.value - start.value)
    jacobian = driving.jacobian
    if relative_jacobian:
        jacobian = (turn_since(start.jacobian, driving.jacobian) @ source.jacobian).astype(np.float32)
    return KeypointArrays(value.astype(np.float32), jacobian)


def hull_area(points: Numbers) -> float:
    """Area of the convex hull of points (K, 2); 0 for fewer than three, and for points on one line."""
    try:
        return float(ConvexHull(points.astype(np.float64)).volume)  # in the plane scipy's volume is the area
    except (QhullError, ValueError):
        return 0.0


def adapted_scale(source_area: float, driving_area: float) -> float:
    """How much further the source moves than the driver; 1 where either hull has no area to speak of."""
    if min(source_area, driving_area) < _LEAST_AREA or not np.isfinite(source_area + driving_area):
        return 1.0
    return float(np.sqrt(source_area) / np.sqrt(driving_area))


def turn_since(start: Numbers, now: Numbers) -> npt.NDArray[np.float64]:
    """How each point has turned and stretched: J_now J_start^-1.

    start:   float32 (..., K, 2, 2). A point whose Jacobian is singular there says nothing of turning: it
             counts as not turned (the official code gives infinities, or ends)
    now:     float32 (N, K, 2, 2)
    returns: float64 (N, K, 2, 2)
    """
    wide = start.astype(np.float64)
    a, b, c, d = wide[..., 0, 0], wide[..., 0, 1], wide[..., 1, 0], wide[..., 1, 1]
    determinant = a * d - b * c
    is_flat = np.abs(determinant) < np.finfo(np.float32).tiny
    adjugate = np.stack((np.stack((d, -b), axis=-1), np.stack((-c, a), axis=-1)), axis=-2)
    turned = now @ (adjugate / np.where(is_flat, 1.0, determinant)[..., None, None])
    return np.where(is_flat[..., None, None], np.eye(2), turned)
