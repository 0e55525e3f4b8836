"""What stands between the first-order engine and its networks: numbers in, pictures and flow out; no torch.

Apart from both so that the engine can be built and tested without a file of weights, and the networks run on
torch or OpenVINO. Coordinates are the networks' own: x, y in [-1, 1] over the square crop, pixel i of n at
2i / (n - 1) - 1 (`align_corners=True`), as the Siarohin et al. 2019 model was trained.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from backend.engines.animation_api import AnimateMode, Border
from backend.media.types import Mask, RgbImage

Numbers: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class KeypointArrays:
    """Keypoints of N pictures.

    value:    float32 (N, K, 2), x and y in [-1, 1]
    jacobian: float32 (N, K, 2, 2), the local affine motion at each
    """

    value: Numbers
    jacobian: Numbers

    def __post_init__(self) -> None:
        count, points = self.value.shape[:2]
        if self.value.shape != (count, points, 2) or self.jacobian.shape != (count, points, 2, 2):
            raise ValueError(f"keypoints of shapes {self.value.shape} and {self.jacobian.shape}")

    def __len__(self) -> int:
        return len(self.value)

    def part(self, start: int, stop: int) -> Self:
        """Those of the pictures from `start` to before `stop`."""
        return type(self)(self.value[start:stop], self.jacobian[start:stop])


@dataclass(frozen=True, slots=True, eq=False)
class MovedFace:
    """One frame as the network draws it, S its side.

    picture:   float32 (S, S, 3) RGB in [0, 1]
    flow:      float32 (S/4, S/4, 2): where in the source each place of this frame comes from, in [-1, 1]
    occlusion: float32 (S/4, S/4) in [0, 1]: 1 = comes from the source, 0 = is drawn anew
    """

    picture: Numbers
    flow: Numbers
    occlusion: Numbers


class Source(Protocol):
    """A source picture as a network keeps it: encoded once, used for every frame."""

    @property
    def keypoints(self) -> KeypointArrays:
        """Of the source; one picture's."""
        ...


class MotionNetwork(Protocol):
    """A keypoint detector and a generator that were trained together. Safe to share between threads.

    model: a name of the manifest, or a file's. fingerprint: tells the detector's weights apart; what is
    worked out with one detector says nothing to another. side_px: of the pictures it takes and gives, S.
    """

    @property
    def model(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def side_px(self) -> int: ...

    def keypoints(self, frames: Sequence[RgbImage]) -> KeypointArrays:
        """Of each frame, uint8 (S, S, 3) RGB. Raises OutOfMemory."""
        ...

    def encode(self, source: RgbImage) -> Source:
        """Everything about a source, uint8 (S, S, 3) RGB, that no frame changes. Raises OutOfMemory."""
        ...

    def move(
        self,
        source: Source,
        to: KeypointArrays,
        *,
        border: Border,
        still: Mask | None = None,
        mode: AnimateMode = "best",
    ) -> Iterator[MovedFace]:
        """The source moved to each set of keypoints, in order; a few frames ahead of who reads them.

        to:    normalised already: keypoints of the frames that are wanted
        still: float32 (S/4, S/4) in [0, 1]; 1 = holds still, as a frozen border does; None = nothing more
        mode:  "parity" is plain float32, frame by frame; "fast" draws some frames from their neighbours
        raises: OutOfMemory
        """
        ...


class MotionModels(Protocol):
    """The networks that are installed, loaded on first use and kept. Safe to ask from several threads."""

    def network(self, mode: AnimateMode) -> MotionNetwork:
        """The best that is installed. Raises WeightsMissing, WeightsRefused, OutOfMemory."""
        ...
