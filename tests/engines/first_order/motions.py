"""Motions for tests: keypoints that turn, stretch and wander as a face's do, known to the last digit."""

import numpy as np

from backend.engines.first_order.driven_motion import DrivenMotion
from backend.engines.first_order.driving import template_of
from backend.engines.first_order.seams import KeypointArrays


def a_motion(count: int = 20, points: int = 10, *, seed: int = 0, way: float = 0.05) -> KeypointArrays:
    """From rest and back: every keypoint goes `way` and turns a little, each its own way."""
    random = np.random.default_rng(seed)
    rest = random.uniform(-0.6, 0.6, (points, 2))
    jacobian = np.eye(2) + random.normal(0.0, 0.2, (points, 2, 2))
    swing = np.sin(np.pi * np.arange(count) / max(1, count - 1))[:, None, None]
    value = rest + way * swing * random.normal(0.0, 1.0, (points, 2))
    turn = np.eye(2) + 0.1 * swing[..., None] * random.normal(0.0, 1.0, (points, 2, 2))
    return KeypointArrays(value.astype(np.float32), (turn @ jacobian).astype(np.float32))


def driven(seen: KeypointArrays, *, fps: float = 25.0, is_own: bool = False) -> DrivenMotion:
    """The motion that a template of these keypoints is."""
    return DrivenMotion(template=template_of(seen, fps, "a-detector"), is_own=is_own)
