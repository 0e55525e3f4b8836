"""What a network of 512 pixels cannot hold, or smooths away: pores, hair and grain that the photo really has.

Two different losses. A face larger than 512 loses everything finer than the crop's grid; that is given back
whole. A sharp face loses its skin to the network's idea of skin; of that some is given back, where it is more
than grain. Neither invents anything, and a poor photo gets nothing back.
"""

from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.restoration.planes import luma
from backend.media.types import FloatImage

_FINE_SIGMA_PX: Final = 2.0  # of 512: pores and lashes
_NEARBY_SIGMA_PX: Final = 8.0
_MOST_TEXTURE: Final = 0.7  # of the photo's fine band; all of it would undo the restoration
_HOLDS_TEXTURE: Final = (0.8, 1.3)  # photo pixels per crop pixel: below, the crop is enlarged and has none
_CLEARLY_MORE: Final = 4.0  # times the grain's variance
_BEYOND_GRID: Final = (1.0, 1.25)  # photo pixels per crop pixel, between which the finer band comes in


def with_texture(face: FloatImage, crop: FloatImage, photo_ratio: float, grain: float) -> FloatImage:
    """The face with some of the photo's own texture instead of the network's.

    face, crop:  float32 (512, 512, 3) RGB in [0, 255]
    photo_ratio: photo pixels per crop pixel
    grain:       standard deviation of the photo's grain in luma, 8-bit units
    returns:     float32 (512, 512, 3); the face itself where the crop is not sharper than its grain
    """
    gate = _MOST_TEXTURE * float(np.interp(photo_ratio, _HOLDS_TEXTURE, (0.0, 1.0)))
    if gate == 0.0:
        return face
    fine_photo, fine_face = _fine(luma(crop)), _fine(luma(face))
    energy_photo, energy_face = _energy(fine_photo), _energy(fine_face)
    # Where the network's face is the sharper one, it stays: eyes and lips are what it is good at.
    share = energy_photo / (energy_photo + energy_face + 1e-3)
    certainty = np.clip((energy_photo / (grain**2 + 0.25) - 1.0) / (_CLEARLY_MORE - 1.0), 0.0, 1.0)
    change = gate * share * certainty * (fine_photo - fine_face)
    return np.asarray(face + change[..., None], np.float32)


def beyond_grid_share(photo_ratio: float) -> float:
    """How much of what is finer than the crop's grid comes from the photo: 0 for faces up to 512, then 1."""
    return float(np.interp(photo_ratio, _BEYOND_GRID, (0.0, 1.0)))


def _fine(brightness: FloatImage) -> FloatImage:
    return np.asarray(brightness - cv2.GaussianBlur(brightness, (0, 0), _FINE_SIGMA_PX), np.float32)


def _energy(fine: FloatImage) -> FloatImage:
    return np.asarray(cv2.GaussianBlur(fine * fine, (0, 0), _NEARBY_SIGMA_PX), np.float32)
