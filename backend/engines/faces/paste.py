"""Where a restored face lies in its photo, exactly, and how it is made smaller without aliasing.

Apart from the official way to paste (`official_paste.py`), whose small errors must be kept as they are.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.faces.align import FACE_PX, Affine
from backend.media.types import FloatImage, Mask

_LEAST_PX: Final = 2  # a smaller face is a dot


def to_scale(matrix: Affine, scale_ratio: float) -> Affine:
    """Crop -> photo enlarged `scale_ratio` times, from photo -> crop.

    A pixel's middle stays a pixel's middle: (p + 1/2) * s - 1/2. The official code adds s/2 and forgets the
    rest, so its faces sit half a pixel low and right.
    """
    inverse = cv2.invertAffineTransform(matrix)
    scaled = np.asarray(inverse, dtype=np.float64) * scale_ratio
    scaled[:, 2] += (scale_ratio - 1) / 2
    return scaled


def reduced_to_fit(face: FloatImage, mask: Mask, to_base: Affine) -> tuple[FloatImage, Mask, Affine]:
    """Face and mask averaged down to the size they will have, where that is smaller than they are.

    A warp alone takes single pixels: a face of 60 pixels would show one in 70 of the 512 x 512.
    """
    scale = float(np.hypot(to_base[0, 0], to_base[1, 0]))
    side = max(_LEAST_PX, round(FACE_PX * scale))
    if side >= FACE_PX:
        return face, mask, to_base
    ratio = FACE_PX / side
    from_small = np.array([[ratio, 0.0, (ratio - 1) / 2], [0.0, ratio, (ratio - 1) / 2], [0.0, 0.0, 1.0]])
    return _averaged(face, side), _averaged(mask, side), to_base @ from_small


def _averaged(picture: npt.NDArray[np.float32], side_px: int) -> npt.NDArray[np.float32]:
    small = cv2.resize(picture, (side_px, side_px), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32)
