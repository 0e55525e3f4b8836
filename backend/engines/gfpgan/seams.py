"""What the pipeline needs of networks, in pixels: it can be read, tested and run without torch.

Networks sit behind these three protocols (`torch_*.py`); each holds weights and nothing about a request.
"""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from backend.media.types import FloatImage, RgbImage

FACE_PX = 512  # side of an aligned face, before and after the network

ClassMap: TypeAlias = npt.NDArray[np.uint8]
"""uint8 (512, 512): what each pixel of an aligned face shows, 0 to 18; ids in `faces/masks.py`."""


class FaceNetwork(Protocol):
    """Restores aligned faces. The same faces give the same pixels, whatever else is in the batch."""

    @property
    def model(self) -> str:
        """Which weights: "v1.4", or the file's name."""
        ...

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        """faces: (512, 512, 3) RGB, uint8 or float in [0, 255] -> uint8, rounded half to even.

        raises: OutOfMemory, when one face at a time on the CPU is too much
        """
        ...


class FaceParser(Protocol):
    """Says what each pixel of an aligned face shows (ParseNet)."""

    def __call__(self, faces: Sequence[RgbImage]) -> list[ClassMap]: ...


class Enlarger(Protocol):
    """Restores and enlarges any picture (Real-ESRGAN), a tile at a time."""

    @property
    def model(self) -> str: ...

    @property
    def scale(self) -> int:
        """Output side / input side."""
        ...

    def __call__(self, tile: FloatImage) -> FloatImage:
        """tile: float32 (h, w, 3) RGB in [0, 1] -> float32 (h * scale, w * scale, 3), not clipped.

        raises: OutOfMemory
        """
        ...
