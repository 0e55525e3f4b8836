"""Brightness apart from colour, and pictures made smaller to be measured.

Every step works on float32 RGB in [0, 255] so that nothing is rounded between two steps.
"""

import cv2
import numpy as np

from backend.media.types import DeepImage, FloatImage, RgbImage

_BT601 = np.array([[0.299, 0.587, 0.114]], np.float32)

_VALUES_AT_ONCE = 6_000_000


def luma(photo: FloatImage) -> FloatImage:
    """Brightness as BT.601 weighs it.

    photo:   float32 (H, W, 3) RGB in [0, 255]
    returns: float32 (H, W) in [0, 255]
    """
    return np.asarray(cv2.transform(photo, _BT601), np.float32).reshape(photo.shape[:2])


def with_luma(photo: FloatImage, brightness: FloatImage) -> FloatImage:
    """The photo with another brightness and the same colour differences (B - Y, R - Y).

    photo, returns: float32 (H, W, 3) RGB; brightness: float32 (H, W)
    """
    change = cv2.cvtColor(brightness - luma(photo), cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.add(photo, change), np.float32)


def shrunk(picture: FloatImage, long_side_px: int) -> FloatImage:
    """The picture with its long side at most `long_side_px`, by area; itself where it is small enough."""
    height_px, width_px = picture.shape[:2]
    ratio = long_side_px / max(height_px, width_px)
    if ratio >= 1.0:
        return picture
    size_px = max(1, round(width_px * ratio)), max(1, round(height_px * ratio))
    return np.asarray(cv2.resize(picture, size_px, interpolation=cv2.INTER_AREA), np.float32)


def to_bytes(photo: FloatImage) -> RgbImage:
    """float32 in about [0, 255] -> uint8, rounded."""
    if photo.size <= _VALUES_AT_ONCE:
        return np.asarray(
            cv2.convertScaleAbs(np.maximum(photo, 0.0)), np.uint8
        )  # numpy takes several times as long
    result = np.empty(photo.shape, np.uint8)
    step_rows = max(1, _VALUES_AT_ONCE * photo.shape[0] // photo.size)
    for top in range(0, photo.shape[0], step_rows):  # what is cut off at 0 is a copy
        rows = photo[top : top + step_rows]
        result[top : top + step_rows] = cv2.convertScaleAbs(np.maximum(rows, 0.0)).reshape(rows.shape)
    return result


def to_deep(photo: FloatImage) -> DeepImage:
    """float32 in about [0, 255] -> uint16 in [0, 65535], rounded; undoes `from_deep` exactly."""
    levels = np.clip(np.rint(photo * np.float32(257.0)), 0, 65535)
    return np.asarray(levels, np.uint16)


def from_deep(deep: DeepImage) -> FloatImage:
    """uint16 in [0, 65535] -> float32 in [0, 255]."""
    return deep.astype(np.float32) / np.float32(257.0)
