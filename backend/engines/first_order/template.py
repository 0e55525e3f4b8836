"""A motion as keypoints: what a driving clip is to one detector, without its pictures.

In relative motion the source's Jacobian cancels (J_s (J_d J_d0^-1 J_s)^-1 = J_d0 J_d^-1), so that values and
these 2x2 matrices are all of a clip that a source needs; the clip itself is looked at once.
"""

from dataclasses import dataclass

import numpy as np

from backend.engines.first_order.seams import KeypointArrays, Numbers


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MotionTemplate:
    """The keypoints of a clip, frame after frame, as one detector sees them.

    fps:       frames a second
    value:     float32 (N, K, 2)
    turn:      float32 (N, K, 2, 2), J_0 J_t^-1: the identity in frame 0
    jacobian0: float32 (K, 2, 2), J_0; with it absolute motion can be had, too
    hull:      area of the convex hull of frame 0's values, for the adapted scale
    detector:  `MotionNetwork.fingerprint`: keypoints are learnt, and one detector's mean nothing to another
    """

    fps: float
    value: Numbers
    turn: Numbers
    jacobian0: Numbers
    hull: float
    detector: str

    def __len__(self) -> int:
        return len(self.value)

    def keypoints(self) -> KeypointArrays:
        """The clip's keypoints as the detector gave them: J_t = turn^-1 J_0."""
        jacobian = np.linalg.inv(self.turn.astype(np.float64)) @ self.jacobian0
        return KeypointArrays(self.value, jacobian.astype(np.float32))
