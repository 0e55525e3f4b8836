"""Pictures side by side: what a cell of the gallery shows."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from backend.media.types import Mask, RgbImage

_GAP_PX = 4
_PAPER = 242
_MARK_RGB = (235, 30, 90)


def strip(pictures: Sequence[RgbImage], height_px: int) -> RgbImage:
    """uint8 (height_px, W, 3): the pictures in a row, each at this height, with pale gaps between."""
    row: list[RgbImage] = []
    for picture in pictures:
        if row:
            row.append(np.full((height_px, _GAP_PX, 3), _PAPER, np.uint8))
        width_px = max(1, round(picture.shape[1] * height_px / picture.shape[0]))
        row.append(at_size(picture, width_px, height_px))
    return np.concatenate(row, axis=1)


def at_size(picture: RgbImage, width_px: int, height_px: int) -> RgbImage:
    """The picture at this size."""
    if picture.shape[:2] == (height_px, width_px):
        return picture
    return np.asarray(Image.fromarray(picture).resize((width_px, height_px), Image.Resampling.LANCZOS))


def marked(picture: RgbImage, mask: Mask | None) -> RgbImage:
    """The picture, paler, with what the mask covers in red; the mask at any size."""
    pale = np.rint(picture * 0.6 + 100.0)
    if mask is not None:
        height_px, width_px = picture.shape[:2]
        cover = Image.fromarray((mask > 0.5).astype(np.uint8) * 255)
        inside = np.asarray(cover.resize((width_px, height_px), Image.Resampling.BOX)) > 0
        pale[inside] = _MARK_RGB
    return np.asarray(np.clip(pale, 0, 255), np.uint8)


def around(picture: RgbImage, box: tuple[float, float, float, float], sides: float) -> RgbImage:
    """The square around a box, `sides` times its longer side wide; beyond the picture's edge it is pale."""
    x1, y1, x2, y2 = box
    half_px = max(4, round(sides * max(x2 - x1, y2 - y1) / 2))
    centre_x, centre_y = round((x1 + x2) / 2), round((y1 + y2) / 2)
    cut = np.full((2 * half_px, 2 * half_px, 3), _PAPER, np.uint8)
    top, left = max(0, centre_y - half_px), max(0, centre_x - half_px)
    part = picture[top : centre_y + half_px, left : centre_x + half_px]
    down, right = top - (centre_y - half_px), left - (centre_x - half_px)
    cut[down : down + part.shape[0], right : right + part.shape[1]] = part
    return cut
