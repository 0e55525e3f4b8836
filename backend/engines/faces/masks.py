"""Where a restored face may show: from a class map, from the crop's square, or from the face's own shape.

Apart from pasting, which takes any mask; these shapes are what people see when a seam shows.
"""

from enum import IntEnum
from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.api import FivePoints
from backend.engines.faces.align import FACE_PX, TEMPLATE
from backend.media.types import Mask

# The egg, in distances from eyes to mouth (along) and between the eyes (aside); shaped by eye on real photos.
_TOP: Final = -1.15  # a little into the hair
_WIDEST: Final = 0.2  # cheekbones
_BOTTOM: Final = 1.8  # below the chin
_HALF_WIDTH: Final = 1.3  # to the ears
_EYES_TO_LENGTH: Final = 0.8  # between the eyes of a turned face is less than this share of eyes to mouth
_MOST_TURNED: Final = 0.4
_FAR: Final = 100.0  # half widths
_ROUNDNESS: Final = 1.15  # 1 is an ellipse
_WHOLE, _FADED = 0.72, 1.1


class FaceClass(IntEnum):
    """What ParseNet tells apart, by the number it gives; left and right as seen."""

    BACKGROUND = 0
    SKIN = 1
    NOSE = 2
    GLASSES = 3
    LEFT_EYE = 4
    RIGHT_EYE = 5
    LEFT_BROW = 6
    RIGHT_BROW = 7
    LEFT_EAR = 8
    RIGHT_EAR = 9
    MOUTH = 10
    UPPER_LIP = 11
    LOWER_LIP = 12
    HAIR = 13
    HAT = 14
    EARRING = 15
    NECKLACE = 16
    NECK = 17
    CLOTH = 18


NOT_PASTED: Final = frozenset(
    {FaceClass.BACKGROUND, FaceClass.HAT, FaceClass.NECKLACE, FaceClass.NECK, FaceClass.CLOTH}
)

# Of facexlib 0.3.0: blurred twice, then a frame of the crop set to 0.
_PARSE_BLUR_PX: Final = (101, 101)
_PARSE_SIGMA_PX: Final = 11.0
_OFFICIAL_FRAME_PX: Final = 10

_SQUARE_EDGE_PX: Final = FACE_PX // 20 + 1  # the share of a side that CodeFormer erodes, and one to reach 0
_SQUARE_BLUR_PX: Final = (51, 51)  # its blur for this edge: twice 25, and the middle


def official_parse_mask(classes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The mask of the official pipeline, to the last bit.

    classes: uint8 (512, 512), `FaceClass` of each pixel of the restored crop
    returns: float64 (512, 512) in [0, 1]; it falls from up to 1 to 0 at the frame, where hair shows a line
    """
    mask = _blurred_classes(classes)
    for edge in (slice(None, _OFFICIAL_FRAME_PX), slice(-_OFFICIAL_FRAME_PX, None)):
        mask[edge] = 0
        mask[:, edge] = 0
    return mask / 255.0


def parse_mask(classes: npt.NDArray[np.uint8]) -> Mask:
    """Face, hair, ears and glasses, fading out before the crop ends: no line through the hair.

    classes: uint8 (512, 512), `FaceClass` of each pixel of the restored crop
    returns: float32 (512, 512) in [0, 1], 0 at the crop's edge
    """
    shown = (_blurred_classes(classes) / 255.0).astype(np.float32)
    return np.minimum(shown, square_mask())


def _blurred_classes(classes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    shown = np.isin(classes, [int(one) for one in FaceClass if one not in NOT_PASTED])
    mask = shown.astype(np.float64) * 255.0
    for _ in range(2):
        mask = np.asarray(cv2.GaussianBlur(mask, _PARSE_BLUR_PX, _PARSE_SIGMA_PX), dtype=np.float64)
    return mask


@cache
def square_mask() -> Mask:
    """The whole crop, fading out over its outer tenth.

    returns: float32 (512, 512) in [0, 1], 0 at the crop's edge; one shared array, read-only
    """
    mask = np.zeros((FACE_PX, FACE_PX), dtype=np.float32)
    mask[_SQUARE_EDGE_PX:-_SQUARE_EDGE_PX, _SQUARE_EDGE_PX:-_SQUARE_EDGE_PX] = 1.0
    mask = np.asarray(cv2.GaussianBlur(mask, _SQUARE_BLUR_PX, 0), dtype=np.float32)
    mask.setflags(write=False)
    return mask


def geometric_mask(points: FivePoints = TEMPLATE) -> Mask:
    """An egg from hairline to chin around five points: a mask that needs no network.

    points:  in the crop (`align.moved`): a long face gets a long egg, a turned one an egg off the middle
    returns: float32 (512, 512) in [0, 1], 0 at the crop's edge
    """
    eyes, nose, mouth = _middle(points[0], points[1]), np.array(points[2]), _middle(points[3], points[4])
    down = mouth - eyes
    length = float(np.hypot(*down))
    apart = float(np.hypot(points[1][0] - points[0][0], points[1][1] - points[0][1]))
    if length < 1.0 or apart < 1.0:  # points closer than a pixel lie like no face
        return square_mask()
    down /= length
    across = np.array([down[1], -down[0]])
    y, x = np.mgrid[0:FACE_PX, 0:FACE_PX].astype(np.float32)
    along = ((x - eyes[0]) * down[0] + (y - eyes[1]) * down[1]) / length
    aside = ((x - eyes[0]) * across[0] + (y - eyes[1]) * across[1]) / max(apart, length * _EYES_TO_LENGTH)
    turn = float(np.dot(nose - eyes, across)) / apart
    return np.minimum(_egg(along, aside, turn), square_mask())


def _egg(along: npt.NDArray[np.float32], aside: npt.NDArray[np.float32], turn: float) -> Mask:
    """1 inside, 0 outside, smooth between.

    along: 0 at the eyes, 1 at the mouth. aside: in distances between the eyes. turn: the nose's, to the right
    """
    height = np.where(along < _WIDEST, _WIDEST - _TOP, _BOTTOM - _WIDEST)
    turn = min(max(turn, -_MOST_TURNED), _MOST_TURNED)
    # the side the nose points to is the far one: less of it is seen
    width = np.where(aside > 0, _HALF_WIDTH * (1 - turn), _HALF_WIDTH * (1 + turn / 2))
    if turn < 0:
        width = np.where(aside > 0, _HALF_WIDTH * (1 - turn / 2), _HALF_WIDTH * (1 + turn))
    # Far outside is as far as it needs to be: powers of it would have no number.
    beside = np.minimum(np.abs(aside / width), _FAR) ** _ROUNDNESS
    above = np.minimum(np.abs((along - _WIDEST) / height), _FAR) ** _ROUNDNESS
    reach = np.hypot(beside, above)
    inside = np.clip((_FADED - reach) / (_FADED - _WHOLE), 0.0, 1.0)
    return np.asarray(inside * inside * (3 - 2 * inside), dtype=np.float32)


def _middle(one: tuple[float, float], other: tuple[float, float]) -> npt.NDArray[np.float64]:
    return np.array([(one[0] + other[0]) / 2, (one[1] + other[1]) / 2])
