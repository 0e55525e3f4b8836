"""Colour at the size a JPEG holds it: what its decoder enlarged, made small again without loss, and back.

Kept apart from deblocking because it mirrors one decoder: libjpeg's triangle filter, the usual one.
"""

import cv2
import numpy as np

from backend.media.types import FloatImage

_REACH = 5
_DECAY = np.sqrt(8.0) - 3.0  # root of z/8 + 3/4 + 1/(8z): the mean of two pixels of the filter
_SHARPEN = np.asarray(np.sqrt(2.0) * _DECAY ** np.abs(np.arange(-_REACH, _REACH + 1)), np.float32)
_KEEP = np.ones(1, np.float32)


def as_coded(plane: FloatImage, ratio: tuple[int, int]) -> FloatImage:
    """The samples that a decoded colour plane was made from.

    plane: float32 (H, W), sides multiples of `ratio`: pixels to a sample, down and across, 1 or 2
    """
    down, across = (_SHARPEN if each == 2 else _KEEP for each in ratio)
    means = averaged(plane, ratio)
    return np.asarray(cv2.sepFilter2D(means, -1, across, down, borderType=cv2.BORDER_REFLECT), np.float32)


def averaged(plane: FloatImage, ratio: tuple[int, int]) -> FloatImage:
    """The plane made smaller by the mean of `ratio` pixels, down and across."""
    size_px = plane.shape[1] // ratio[1], plane.shape[0] // ratio[0]
    return np.asarray(cv2.resize(plane, size_px, interpolation=cv2.INTER_AREA), np.float32)


def as_decoded(samples: FloatImage, ratio: tuple[int, int]) -> FloatImage:
    """The plane that a decoder makes of samples: three parts of the nearer one, one of the next."""
    size_px = samples.shape[1] * ratio[1], samples.shape[0] * ratio[0]
    return np.asarray(cv2.resize(samples, size_px, interpolation=cv2.INTER_LINEAR), np.float32)
