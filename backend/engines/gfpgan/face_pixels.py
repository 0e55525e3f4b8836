"""Faces as pixels to faces as a network takes them and back, to the last bit of the official code.

Kept apart because torch and OpenVINO networks share it, and it needs neither.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backend.media.types import FloatImage, RgbImage

Batch = npt.NDArray[np.float32]
"""float32 (N, 3, S, S) RGB, about [-1, 1]."""


def to_batch(faces: Sequence[RgbImage | FloatImage]) -> Batch:
    """faces: (S, S, 3) RGB in [0, 255]. Divided by 255 in float64, rounded to float32, then to [-1, 1]."""
    unit = np.stack([(face / np.float64(255)).astype(np.float32) for face in faces])
    return np.ascontiguousarray(((unit - np.float32(0.5)) / np.float32(0.5)).transpose(0, 3, 1, 2))


def to_pixels(batch: Batch) -> list[RgbImage]:
    """Clipped to [-1, 1], stretched to [0, 255] in float32, rounded half to even."""
    unit = (np.clip(batch, -1, 1) - np.float32(-1)) / np.float32(2)
    pixels = (unit * np.float32(255)).round().astype(np.uint8)
    return [np.ascontiguousarray(each.transpose(1, 2, 0)) for each in pixels]
