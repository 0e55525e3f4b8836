"""How a head moved between two pictures, and its mouth: least squares over optical flow on a face.

Kept apart from reading the clip because it is pure arithmetic. The head is fitted first and alone, with no
expression allowed to explain it away; otherwise a nod reads as a smirk. The mouth is what is left over.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.media.types import GrayImage

Numbers = npt.NDArray[np.float64]
"""float64 of any shape."""

PX_PER_UNIT: Final = 40.0
U_RANGE: Final = (-2.3, 2.3)
V_RANGE: Final = (-2.2, 3.2)
_STEP: Final = 3  # every third pixel is enough for nine numbers
USUAL_MOUTH_V: Final = 1.08
_CENTRE_V: Final = 0.55  # of the face, where it is nearest to the camera
_NECK_V: Final = 1.75  # what a tilting head turns about, as in head.py
_JAW_DROP: Final = 0.28  # D that the chin sinks at open = 1
_LIPS_PER_CHIN: Final = 1.25  # flow sees the chin a little better than the lips; measured on real clips
# Shrinks shift and scale more than turns: with little to go on, a head turns and does not slide.
_RIDGE: Final = np.array([0.6, 0.6, 0.2, 2.0, 2.0, 2.0])
_ROBUST_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPose:
    """A head against the first picture, in the units and signs of `coefficients.py`.

    chin, lips:   how far the chin has sunk and the lips have parted, both 1 at open = 1; negative where the
                  first picture's mouth was further open
    inlier_share: 0 to 1, of the face that moved as this pose says
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    scale: float = 0.0
    chin: float = 0.0
    lips: float = 0.0
    inlier_share: float = 1.0

    @property
    def turn(self) -> Numbers:
        """The six numbers of the head, in the order of the basis."""
        values = (self.yaw, self.pitch, self.roll, self.shift_x, self.shift_y, self.scale)
        return np.array(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Samples:
    """The N points of a face where flow is read."""

    basis: Numbers  # (6, N, 2), see _motion_basis
    weight: Numbers  # (N,) 0 to 1: how much a point says about the head
    chin: npt.NDArray[np.bool_]  # (N,)
    upper_lip: npt.NDArray[np.bool_]  # (N,)
    lower_lip: npt.NDArray[np.bool_]  # (N,)
    anchor: npt.NDArray[np.bool_]  # (N,) the part of the face that no expression moves


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadFit:
    """A head, and what it does not explain.

    remainder: (N, 2) float64, how far each of the points of `sample_points` moved besides, in D
    """

    pose: HeadPose
    remainder: Numbers


def fit_head(first: GrayImage, now: GrayImage, before: HeadPose, mouth_v: float = USUAL_MOUTH_V) -> HeadFit:
    """How the face in `first` has moved in `now`.

    first, now: uint8 face crops of U_RANGE x V_RANGE at PX_PER_UNIT, both in the first picture's frame
    before:     the fit of the frame before, where the search starts
    mouth_v:    where the lips meet in `first`, in D
    """
    flow = _flow(first, now, before)
    at = _samples(round(mouth_v, 2))
    sampled = flow[_STEP // 2 :: _STEP, _STEP // 2 :: _STEP].reshape(-1, 2) / PX_PER_UNIT
    turn = before.turn
    trust = at.weight
    for _ in range(_ROBUST_ROUNDS):
        turn = _solve(at.basis, sampled, trust)
        missed = np.linalg.norm(sampled - _moved(at.basis, turn), axis=1)
        scale = max(0.012, 1.5 * float(np.median(missed[at.weight > 0.5])))
        trust = at.weight / (1.0 + (missed / scale) ** 2) ** 2  # Geman-McClure: outliers count for nothing
    remainder = sampled - _moved(at.basis, turn)
    left_over = remainder[:, 1]
    sunk = np.median(left_over[at.chin]) - np.median(left_over[at.anchor])
    parted = np.median(left_over[at.lower_lip]) - np.median(left_over[at.upper_lip])
    yaw, pitch, roll, shift_x, shift_y, log_scale = (float(value) for value in turn)
    pose = HeadPose(
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        shift_x=shift_x,
        shift_y=shift_y,
        scale=log_scale,
        chin=float(sunk) / _JAW_DROP,
        lips=float(parted) * _LIPS_PER_CHIN / _JAW_DROP,
        inlier_share=float(np.mean(missed[at.weight > 0.5] < 0.06)),
    )
    return HeadFit(pose=pose, remainder=remainder)


def sample_points() -> tuple[Numbers, Numbers]:
    """U and v in D of the N points of a face where motion is read, each (N,)."""
    return _grid(_STEP)


def moved_point(pose: HeadPose, u: float, v: float) -> tuple[float, float]:
    """Where a point of the first picture's face has gone, in D."""
    basis = _motion_basis(np.array([u]), np.array([v]))
    along, down = _moved(basis, pose.turn)[0]
    return u + float(along), v + float(down)


def _flow(first: GrayImage, now: GrayImage, before: HeadPose) -> Numbers:
    """(rows, columns, 2): where each pixel of `first` went, in pixels."""
    rows, columns = first.shape
    start = _moved(_full_basis(), before.turn).reshape(rows, columns, 2) * PX_PER_UNIT
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(1)
    return np.asarray(search.calc(first, now, start.astype(np.float32)), np.float64)


def _moved(basis: Numbers, turn: Numbers) -> Numbers:
    """(N, 2) displacement in D. basis: (6, N, 2); turn: (6,)."""
    return np.tensordot(turn, basis, axes=1)


def _solve(basis: Numbers, sampled: Numbers, trust: Numbers) -> Numbers:
    # Normal equations: six unknowns, and no thread pool woken for each frame.
    weighted = basis * trust[None, :, None]
    flat = basis.reshape(len(basis), -1)
    matrix = weighted.reshape(len(basis), -1) @ flat.T
    right = weighted.reshape(len(basis), -1) @ sampled.reshape(-1)
    return np.asarray(np.linalg.solve(matrix + np.diag(_RIDGE), right))


def _motion_basis(u: Numbers, v: Numbers) -> Numbers:
    """(6, N, 2): displacement in D for one unit of yaw, pitch, roll, shift_x, shift_y and scale."""
    depth = np.clip(1.15 - 0.26 * u**2 - 0.16 * (v - _CENTRE_V) ** 2, 0.0, None)
    depth = depth + 0.22 * np.exp(-((u / 0.28) ** 2) - ((v - 0.62) / 0.32) ** 2)  # the nose
    zero, one = np.zeros_like(u), np.ones_like(u)
    pairs = ((depth, zero), (zero, depth), (_NECK_V - v, u), (one, zero), (zero, one), (u, v - _NECK_V))
    return np.stack([np.stack(pair, axis=1) for pair in pairs])


def _grid(step: int) -> tuple[Numbers, Numbers]:
    u = np.arange(round((U_RANGE[1] - U_RANGE[0]) * PX_PER_UNIT))[step // 2 :: step]
    v = np.arange(round((V_RANGE[1] - V_RANGE[0]) * PX_PER_UNIT))[step // 2 :: step]
    vv, uu = np.meshgrid(
        (v + 0.5) / PX_PER_UNIT + V_RANGE[0], (u + 0.5) / PX_PER_UNIT + U_RANGE[0], indexing="ij"
    )
    return uu.reshape(-1), vv.reshape(-1)


@cache
def _full_basis() -> Numbers:
    return _motion_basis(*_grid(1))


@lru_cache(maxsize=16)
def _samples(mouth_v: float) -> _Samples:
    u, v = _grid(_STEP)
    oval = np.clip(4.0 * (1.0 - (u / 1.05) ** 2 - ((v - 0.35) / 1.25) ** 2), 0.0, 1.0)
    mouth = np.exp(-((u / 0.55) ** 4) - ((v - mouth_v - 0.22) / 0.45) ** 4)
    eyes = np.exp(-(((np.abs(u) - 0.5) / 0.30) ** 4) - (v / 0.20) ** 4)
    return _Samples(
        basis=_motion_basis(u, v),
        weight=oval * (1.0 - 0.95 * mouth) * (1.0 - 0.7 * eyes),
        chin=(np.abs(u) < 0.32) & (v > mouth_v + 0.32) & (v < mouth_v + 0.62),
        upper_lip=(np.abs(u) < 0.20) & (v > mouth_v - 0.16) & (v < mouth_v - 0.03),
        lower_lip=(np.abs(u) < 0.20) & (v > mouth_v + 0.03) & (v < mouth_v + 0.16),
        anchor=(np.abs(u) < 0.45) & (v > 0.25) & (v < 0.80),
    )
