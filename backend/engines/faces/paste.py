"""A restored face back into its photo: exactly in place, smoothly sampled, rounded.

Apart from the official way to paste (`official_paste.py`), whose small errors must be kept as they are.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.faces.align import FACE_PX, Affine
from backend.engines.faces.warp import Region, region_of, warp_region
from backend.media.types import FloatImage, Mask, RgbImage

_LEAST_PX: Final = 2  # a smaller face is a dot


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A rectangle of a photo without and with what was pasted there.

    x, y: left and top in pixels. before, after: uint8 (h, w, 3) RGB.
    """

    x: int
    y: int
    before: RgbImage
    after: RgbImage


def to_scale(matrix: Affine, scale_ratio: float) -> Affine:
    """Crop -> photo enlarged `scale_ratio` times, from photo -> crop.

    A pixel's middle stays a pixel's middle: (p + 1/2) * s - 1/2. The official code adds s/2 and forgets the
    rest, so its faces sit half a pixel low and right.
    """
    inverse = cv2.invertAffineTransform(matrix)
    scaled = np.asarray(inverse, dtype=np.float64) * scale_ratio
    scaled[:, 2] += (scale_ratio - 1) / 2
    return scaled


def paste(base: RgbImage, face: RgbImage | FloatImage, to_base: Affine, mask: Mask) -> Patch | None:
    """What pasting a face changes.

    base:    uint8 (H, W, 3) RGB; left as it is, so that the caller puts `after` into a canvas of its own
    face:    (512, 512, 3) RGB in [0, 255], uint8 or float32
    to_base: crop -> base, of `to_scale`
    mask:    float32 (512, 512) in [0, 1]; 1 = the face, 0 = the base, to the last bit
    returns: the rectangle the face covers; None where that is outside the base
    """
    region = region_of(to_base, base.shape[1], base.shape[0])
    if region is None:
        return None
    soft_face, soft_mask, matrix = _reduced(face.astype(np.float32), mask, to_base)
    before = base[region.slices].copy()
    after = np.empty_like(before)
    for band in region.bands():
        rows = band.within(region)
        after[rows] = _blended(before[rows], soft_face, soft_mask, matrix, band)
    return Patch(x=region.x, y=region.y, before=before, after=after)


def _blended(before: RgbImage, face: FloatImage, mask: Mask, to_base: Affine, band: Region) -> RgbImage:
    # The mask is never enlarged with overshoot: it has to stay in 0..1, and 0 where it is 0.
    share = warp_region(mask, to_base, band)[..., None]
    pixels = warp_region(face, to_base, band, cv2.INTER_CUBIC, cv2.BORDER_REPLICATE)
    mixed = share * pixels + (1.0 - share) * before
    return np.rint(mixed).clip(0, 255).astype(np.uint8)


def _reduced(face: FloatImage, mask: Mask, to_base: Affine) -> tuple[FloatImage, Mask, Affine]:
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
