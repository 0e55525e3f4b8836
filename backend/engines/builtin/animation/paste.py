"""Put moved faces back into their photo, touching nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from backend.media.types import GrayImage, RgbImage


@dataclass(frozen=True, slots=True)
class FacePatch:
    """The part of a photo that one frame changes.

    rgb: uint8 (h, w, 3); where nothing moves it equals the photo.
    left, top: of the patch in the photo, in pixels.
    covers: uint8 (h, w), not 0 at the pixels that belong to this face; None = all of them.
    """

    rgb: RgbImage
    left: int
    top: int
    covers: GrayImage | None = None


def compose(photo: RgbImage, patches: Sequence[FacePatch]) -> RgbImage:
    """The photo with the patches in it; a new array, pixels outside the patches untouched."""
    frame = photo.copy()
    for patch in patches:
        height, width = patch.rgb.shape[:2]
        place = frame[patch.top : patch.top + height, patch.left : patch.left + width]
        if patch.covers is None:
            place[:] = patch.rgb
        else:
            cv2.copyTo(patch.rgb, patch.covers, place)
    return frame
