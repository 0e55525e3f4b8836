"""Whether the eyes of a clip are shut: from where the dark of an eye stands, not from how dark it is.

A lid that closes takes the dark iris away and leaves its lashes low; both must be seen. A side glance takes
the iris away too, but the dark of the eye goes up, not down; light irises are dark enough with their lashes.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.animation.canonical import FaceFrame
from backend.engines.builtin.animation.curves import Track
from backend.engines.builtin.animation.eyes import Eye
from backend.engines.builtin.animation.head_fit import HeadPose, Numbers, moved_point
from backend.media.types import GrayImage

PX_PER_UNIT: Final = 72.0
BAND_U: Final = (-1.5, 1.5)
BAND_V: Final = (-1.0, 0.95)
_TILE: Final = (58, 42)  # columns and rows around one eye: 0.8 x 0.58 D
_REACH_U: Final = 0.24  # D to both sides of an eye's middle
_REACH_V: Final = (-0.24, 0.26)
_TALLEST: Final = 0.36  # D; what is dark over more than this is no eye but shadow or hair
_CORE: Final = 0.6  # of the open eye's dark: iris and lashes
_LOWER: Final = 0.022  # D that the dark sinks when an eye is quite shut
_PALER: Final = 0.4  # share of its core's dark that goes when an eye is quite shut
LEAST_DARK: Final = 30.0  # grey levels; a paler eye cannot be judged


def eye_band(picture: GrayImage, frame: FaceFrame) -> GrayImage:
    """uint8: both eyes and room for the head to move, upright."""
    return frame.crop(picture, BAND_U, BAND_V, PX_PER_UNIT).astype(np.uint8)


def darkness(picture: GrayImage, frame: FaceFrame, eye: Eye) -> float:
    """Mean grey levels by which an eye is darker than its surroundings: less when it is shut.

    Only fit to compare two pictures of one person.
    """
    return float(_dark(_tile(eye_band(picture, frame), HeadPose(), eye)).mean())


def shut_track(bands: Sequence[GrayImage], poses: Sequence[HeadPose], eye: Eye) -> Track | None:
    """How shut one eye is in every frame, 0 to 1; None where it cannot be told.

    bands: from `eye_band`, in the frame of the picture that the poses are measured against
    """
    dark = np.stack([_dark(_tile(band, pose, eye)) for band, pose in zip(bands, poses, strict=True)])
    usual = np.median(dark, axis=0)
    strongest = float(np.percentile(usual, 92))
    if strongest < LEAST_DARK:
        return None
    core = usual > _CORE * strongest
    rows = np.arange(dark.shape[1])
    by_row = dark.mean(axis=2)
    height = (by_row * rows).sum(axis=1) / (by_row.sum(axis=1) + 1e-6) / PX_PER_UNIT
    lower = np.clip((height - np.median(height)) / _LOWER, 0.0, 1.0)
    paler = np.clip((1.0 - dark[:, core].mean(axis=1) / usual[core].mean()) / _PALER, 0.0, 1.0)
    shut: Track = lower * paler
    return shut


def _tile(band: GrayImage, pose: HeadPose, eye: Eye) -> GrayImage:
    """uint8 (42, 58): the eye, however the head has moved."""
    u, v = moved_point(pose, eye.middle_u, eye.base_v)
    columns, rows = _TILE
    zoom = float(np.exp(pose.scale))
    along, aside = zoom * np.cos(pose.roll), zoom * np.sin(pose.roll)
    x, y = (u - BAND_U[0]) * PX_PER_UNIT - 0.5, (v - BAND_V[0]) * PX_PER_UNIT - 0.5
    middle_x, middle_y = (columns - 1) / 2, (rows - 1) / 2
    matrix = np.array(
        [
            [along, -aside, x - along * middle_x + aside * middle_y],
            [aside, along, y - aside * middle_x - along * middle_y],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    tile = cv2.warpAffine(band, matrix, _TILE, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(tile, np.uint8)


def _dark(tile: GrayImage) -> Numbers:
    """How much darker than what lies above and below, float64, the eye's own columns and rows only."""
    upright = np.ones((int(_TALLEST * PX_PER_UNIT) | 1, 1), np.uint8)
    dark = cv2.morphologyEx(cv2.GaussianBlur(tile, (0, 0), 0.8), cv2.MORPH_BLACKHAT, upright)
    middle_x, middle_y = (_TILE[0] - 1) / 2, (_TILE[1] - 1) / 2
    top, bottom = (int(middle_y + reach * PX_PER_UNIT) for reach in _REACH_V)
    left, right = (int(middle_x + side * _REACH_U * PX_PER_UNIT) for side in (-1, 1))
    return np.asarray(dark[top : bottom + 1, left : right + 1], np.float64)
