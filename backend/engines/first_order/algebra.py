"""What can be done to a motion once it is keypoints: more or less of it, smoother, closed, at another rate.

Pure arithmetic on arrays, float64 inside. Nothing here knows a source, a clip or a network.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.signal import savgol_filter

from backend.engines.first_order.relative import hull_area, turn_since
from backend.engines.first_order.seams import KeypointArrays, Numbers

Wide = npt.NDArray[np.float64]

_LEAST_AREA: Final = 1e-8  # as in `relative.py`
_LEAST_DETERMINANT: Final = 1e-9
_SMOOTHED_OVER_S: Final = 0.2  # measured on a blink of our own: see `smoothed`
_ORDER: Final = 2
_NEARLY_CLOSED: Final = 0.06  # mean way of a keypoint from the first frame to the last, in face sizes
_NEARLY_TURNED_BACK: Final = 0.15  # largest entry of J_last J_0^-1 - I


def face_size(points: Numbers) -> float:
    """H: the root of the area of the keypoints' hull, in [-1, 1] units; 1 where they span none.

    points: (K, 2). What is learnt without labels has no eyes to measure a face by; the hull follows its size.
    """
    area = hull_area(points)
    return float(np.sqrt(area)) if area >= _LEAST_AREA else 1.0


def powered(matrices: Wide, exponent: float) -> Wide:
    """M^exponent of 2x2 matrices: expm(exponent logm M), in closed form.

    matrices: float64 (..., 2, 2)
    returns:  float64, the same shape. Where M has no real logarithm (an eigenvalue that is not positive),
              I + exponent (M - I), which agrees at 0 and 1.
    """
    if exponent == 1.0:
        return matrices.copy()
    half_trace = (matrices[..., 0, 0] + matrices[..., 1, 1]) / 2
    determinant = matrices[..., 0, 0] * matrices[..., 1, 1] - matrices[..., 0, 1] * matrices[..., 1, 0]
    spread = half_trace**2 - determinant  # square of half the distance of the eigenvalues
    is_spiral = spread < 0
    has_logarithm = np.where(is_spiral, True, (determinant > _LEAST_DETERMINANT) & (half_trace > 0))
    # By Cayley and Hamilton M^e = p M + q I; placeholders keep the arithmetic quiet where it is not used.
    middle = np.where(has_logarithm & ~is_spiral, half_trace, 1.0)
    along, offset = _of_real(middle, np.where(is_spiral, 0.0, np.minimum(spread, middle**2)), exponent)
    root = np.sqrt(np.where(is_spiral, determinant, 1.0))
    angle = np.arctan2(np.sqrt(np.where(is_spiral, -spread, 1.0)), half_trace)
    spiral_along = root ** (exponent - 1) * np.sin(exponent * angle) / np.sin(angle)
    spiral_offset = root**exponent * np.cos(exponent * angle) - spiral_along * root * np.cos(angle)
    p, q = np.where(is_spiral, spiral_along, along), np.where(is_spiral, spiral_offset, offset)
    p, q = np.where(has_logarithm, p, exponent), np.where(has_logarithm, q, 1.0 - exponent)
    result: Wide = p[..., None, None] * matrices + q[..., None, None] * np.eye(2)
    return result


def _of_real(middle: Wide, spread: Wide, exponent: float) -> tuple[Wide, Wide]:
    """The p and q for eigenvalues middle +- sqrt(spread), both above 0."""
    away = np.sqrt(spread)
    is_one = away < 1e-6 * middle  # one eigenvalue, to what float64 keeps of a difference
    safe = np.where(is_one, 1.0, away)
    high, low = middle + away, np.maximum(middle - away, np.finfo(np.float64).tiny)
    p = np.where(is_one, exponent * middle ** (exponent - 1), (high**exponent - low**exponent) / (2 * safe))
    q = np.where(
        is_one, (1 - exponent) * middle**exponent, (high * low**exponent - low * high**exponent) / (2 * safe)
    )
    return p, q


def invertible(jacobian: Numbers) -> Numbers:
    """Jacobians (..., 2, 2) with the identity where one is singular: such a point says nothing of turning."""
    wide = jacobian.astype(np.float64)
    determinant = wide[..., 0, 0] * wide[..., 1, 1] - wide[..., 0, 1] * wide[..., 1, 0]
    is_flat = np.abs(determinant) < _LEAST_DETERMINANT
    return np.where(is_flat[..., None, None], np.eye(2), wide).astype(np.float32)


def smoothed(motion: KeypointArrays, fps: float) -> KeypointArrays:
    """Without the trembling of a detector that sees every frame anew; nothing comes late.

    Savitzky and Golay's filter of order 2 over a fifth of a second, both ways: it keeps what is as short as
    a blink where a plain mean would wear it down (of a blink of 0.25 s at 25 frames a second it keeps nine
    tenths, see the tests). A clip of too few frames stays as it is.
    """
    window = 2 * round((_SMOOTHED_OVER_S * fps - 1) / 2) + 1
    window = min(window, len(motion) - 1 + len(motion) % 2)
    if window <= _ORDER + 1:
        return motion

    def smooth(track: Numbers) -> Numbers:
        wide = savgol_filter(track.astype(np.float64), window, _ORDER, axis=0, mode="interp")
        return np.asarray(wide, np.float32)

    return KeypointArrays(smooth(motion.value), smooth(motion.jacobian))


def closed(motion: KeypointArrays, *, rests: bool) -> KeypointArrays:
    """So that the first frame follows on the last when the film is shown over and over.

    rests: the motion ends at rest, its last frame the first; else a step short of it, for the first is shown
    next and nothing may stand still for two frames.

    What is missing is spread evenly over the clip. Only where it is little: else the motion is left as it is,
    for a head that ends elsewhere would be seen to be pushed back.
    """
    count = len(motion)
    drift = motion.value[-1].astype(np.float64) - motion.value[0]
    turned = turn_since(motion.jacobian[0], motion.jacobian[-1:])[0]
    way = float(np.linalg.norm(drift, axis=-1).mean()) / face_size(motion.value[0])
    if count < 3 or way > _NEARLY_CLOSED or float(np.abs(turned - np.eye(2)).max()) > _NEARLY_TURNED_BACK:
        return motion
    share = np.arange(count) / (count - 1 if rests else count)
    value = motion.value - share[:, None, None] * drift
    back = np.stack([powered(turned, -float(part)) for part in share])
    return KeypointArrays(value.astype(np.float32), (back @ motion.jacobian).astype(np.float32))


def resampled(motion: KeypointArrays, times: int) -> KeypointArrays:
    """`times` as many frames a second, along straight lines between the ones there are.

    The last frame is held, so that the motion lasts as long as before.
    """
    count = len(motion)
    at = np.minimum(np.arange(count * times) / times, count - 1)
    before = np.minimum(at.astype(int), max(count - 2, 0))
    share, after = at - before, np.minimum(before + 1, count - 1)

    def between(track: Numbers) -> Numbers:
        part = share.reshape(-1, *(1,) * (track.ndim - 1))
        return np.asarray((1 - part) * track[before] + part * track[after], np.float32)

    return KeypointArrays(between(motion.value), between(motion.jacobian))
