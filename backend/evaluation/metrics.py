"""How alike two pictures are: PSNR, SSIM and GMSD.

Written here, because the measuring stick may share no code with what it measures.
"""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from backend.media.types import RgbImage

Plane: TypeAlias = npt.NDArray[np.float64]
"""float64 (H, W)."""

IDENTICAL_DB = 99.0  # the PSNR of equal pictures, which has no number of its own

_LUMA = np.array([0.299, 0.587, 0.114])  # BT.601, as JPEG has it
_WINDOW_SIDE_PX, _WINDOW_SIGMA_PX = 11, 1.5
_STABLE_MEAN, _STABLE_VARIANCE = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # C1, C2 of Wang et al. 2004
_STABLE_GRADIENT = 170.0  # c of Xue et al. 2014, for pictures in [0, 255]
_PREWITT = np.array([[1.0, 0.0, -1.0]] * 3) / 3.0


def psnr_db(picture: RgbImage, truth: RgbImage) -> float:
    """Peak signal-to-noise ratio over all channels, dB; IDENTICAL_DB at most.

    Both uint8 (H, W, 3) RGB of one size.
    """
    difference = picture.astype(np.float64) - truth
    mean_square = float(np.mean(difference**2))
    if mean_square == 0.0:
        return IDENTICAL_DB
    return min(IDENTICAL_DB, float(10.0 * np.log10(255.0**2 / mean_square)))


def ssim(picture: RgbImage, truth: RgbImage) -> float:
    """Structural similarity of the lumas (Wang et al. 2004), at most 1.0, which is equality.

    Gaussian window of 11 pixels, sigma 1.5; windows that stick out are left out. Both uint8 (H, W, 3) RGB of
    one size, 11 pixels a side at least.
    """
    x, y = _luma(picture), _luma(truth)
    mean_x, mean_y = _windowed(x), _windowed(y)
    variance_x, variance_y = _windowed(x * x) - mean_x**2, _windowed(y * y) - mean_y**2
    covariance = _windowed(x * y) - mean_x * mean_y
    means = (2 * mean_x * mean_y + _STABLE_MEAN) / (mean_x**2 + mean_y**2 + _STABLE_MEAN)
    spreads = (2 * covariance + _STABLE_VARIANCE) / (variance_x + variance_y + _STABLE_VARIANCE)
    margin_px = _WINDOW_SIDE_PX // 2
    return float((means * spreads)[margin_px:-margin_px, margin_px:-margin_px].mean())


def gmsd(picture: RgbImage, truth: RgbImage) -> float:
    """Gradient magnitude similarity deviation of the lumas (Xue et al. 2014): 0.0 is equality, more is worse.

    Both uint8 (H, W, 3) RGB of one size, 4 pixels a side at least.
    """
    x, y = _steepness(_luma(picture)), _steepness(_luma(truth))
    similarity = (2 * x * y + _STABLE_GRADIENT) / (x**2 + y**2 + _STABLE_GRADIENT)
    return float(similarity.std())


def _luma(picture: RgbImage) -> Plane:
    return np.asarray(picture @ _LUMA, np.float64)


def _windowed(plane: Plane) -> Plane:
    size_px = (_WINDOW_SIDE_PX, _WINDOW_SIDE_PX)
    return np.asarray(cv2.GaussianBlur(plane, size_px, _WINDOW_SIGMA_PX), np.float64)


def _steepness(plane: Plane) -> Plane:
    """Length of the gradient at half the size, as in the paper; the rim, where it is cut off, is left out."""
    height_px, width_px = (side_px // 2 * 2 for side_px in plane.shape)
    half = plane[:height_px, :width_px].reshape(height_px // 2, 2, width_px // 2, 2).mean(axis=(1, 3))
    across, down = cv2.filter2D(half, -1, _PREWITT), cv2.filter2D(half, -1, _PREWITT.T)
    return np.asarray(np.hypot(across, down)[1:-1, 1:-1], np.float64)
