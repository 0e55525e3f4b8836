"""Put moved faces back into their photo, touching nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.media.types import RgbImage


@dataclass(frozen=True, slots=True)
class FacePatch:
    """The part of a photo that one frame changes.

    rgb: uint8 (h, w, 3); where nothing moves it equals the photo.
    left, top: of the patch in the photo, in pixels.
    covers: bool (h, w), the pixels that belong to this face; None = all of them.
    """

    rgb: RgbImage
    left: int
    top: int
    covers: npt.NDArray[np.bool_] | None = None


def compose(photo: RgbImage, patches: Sequence[FacePatch]) -> RgbImage:
    """The photo with the patches in it; a new array, pixels outside the patches untouched."""
    frame = photo.copy()
    for patch in patches:
        height, width = patch.rgb.shape[:2]
        place = frame[patch.top : patch.top + height, patch.left : patch.left + width]
        if patch.covers is None:
            place[:] = patch.rgb
        else:
            np.copyto(place, patch.rgb, where=patch.covers[..., None])
    return frame
