"""Where PaddleGAN's predictor cuts faces out of a photo and pastes them back: `extract_bbox` and `run`.

For comparison only; nothing here may be improved. Its crops are 1.6 wide and 2 high for a face of 1, and are
squeezed to a square, which is not how the network was trained. Apart from our own crops, which are square.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

_SIDEWAYS = 0.8  # of a face's longer side, to the left and right of its middle; up and down it is 1
_MOST_OVERLAP = 0.5  # of two crops, as intersection over union, that still are two faces


class OfficialCrop(NamedTuple):
    """Pixels, the second corner outside. area: of the crop, in pixels."""

    x1: int
    y1: int
    x2: int
    y2: int
    area: int


class OfficialDisc(NamedTuple):
    """Where one of several faces is shown. Pixels; may reach outside its crop, which then shows black."""

    centre_x: int
    centre_y: int
    radius: int


def official_crops(
    detections: Sequence[tuple[int, int, int, int]], width_px: int, height_px: int
) -> list[OfficialCrop]:
    """The crops that are kept, in the detector's order: of two that overlap, the one that came first.

    detections: whole pixels (x1, y1, x2, y2), in the detector's order. (It means to put the largest first and
                forgets to keep the sorted list.)
    """
    kept: list[OfficialCrop] = []
    for box in detections:
        crop = _crop_of(box, width_px, height_px)
        if all(_overlap(other, crop) <= _MOST_OVERLAP for other in kept):
            kept.append(crop)
    return kept


def crops_to_animate(crops: Sequence[OfficialCrop], *, multi_person: bool) -> list[OfficialCrop]:
    """All, or the first alone, which need not be the largest; a single one is pasted as a rectangle."""
    return list(crops) if multi_person else list(crops[:1])


def paste_disc(crop: OfficialCrop, ratio: float) -> OfficialDisc:
    """What is shown of a crop where several faces move. ratio: of the radius to the crop's height."""
    radius = math.ceil((crop.y2 - crop.y1) * ratio)
    return OfficialDisc(int((crop.x1 + crop.x2) / 2), int((crop.y1 + crop.y2) / 2), radius)


def _crop_of(box: tuple[int, int, int, int], width_px: int, height_px: int) -> OfficialCrop:
    left, top, right, bottom = box
    centre_x, centre_y = left + int((right - left) / 2), top + int((bottom - top) / 2)
    margin = max(bottom - top, right - left)
    aside = int(_SIDEWAYS * margin)
    x1, y1 = max(0, centre_x - aside), max(0, centre_y - margin)
    x2, y2 = min(width_px, centre_x + aside), min(height_px, centre_y + margin)
    return OfficialCrop(x1, y1, x2, y2, (y2 - y1) * (x2 - x1))


def _overlap(first: OfficialCrop, second: OfficialCrop) -> float:
    width = min(first.x2, second.x2) - max(first.x1, second.x1)
    height = min(first.y2, second.y2) - max(first.y1, second.y1)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (first.area + second.area - shared)
