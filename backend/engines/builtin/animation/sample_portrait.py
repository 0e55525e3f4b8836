"""The face of our sample clips: the NASA portrait that scikit-image carries, made neutral.

The photo (astronaut Eileen Collins) is in the public domain. She smiles with her teeth, and a clip must
start from a closed, resting mouth, so the smile is taken back first. All of it happens here, apart from the
making of clips, because these numbers were read off this one photo by hand.
"""

import importlib.util
from math import cos, sin
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image

from backend.domain.errors import AppError
from backend.engines.builtin.animation.canonical import FaceFrame, Floats, Point
from backend.media.types import RgbImage

_ENLARGED: Final = 4
_CROP: Final = (128, 11, 324, 207)  # x1, y1, x2, y2 of the square around the head; the face box is half of it
# Positions in the 512 px photo.
_EYE_LEFT, _EYE_RIGHT = (203.3, 101.4), (246.8, 103.5)
_CORNER_LEFT, _CORNER_RIGHT = (203.5, 139.8), (243.3, 141.2)
_UPPER_LIP_EDGE, _LOWER_LIP_EDGE = (224.5, 143.1), (223.8, 150.2)  # in the middle, either side of the teeth
_LIP_SHADE: Final = np.array([0.72, 1.0, 0.92], np.float32)  # between lips it is dark red, not grey
# The resting mouth, in D.
_REST_HALF_WIDTH: Final = 0.37
_REST_DROP: Final = 0.055  # of the corners
_REST_BOW: Final = 0.035  # how far the middle of the lip line hangs below the corners


def portrait_path() -> Path:
    """Where scikit-image keeps the photo. Raises AppError when it is not installed."""
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        raise AppError(
            "making the sample clips needs scikit-image (a development tool): pip install scikit-image"
        )
    return Path(found.origin).parent / "data" / "astronaut.png"


def smiling_portrait() -> RgbImage:
    """The photo as it is: uint8 (512, 512, 3) RGB."""
    with Image.open(portrait_path()) as picture:
        return np.array(picture.convert("RGB"))


def neutral_portrait() -> tuple[RgbImage, FaceFrame]:
    """The head with a closed, resting mouth, enlarged, and its face frame.

    returns: uint8 (784, 784, 3) RGB, and where the face lies in it.
    """
    enlarged = _enlarged_head(smiling_portrait())
    frame = FaceFrame.from_eyes(_in_head(_EYE_LEFT), _in_head(_EYE_RIGHT))
    rows, columns = enlarged.shape[:2]
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    u, v = frame.face_grids(x, y)
    from_u, from_v, lip_line = _closed_mouth(frame, u, v)
    from_x, from_y = _photo_grids(frame, from_u, from_v)
    closed = cv2.remap(enlarged, from_x, from_y, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
    shaded = closed * (1.0 - lip_line[:, :, None] * _LIP_SHADE)
    return np.clip(np.rint(shaded), 0, 255).astype(np.uint8), frame


def _enlarged_head(photo: RgbImage) -> RgbImage:
    side = (_CROP[2] - _CROP[0]) * _ENLARGED
    return np.array(Image.fromarray(photo).resize((side, side), Image.Resampling.LANCZOS, box=_CROP))


def _in_head(point: Point) -> Point:
    """From the 512 px photo to the enlarged head; the middle of the first pixel is 0 in both."""
    x, y = point
    return (x - _CROP[0] + 0.5) * _ENLARGED - 0.5, (y - _CROP[1] + 0.5) * _ENLARGED - 0.5


def _photo_grids(frame: FaceFrame, u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """X and y in pixels of a grid of face positions; all float32 of one shape."""
    along, aside = np.float32(cos(frame.roll) * frame.unit_px), np.float32(sin(frame.roll) * frame.unit_px)
    x, y = np.float32(frame.origin[0]), np.float32(frame.origin[1])
    return x + along * u - aside * v, y + aside * u + along * v


def _closed_mouth(frame: FaceFrame, u: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
    """Where in the smiling face each point of the resting face is taken from, and how dark the lip line is.

    A backward warp that is split along the lip line: what is above comes from the upper lip's edge upwards,
    what is below from the lower lip's edge downwards, and the teeth between the two are never sampled.
    """
    left, right = (frame.to_face(_in_head(corner)) for corner in (_CORNER_LEFT, _CORNER_RIGHT))
    upper, lower = (frame.to_face(_in_head(edge))[1] for edge in (_UPPER_LIP_EDGE, _LOWER_LIP_EDGE))
    middle_u, corner_v = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
    smile_half_width = (right[0] - left[0]) / 2
    slant = (right[1] - left[1]) / (right[0] - left[0])

    across = np.abs(u - middle_u)
    part = np.clip((u - middle_u) / _REST_HALF_WIDTH, -1.0, 1.0)
    bulge = 1.0 - part**2  # 1 in the middle, 0 at the corners
    level = corner_v + slant * (u - middle_u)
    line = level + _REST_DROP + _REST_BOW * bulge

    beyond = np.clip(across - _REST_HALF_WIDTH, 0.0, None)
    near = np.exp(-((beyond / 0.26) ** 2))
    stretch = (smile_half_width / _REST_HALF_WIDTH - 1.0) * np.clip(across, None, _REST_HALF_WIDTH)
    from_u = u + np.sign(u - middle_u) * stretch * near * np.exp(-(((v - line) / 0.34) ** 2))

    to_upper = level + (upper - corner_v) * bulge**1.6 - line  # the upper lip's edge is flatter at the sides
    to_lower = level + (lower - corner_v) * bulge - line
    fade = np.exp(-(((v - line) / 0.30) ** 2))
    from_v = v + np.where(v < line, to_upper, to_lower) * near * fade
    lip_line = 0.50 * np.exp(-(((v - line) / 0.018) ** 2)) * np.sqrt(bulge)
    return from_u.astype(np.float32), from_v.astype(np.float32), lip_line.astype(np.float32)
