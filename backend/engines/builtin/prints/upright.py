"""Which way up a print hangs: as the faces in it say, else as it was photographed."""

from typing import Final

import cv2
import numpy as np

from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint
from backend.engines.builtin.prints.lines import Doubles
from backend.engines.builtin.prints.straighten import flat_size
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces
from backend.engines.print_api import Corners
from backend.media.types import RgbImage

_LOOK_SIDE_PX: Final = 420
_LIKELIEST_FIRST: Final = (0, 1, 3, 2)  # quarter turns; few lie upside down for whoever photographs them
_EYES: Final = 0.5  # what two eyes add to a face's score
_CERTAIN: Final = 1.4  # a face with nearly every vote and two eyes: no need to look at what is left
_ENOUGH: Final = 1.2
_CLEARLY: Final = 1.6  # times what speaks for any other way up


def upright(
    picture: RgbImage, outline: Doubles, checkpoint: Checkpoint, find: FindFaces = find_faces
) -> Corners:
    """The outline's corners, from the top left one of the print as it hangs.

    picture: uint8 (H, W, 3) RGB
    outline: float64 (4, 2) px, clockwise from any corner
    """
    as_photographed = np.roll(outline, -_topmost_side(outline), axis=0)
    look = _small(picture, as_photographed)
    sure = [0.0] * 4
    for count, turns in enumerate(_LIKELIEST_FIRST):
        checkpoint(Stage.ANALYSE, count / 4)
        # Turning the corners' order on by one turns the picture on by a quarter, anticlockwise.
        sure[turns] = _faces_say(find(np.ascontiguousarray(np.rot90(look, turns))))
        if sure[turns] >= _CERTAIN:
            break
    best = int(np.argmax(sure))
    others = max(one for turns, one in enumerate(sure) if turns != best)
    is_clear = sure[best] >= _ENOUGH and sure[best] >= _CLEARLY * others
    return _corners(np.roll(as_photographed, -best, axis=0) if is_clear else as_photographed)


def _topmost_side(outline: Doubles) -> int:
    """The side that runs most from left to right: clockwise, that is the top."""
    along = np.roll(outline, -1, axis=0) - outline
    return int(np.argmax(along[:, 0] / np.linalg.norm(along, axis=1)))


def _small(picture: RgbImage, corners: Doubles) -> RgbImage:
    height_px, width_px = flat_size(corners, (picture.shape[1], picture.shape[0]))
    ratio = min(1.0, _LOOK_SIDE_PX / max(height_px, width_px))
    # Shrunk before it is warped: warping reads single pixels, which alias.
    copy = cv2.resize(picture, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    width_px, height_px = max(1, round(width_px * ratio)), max(1, round(height_px * ratio))
    flat = np.array([(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], np.float32)
    matrix = cv2.getPerspectiveTransform((corners * ratio).astype(np.float32), flat)
    return np.asarray(cv2.warpPerspective(copy, matrix, (width_px, height_px)), np.uint8)


def _faces_say(faces: tuple[FoundFace, ...]) -> float:
    return sum(face.score + _EYES * (len(face.eyes) == 2) for face in faces)


def _corners(points: Doubles) -> Corners:
    first, second, third, fourth = ((float(x), float(y)) for x, y in points)
    return first, second, third, fourth
