"""A stand-in for a trained detector: ten places of a face, followed by optical flow from its first frame.

What a trained detector gives is known only with its weights; that its keypoints go where the face goes, and
that its Jacobians turn and stretch as the face does, is true of this one, too. So the limits of geometric
checks can be tried on real clips. It remembers its first frame and is good for one clip.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from backend.engines.animation_api import AnimateMode, Border
from backend.engines.first_order.crops import face_box_in
from backend.engines.first_order.seams import KeypointArrays, MovedFace, Numbers, Source
from backend.media.types import GrayImage, Mask, RgbImage

# x and y as shares of the face's box: brows, eyes, nose, corners of the mouth, chin, cheeks.
_PLACES = (
    *((0.25, 0.2), (0.75, 0.2), (0.3, 0.35), (0.7, 0.35), (0.5, 0.6)),
    *((0.35, 0.82), (0.65, 0.82), (0.5, 1.0), (0.15, 0.65), (0.85, 0.65)),
)
_SIGMA = 0.09  # of the face's box


class FlowNetwork:
    """A `MotionNetwork` of which only the detector works."""

    def __init__(self, side_px: int = 256) -> None:
        self.side_px = side_px
        self.model = "flow"
        self.fingerprint = f"flow-{side_px}"
        self._first: GrayImage | None = None
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def keypoints(self, frames: Sequence[RgbImage]) -> KeypointArrays:
        grays = [np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8) for frame in frames]
        first = self._first = grays[0] if self._first is None else self._first
        found = [self._followed(self._flowed(first, gray)) for gray in grays]
        return KeypointArrays(np.array([v for v, _ in found]), np.array([j for _, j in found]))

    def encode(self, source: RgbImage) -> Source:
        raise NotImplementedError

    def move(
        self,
        source: Source,
        to: KeypointArrays,
        *,
        border: Border,
        still: Mask | None = None,
        mode: AnimateMode = "best",
    ) -> Iterator[MovedFace]:
        raise NotImplementedError

    def _flowed(self, first: GrayImage, now: GrayImage) -> Numbers:
        flow = self._flow.calc(first, now, np.zeros((*now.shape, 2), np.float32))
        return np.asarray(flow, np.float32)

    def _followed(self, flow: Numbers) -> tuple[Numbers, Numbers]:
        """Around every place the affine motion that fits the flow best, in [-1, 1]."""
        line = 2 * np.arange(self.side_px) / (self.side_px - 1) - 1
        x, y = np.meshgrid(line, line)
        x1, y1, x2, y2 = (2 * edge / self.side_px - 1 for edge in face_box_in(self.side_px))
        values, jacobians = [], []
        for across, down in _PLACES:
            at = np.array([x1 + across * (x2 - x1), y1 + down * (y2 - y1)])
            near = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * (_SIGMA * (x2 - x1)) ** 2))
            used = near > 0.1
            weights = np.sqrt(near[used])[:, None]
            there = np.stack([x[used] - at[0], y[used] - at[1], np.ones(used.sum())], axis=1)
            moved = flow[used] * 2 / (self.side_px - 1)
            affine = np.linalg.lstsq(weights * there, weights * moved, rcond=None)[0]
            values.append(at + affine[2])
            jacobians.append(np.eye(2) + affine[:2].T)
        return np.array(values, np.float32), np.array(jacobians, np.float32)
