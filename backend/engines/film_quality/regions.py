"""Where a face is looked at: the part of the film around it, the window that follows it, the skin in that.

Apart from following because it is settled once, from the photo; faces are looked at about 80 pixels wide,
whatever the film's size, so that looking costs little.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.api import FivePoints
from backend.engines.faces.boxes import Box, side
from backend.media.types import GrayImage, RgbImage

Affine = npt.NDArray[np.float64]
"""float64 (2, 3): x, y, 1 -> x, y."""

SMALLEST_FACE_PX: Final = 32.0  # below this there is no skin between eyes and mouth to look at

_LOOKED_AT_PX: Final = 84.0  # about; side of the box as it is looked at, where the film shows it larger
_AROUND: Final = 0.32  # of the side: how far around the box a face is looked for
_WINDOW: Final = 1.2  # side of the window that follows / side of the box
_LEAST_PART_PX: Final = 32
_SOFT_PX: Final = 0.8  # sigma; a sharp picture that moves by parts of a pixel changes by itself
# Eye, eye, nose tip, mouth corner, mouth corner in a box, where nobody has seen them.
_USUAL_POINTS: Final = ((0.3, 0.385), (0.7, 0.385), (0.5, 0.58), (0.35, 0.77), (0.65, 0.77))
# Cheeks and nose, which neither lids nor lips uncover: across in eye distances, down from eyes 0 to mouth 1.
_SKIN: Final = ((-0.72, 0.24), (0.72, 0.24), (0.6, 0.74), (-0.6, 0.74))
# The face, brows to chin: middle and half axes, in the same units.
_OVAL_MIDDLE, _OVAL_ACROSS, _OVAL_DOWN = 0.45, 0.95, 1.15
_LEAST_ACROSS: Final = 0.6  # eye distance / eyes to mouth; less has a face in profile, whose cheek is wider


@dataclass(frozen=True, slots=True)
class WatchedFace:
    """A face that moves, where it is in the photo.

    box:    pixels of the film
    points: the same; None = where they usually are in such a box
    """

    box: Box
    points: FivePoints | None


class FaceRegion:
    """Everything about the place of one face that does not change.

    length:  side of the window, small pixels
    home:    window -> small picture, where the face is in the photo; whole pixels
    oval:    uint8 (length, length), 255 where the face is
    skin_part: rows and columns of the window around cheeks and nose
    skin:    uint8, of that part, 255 on cheeks and nose; `thirds`: left, middle and right of it
    film_px: pixels of the film per small pixel
    """

    def __init__(self, face: WatchedFace, width_px: int, height_px: int) -> None:
        """width_px, height_px: of the film."""
        self.film_px = max(1, round(side(face.box) / _LOOKED_AT_PX))
        self._cut = _cut_of(face.box, width_px, height_px, self.film_px)
        self.length = max(16, round(_WINDOW * side(face.box) / self.film_px))
        middle = self._small((face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2)
        left, top = np.rint(middle - self.length / 2)
        self.home: Affine = np.array([[1.0, 0.0, left], [0.0, 1.0, top]])
        eyes, across, down = self._axes(face)
        corners = [eyes + u * across + v * down for u, v in _SKIN]
        skin = self._filled(np.rint(corners))
        self.skin_part = _part_around(skin)
        self.skin = np.ascontiguousarray(skin[self.skin_part])
        turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        self.oval = self._filled(
            np.array(
                [
                    eyes
                    + _OVAL_ACROSS * np.cos(turn) * across
                    + (_OVAL_MIDDLE + _OVAL_DOWN * np.sin(turn)) * down
                    for turn in turns
                ]
            )
        )
        self.thirds = _thirds(self.skin)

    def small(self, frame: RgbImage) -> GrayImage:
        """The surroundings of the face, uint8 (h, w): grey, small, a little soft."""
        x1, y1, x2, y2 = self._cut
        gray = cv2.cvtColor(frame[y1:y2, x1:x2], cv2.COLOR_RGB2GRAY)
        gray = _averaged(np.asarray(gray, np.uint8), self.film_px)
        return np.asarray(cv2.GaussianBlur(gray, (5, 5), _SOFT_PX), np.uint8)

    def _small(self, x: float, y: float) -> npt.NDArray[np.float64]:
        """A place of the film in the small picture."""
        return (np.array((x, y), np.float64) - np.array(self._cut[:2], np.float64)) / self.film_px

    def _axes(self, face: WatchedFace) -> tuple[npt.NDArray[np.float64], ...]:
        """Between the eyes, from eye to eye, and from the eyes to the mouth; pixels of the window."""
        points = np.array([self._small(x, y) for x, y in face.points or _usual(face.box)]) - self.home[:, 2]
        eyes, down = points[:2].mean(axis=0), points[3:].mean(axis=0) - points[:2].mean(axis=0)
        across = points[1] - points[0]
        widening = _LEAST_ACROSS * np.hypot(*down) / max(float(np.hypot(*across)), 1e-6)
        return eyes, across * max(1.0, widening), down

    def _filled(self, corners: npt.NDArray[np.float64]) -> GrayImage:
        """255 inside, 0 outside; the middle of the window where nothing of the shape is in it."""
        mask = np.zeros((self.length, self.length), np.uint8)
        cv2.fillConvexPoly(mask, np.asarray(corners, np.int32), (255,))
        if not mask.any():
            third = self.length // 3
            mask[third:-third, third:-third] = 255
        return mask


def _cut_of(box: Box, width_px: int, height_px: int, film_px: int) -> tuple[int, int, int, int]:
    """x1, y1, x2, y2 in pixels of the film, whole small pixels wide and high."""
    around = _AROUND * side(box)
    x1, y1 = max(0, int(box[0] - around)), max(0, int(box[1] - around))
    x2, y2 = min(width_px, int(box[2] + around)), min(height_px, int(box[3] + around))
    return x1, y1, x2 - (x2 - x1) % film_px, y2 - (y2 - y1) % film_px


def _averaged(picture: GrayImage, fold: int) -> GrayImage:
    """Smaller by a whole number, each pixel the mean of those it stands for; sides are multiples of it.

    `INTER_AREA` of OpenCV is quick for halves alone: of 3 and 5 it takes as long as this in all, twice over.
    """
    while fold % 2 == 0:
        height, width = picture.shape
        half = (width // 2, height // 2)  # OpenCV wants (width, height)
        picture = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)
        fold //= 2
    if fold == 1:
        return picture
    means = cv2.blur(picture, (fold, fold))
    return np.ascontiguousarray(means[fold // 2 :: fold, fold // 2 :: fold], np.uint8)


def _usual(box: Box) -> list[tuple[float, float]]:
    x1, y1, x2, y2 = box
    return [(x1 + u * (x2 - x1), y1 + v * (y2 - y1)) for u, v in _USUAL_POINTS]


def _part_around(mask: GrayImage) -> tuple[slice, slice]:
    """Rows and columns of what is not 0, and so much more that optical flow has something to go by."""
    left, top, width, height = cv2.boundingRect(mask)
    more = max(4, (_LEAST_PART_PX - min(width, height)) // 2)
    return (
        slice(max(0, top - more), min(len(mask), top + height + more)),
        slice(max(0, left - more), min(len(mask), left + width + more)),
    )


def _thirds(skin: GrayImage) -> tuple[GrayImage, ...]:
    """Left, middle and right of a mask; all of it where it is too narrow for that."""
    columns = np.flatnonzero(skin.any(axis=0))
    edges = np.linspace(columns[0], columns[-1] + 1, 4).round().astype(int)
    thirds = []
    for start, stop in pairwise(edges):
        third = np.zeros_like(skin)
        third[:, start:stop] = skin[:, start:stop]
        thirds.append(third if third.any() else skin)
    return tuple(thirds)
