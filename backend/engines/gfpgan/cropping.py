"""A face out of a large picture at the cost of the face: `faces/align.py` averages down whatever it is given.

Apart from there because the official way, to the pixel, may only look at whole pictures.
"""

from typing import Final

import cv2
import numpy as np

from backend.engines.faces.align import Affine, crop_face, scale_of
from backend.engines.faces.warp import region_of
from backend.media.types import FloatImage, RgbImage

_REACH_PX: Final = 8  # of the crop: what averaging and cubic sampling look at beyond its edge


def cut_face(picture: RgbImage | FloatImage, matrix: Affine) -> FloatImage:
    """The face upright in 512 x 512, averaged where it is larger; beyond the picture, its mirror image.

    picture: (H, W, 3) RGB in [0, 255]
    matrix:  picture -> crop
    returns: float32 (512, 512, 3) in [0, 255]
    """
    height_px, width_px = picture.shape[:2]
    to_picture = np.asarray(cv2.invertAffineTransform(matrix), np.float64)
    region = region_of(to_picture, width_px, height_px)
    if region is None:  # all of it is mirror image
        return crop_face(picture.astype(np.float32), matrix, border="reflect", antialias=True)
    margin_px = int(np.ceil(_REACH_PX / scale_of(matrix)))
    left, top = max(0, region.x - margin_px), max(0, region.y - margin_px)
    right, bottom = region.x + region.width + margin_px, region.y + region.height + margin_px
    part = picture[top:bottom, left:right].astype(np.float32)
    to_crop = matrix.copy()
    to_crop[:, 2] += matrix[:, :2] @ (left, top)
    return crop_face(part, to_crop, border="reflect", antialias=True)
