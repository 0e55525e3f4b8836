"""Make a print flat: its true sides from how they are foreshortened, and every pixel read once.

Pure geometry and resampling, apart from finding the print and from what is done to its light.
"""

from math import sqrt
from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.prints.lines import Doubles
from backend.engines.print_api import LEAST_SIDE_PX, Corners
from backend.media.types import RgbImage

_INSET: Final = 0.003  # of each side: the outline's own blur, where the table shines through
_MOST_FOCAL, _LEAST_FOCAL = 8.0, 0.4  # lengths of the picture's longer side; beyond, the estimate is noise
_NEARLY_PARALLEL: Final = 0.015  # below this foreshortening nothing can be told from it
_MOST_CORRECTION: Final = 1.6  # by which the foreshortened ratio can be wrong


def straightened(picture: RgbImage, corners: Corners) -> RgbImage:
    """Cut out the print between `corners`, upright, as large as its longest sides in the picture.

    picture: uint8 (H, W, 3) RGB
    returns: uint8 (h, w, 3) RGB
    """
    points = np.array(corners, np.float64)
    inner = points + _INSET * (np.roll(points, 2, axis=0) - points)
    height_px, width_px = flat_size(inner, (picture.shape[1], picture.shape[0]))
    flat = np.array([(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], np.float64)
    # Contract: a pixel's middle is at + 0.5. OpenCV's: at 0.
    matrix = cv2.getPerspectiveTransform((flat - 0.5).astype(np.float32), (inner - 0.5).astype(np.float32))
    # The result is as large as the longest sides, so that nothing shrinks and nothing aliases.
    warped = cv2.warpPerspective(
        picture,
        matrix,
        (width_px, height_px),
        flags=cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(warped, np.uint8)


def flat_size(corners: Doubles, picture_size: tuple[int, int]) -> tuple[int, int]:
    """Height and width in px: the true ratio, and on neither side more pixels than the picture shows of it.

    At least LEAST_SIDE_PX a side, so that what was cut out can be restored.

    corners: float64 (4, 2) px, top left first, clockwise; picture_size: width, height
    """
    top, right, bottom, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    seen_ratio = (top + bottom) / (left + right)
    ratio = aspect_ratio(corners, picture_size)
    if not 1 / _MOST_CORRECTION < ratio / seen_ratio < _MOST_CORRECTION:
        ratio = seen_ratio
    width_px, height_px = max(top, bottom), max(left, right)
    if width_px / height_px < ratio:
        width_px = height_px * ratio
    else:
        height_px = width_px / ratio
    # Stretched by the correction, a side may come out longer than it is seen anywhere: never enlarge.
    shrink = min(1.0, max(top, bottom, left, right) / max(width_px, height_px))
    # Nor has a print more pixels than its picture, as the frame about a sliver across it would.
    shrink = min(shrink, sqrt(picture_size[0] * picture_size[1] / (width_px * height_px)))
    height_px, width_px = (max(LEAST_SIDE_PX, side_px * shrink) for side_px in (height_px, width_px))
    return round(height_px), round(width_px)


def aspect_ratio(corners: Doubles, picture_size: tuple[int, int]) -> float:
    """Width / height of a rectangle seen at `corners` (Zhang & He 2007, "Whiteboard scanning", eq. 11-20).

    The camera's focal length follows from its two vanishing points; its optical centre is taken to be the
    picture's. Where the sides are too nearly parallel to tell, the ratio of their mean lengths.
    """
    top, right, bottom, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    mean_ratio = float((top + bottom) / (left + right))
    middle = np.array(picture_size, np.float64) / 2
    longest = float(max(picture_size))
    top_left, top_right, bottom_right, bottom_left = (
        np.array([*((corner - middle) / longest), 1.0]) for corner in corners
    )
    k2 = np.cross(top_left, bottom_right) @ bottom_left / (np.cross(top_right, bottom_right) @ bottom_left)
    k3 = np.cross(top_left, bottom_right) @ top_right / (np.cross(bottom_left, bottom_right) @ top_right)
    n2, n3 = k2 * top_right - top_left, k3 * bottom_left - top_left
    if abs(k2 - 1) < _NEARLY_PARALLEL or abs(k3 - 1) < _NEARLY_PARALLEL:
        # One vanishing point is far away: the focal length cannot be had, only a usual one be assumed.
        if abs(k2 - 1) < _NEARLY_PARALLEL and abs(k3 - 1) < _NEARLY_PARALLEL:
            return mean_ratio
        focal_squared = 1.0
    else:
        focal_squared = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
        if not _LEAST_FOCAL**2 < focal_squared < _MOST_FOCAL**2:
            focal_squared = 1.0
    lens = np.array([1 / focal_squared, 1 / focal_squared, 1.0])
    return sqrt(float((n2 * n2 * lens).sum() / (n3 * n3 * lens).sum()))
