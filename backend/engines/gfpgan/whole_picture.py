"""Large-scale light and contrast of a whole picture through the face network, its detail left alone.

The network was trained on faces of 512 pixels: put through it whole, a picture loses its detail and gets
face-like texture. What it is good for is how light is spread; so only that is taken, from a letterboxed copy,
and only part of it.
"""

from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.restoration.bands import band_rows
from backend.engines.builtin.restoration.planes import luma, to_bytes
from backend.engines.gfpgan.seams import FACE_PX, FaceNetwork
from backend.media.types import FloatImage, RgbImage

_STRENGTH: Final = 0.5
_LARGE_SCALE_SIGMA_PX: Final = 20.0  # of 512: no edge of a face or a coat is wider
_MOST_CHANGE: Final = 12.0  # grey levels; more is the network mistaking the picture for a face
_ENDS: Final = 40.0  # grey levels from black and from white
_WORTH_IT: Final = 2.0  # standard deviation over the picture in grey levels; sharpening alone reaches 1.5


def measure_light(picture: RgbImage, network: FaceNetwork, *, with_colour: bool) -> FloatImage | None:
    """How the network would change the picture on the large scale, ready to be added.

    picture: uint8 (H, W, 3) RGB
    with_colour: its colours too; else each of the three channels changes alike
    returns: float32 (h, w, 3) grey levels, of the whole picture at a small size; None where it is too even
             to be more than a shift of the whole
    raises: OutOfMemory
    """
    boxed, rows, columns = _letterboxed(picture)
    made = network([boxed])[0]
    difference = made.astype(np.float32) - boxed
    if not with_colour:
        difference = np.repeat(luma(difference)[..., None], 3, axis=2)
    slow = cv2.GaussianBlur(difference, (0, 0), _LARGE_SCALE_SIGMA_PX)[rows, columns]
    slow = slow - slow.mean(axis=(0, 1))  # how bright it is on the whole, the tones' step knows better
    if float(slow.std()) < _WORTH_IT:
        return None
    return np.asarray(_STRENGTH * np.clip(slow, -_MOST_CHANGE, _MOST_CHANGE), np.float32)


def add_light(picture: RgbImage, light: FloatImage) -> None:
    """Change the picture in place by what `measure_light` found, a band of rows at a time.

    picture: uint8 (H, W, 3) RGB, of any size
    """
    height_px, width_px = picture.shape[:2]
    across = cv2.resize(light, (width_px, light.shape[0]), interpolation=cv2.INTER_LINEAR)
    step_rows = band_rows(width_px)
    for top in range(0, height_px, step_rows):
        rows = picture[top : top + step_rows]
        place = (np.arange(top, top + rows.shape[0]) + 0.5) * light.shape[0] / height_px - 0.5
        place = np.clip(place, 0, light.shape[0] - 1)
        above = np.minimum(place.astype(int), max(0, light.shape[0] - 2))
        below = np.minimum(above + 1, light.shape[0] - 1)
        share = (place - above).astype(np.float32)[:, None, None]
        change = across[above] * (1 - share) + across[below] * share
        rows[:] = to_bytes(rows + _room(rows) * change)


def _room(rows: RgbImage) -> FloatImage:
    """How far a pixel may change, 0 to 1: blacks and paper white stay where the tones' step put them."""
    brightness = luma(rows.astype(np.float32))
    room = np.minimum(brightness, 255.0 - brightness) / np.float32(_ENDS)
    return np.asarray(np.minimum(room, 1.0)[..., None], np.float32)


def _letterboxed(picture: RgbImage) -> tuple[RgbImage, slice, slice]:
    """The whole picture within 512 x 512, mirrored beyond its edges, and where in there it lies."""
    height_px, width_px = picture.shape[:2]
    ratio = FACE_PX / max(height_px, width_px)
    small_px = max(1, round(width_px * ratio)), max(1, round(height_px * ratio))
    sampling = cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC
    small = cv2.resize(picture, small_px, interpolation=sampling)
    top, left = (FACE_PX - small_px[1]) // 2, (FACE_PX - small_px[0]) // 2
    bottom, right = FACE_PX - small_px[1] - top, FACE_PX - small_px[0] - left
    boxed = cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_REFLECT)
    rows, columns = slice(top, top + small_px[1]), slice(left, left + small_px[0])
    return np.asarray(boxed, np.uint8), rows, columns
