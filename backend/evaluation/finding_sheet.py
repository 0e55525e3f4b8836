"""A picture to look at: every face that a finder found, upright in its row, with its five points.

Apart from the figures, because no figure says whether a point lies in the pupil.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.finding import FindFaces
from backend.evaluation.moving import LabelledPhoto
from backend.evaluation.samples import read_photo
from backend.media.types import RgbImage

_TILE_PX: Final = 192
_TILE_OF_BOX: Final = 1.8
_COLUMNS: Final = 8
_POINTS_RGB: Final = ((0, 220, 0), (0, 220, 0), (255, 220, 0), (255, 60, 60), (255, 60, 60))


def finding_sheet(photos: Sequence[LabelledPhoto], find: FindFaces) -> RgbImage:
    """Tiles in rows of eight, photo after photo. uint8 (H, W, 3) RGB."""
    tiles = []
    for photo in photos:
        pixels = read_photo(photo.path)
        tiles += [tile(pixels, face) for face in find(pixels)]
    empty = np.zeros((_TILE_PX, _TILE_PX, 3), np.uint8)
    tiles += [empty] * (-len(tiles) % _COLUMNS or (not tiles) * _COLUMNS)
    rows = [np.concatenate(tiles[at : at + _COLUMNS], axis=1) for at in range(0, len(tiles), _COLUMNS)]
    return np.concatenate(rows)


def tile(photo: RgbImage, face: FoundFace) -> RgbImage:
    """One face, its points as dots and its score in the corner."""
    x1, y1, x2, y2 = face.box
    side_px = max(8, round(_TILE_OF_BOX * max(x2 - x1, y2 - y1)))
    left, top = round((x1 + x2 - side_px) / 2), round((y1 + y2 - side_px) / 2)
    margin = [max(0, edge) for edge in (-top, top + side_px - photo.shape[0])]
    sides = [max(0, edge) for edge in (-left, left + side_px - photo.shape[1])]
    part = photo[max(top, 0) : top + side_px, max(left, 0) : left + side_px]
    square = np.pad(part, (margin, sides, (0, 0)))
    sampling = cv2.INTER_AREA if side_px > _TILE_PX else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(square, (_TILE_PX, _TILE_PX), interpolation=sampling), np.uint8)
    zoom = _TILE_PX / side_px
    for (x, y), colour in zip(face.landmarks or (), _POINTS_RGB, strict=False):
        cv2.circle(small, (round((x - left) * zoom), round((y - top) * zoom)), 2, colour, -1, cv2.LINE_AA)
    cv2.putText(small, f"{face.score:.3f}", (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255), 1)
    return small
