"""Take the tint out, because its owner asked for it: grey for a print of one tint, grey balance for colour.

Apart from the tone step, which acts on evidence: these two act on a wish.
"""

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.planes import luma, shrunk
from backend.media.types import FloatImage

_MEASURED_SIDE_PX = 384
_CLIPPED = 250.0
_TOO_DARK = 24.0
_NORM = 6  # of the Minkowski mean: between the mean, 1, and the brightest pixel, endless
_SHARE = 0.7  # of the estimate: it is 3 degrees off by itself, and 0.6 to 0.8 came nearest to white
_GREEN_DOUBTED, _GREEN_SURE = 0.03, 0.07  # log of green over the rest: a pale green wall is no light
_WHITE_FROM = 235.0  # what is all but white stays so, whatever the light

Gains = npt.NDArray[np.float32]


def without_tint(photo: FloatImage) -> FloatImage:
    """The photo in true neutral grey, as bright as it was.

    photo, returns: float32 (H, W, 3) RGB, the three channels of the result equal
    """
    return np.repeat(luma(photo)[..., None], 3, axis=2)


def grey_balance(picture: FloatImage) -> Gains:
    """What to multiply R, G and B with so that the light that fell on the picture becomes white: (3,).

    The mean of two views of that light: bright things are mostly white (shades of grey, Finlayson and Trezzi
    2004), and edges mostly differ in brightness (grey edge, van de Weijer et al. 2007). A picture as bright
    as it was, on the whole.

    picture: float32 (H, W, 3) RGB in [0, 255]
    """
    small = np.asarray(cv2.GaussianBlur(shrunk(picture, _MEASURED_SIDE_PX), (0, 0), 1.0), np.float32)
    is_exposed = (small.max(axis=2) < _CLIPPED) & (small.min(axis=2) > _TOO_DARK)
    if is_exposed.mean() < 0.02:
        return np.ones(3, np.float32)
    steepness = [
        cv2.magnitude(cv2.Sobel(plane, cv2.CV_32F, 1, 0), cv2.Sobel(plane, cv2.CV_32F, 0, 1))
        for plane in cv2.split(small)
    ]
    by_lights = _minkowski_mean(small[is_exposed])
    by_edges = _minkowski_mean(np.stack(steepness, axis=-1)[is_exposed])
    light = np.sqrt(by_lights * by_edges)
    gains = _less_green_or_magenta(np.maximum(light, 1e-6) ** -_SHARE)
    means = small.reshape(-1, 3).mean(axis=0)
    weights = np.array([0.299, 0.587, 0.114])
    return np.asarray(gains * (weights @ means) / max(1e-6, weights @ (means * gains)), np.float32)


def _less_green_or_magenta(gains: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Gains (3,) whose green is nearer to the other two, by what may be the scene's own colour."""
    red, green, blue = np.log(gains)
    tint = green - (red + blue) / 2
    kept = np.sign(tint) * np.interp(np.abs(tint), (_GREEN_DOUBTED, _GREEN_SURE), (0.0, _GREEN_SURE))
    doubt = tint - kept if abs(tint) < _GREEN_SURE else 0.0
    return np.asarray(gains * np.exp(np.array([1.0, -2.0, 1.0]) * doubt / 3), np.float64)


def balanced(photo: FloatImage, gains: Gains) -> FloatImage:
    """The photo in another light; white stays white.

    photo, returns: float32 (H, W, 3) RGB in [0, 255]; gains: (3,), as `grey_balance` finds them
    """
    share = np.clip((255.0 - photo.min(axis=2)) / (255.0 - _WHITE_FROM), 0.0, 1.0)[..., None]
    return np.asarray(photo * (1.0 + share * (gains - 1.0)), np.float32)


def _minkowski_mean(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """(pixels, 3) -> (3,)."""
    return np.asarray(np.mean(values.astype(np.float64) ** _NORM, axis=0) ** (1 / _NORM), np.float64)
