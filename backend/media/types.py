"""Names for the arrays that travel between functions: what shape, what range, what order.

Between functions a picture is always uint8, height-width-channel, RGB, EXIF rotation applied.
BGR exists only inside a function that calls OpenCV.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

RgbImage: TypeAlias = npt.NDArray[np.uint8]
"""uint8 (H, W, 3) RGB in [0, 255], sRGB."""

DeepImage: TypeAlias = npt.NDArray[np.uint16]
"""uint16 (H, W, 3) RGB in [0, 65535], sRGB."""

AlphaPlane: TypeAlias = npt.NDArray[np.uint8]
"""uint8 (H, W) in [0, 255]; 0 = transparent. Colours beside it are not multiplied by it."""

GrayImage: TypeAlias = npt.NDArray[np.uint8]
"""uint8 (H, W) luma in [0, 255]."""

Mask: TypeAlias = npt.NDArray[np.float32]
"""float32 (H, W) in [0, 1]; 1 = apply here."""

FloatImage: TypeAlias = npt.NDArray[np.float32]
"""float32 (H, W) or (H, W, C) in [0, 255] unless the function says otherwise."""
