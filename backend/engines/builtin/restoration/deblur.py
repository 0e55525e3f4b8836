"""Undo a slight blur. Gently: a little too soft is a photo, a little too sharp is a mistake."""

import cv2
import numpy as np
import numpy.typing as npt
from scipy import fft

from backend.engines.builtin.restoration.planes import luma, with_luma
from backend.media.types import FloatImage

_SIGMA_LIMIT_PX = 3.0  # what is more blurred than this has no detail left to bring back
_SIGMA_SHARE = 0.85  # of the measured blur: too small a kernel is safe, too large a one rings
_ROUNDS = 4
_OVERSHOOT = 10.0  # grey levels beyond the brightest and darkest neighbour
_PAD_PX = 16
_LIFT_FLOOR = 0.07  # of power: no detail is lifted to more than twice what it is


def deblur(photo: FloatImage, blur_px: float, noise: float) -> FloatImage:
    """The photo with its luma deconvolved; less of it the noisier the photo is.

    photo, returns: float32 (H, W, 3) RGB in [0, 255]
    blur_px: sigma of the blur; noise: grain left in the photo, 8-bit units
    """
    brightness = luma(photo)
    sharp = _deconvolved(brightness, min(blur_px, _SIGMA_LIMIT_PX) * _SIGMA_SHARE, noise)
    weight = 0.9 * float(np.clip(1.25 - noise / 4, 0.0, 1.0))
    sharp = _between_neighbours(sharp, brightness, _OVERSHOOT)
    return with_luma(photo, np.asarray(brightness + weight * (sharp - brightness), np.float32))


def lift_detail(photo: FloatImage, blur_px: float) -> FloatImage:
    """The photo with its coarser detail made up for the blur, and what is finer than that smoothed away.

    A Wiener filter, linear: it can exaggerate what there is, but draws no edge of its own.

    photo, returns: float32 (H, W, 3) RGB in [0, 255]; blur_px: sigma of the blur
    """
    brightness = luma(photo)
    padded = np.pad(brightness, _PAD_PX, mode="symmetric")
    kernel = _gaussian_spectrum(padded.shape, blur_px)
    gain = (1.0 + _LIFT_FLOOR) * kernel / (kernel**2 + _LIFT_FLOOR)
    lifted = fft.irfft2(gain * fft.rfft2(padded), s=padded.shape)
    inner = slice(_PAD_PX, -_PAD_PX)
    return with_luma(photo, np.asarray(lifted[inner, inner], np.float32))


def _deconvolved(brightness: FloatImage, sigma_px: float, noise: float) -> FloatImage:
    """Total variation by half-quadratic splitting (Wang, Yang, Yin and Zhang 2008), gaussian kernel."""
    padded = np.pad(brightness / 255.0, _PAD_PX, mode="symmetric")
    shape = fft.next_fast_len(padded.shape[0], real=True), fft.next_fast_len(padded.shape[1], real=True)
    blurred = np.pad(
        padded, [(0, shape[0] - padded.shape[0]), (0, shape[1] - padded.shape[1])], mode="symmetric"
    )
    fidelity = 800.0 / (1.0 + noise)
    kernel = _gaussian_spectrum(shape, sigma_px)
    slope_power = _slope_power(shape)
    data = kernel * fft.rfft2(blurred)
    estimate = blurred
    beta = 8.0
    for _ in range(_ROUNDS):
        dx, dy = _shrink(*_slopes(estimate), 1.0 / beta)
        back = fft.rfft2(np.roll(dx, 1, 1) - dx + np.roll(dy, 1, 0) - dy)
        estimate = fft.irfft2(
            (data + beta / fidelity * back) / (kernel**2 + beta / fidelity * slope_power), s=shape
        ).astype(np.float32)
        beta *= 4.0
    height_px, width_px = brightness.shape
    return np.asarray(
        estimate[_PAD_PX : _PAD_PX + height_px, _PAD_PX : _PAD_PX + width_px] * 255.0, np.float32
    )


def _slopes(plane: FloatImage) -> tuple[FloatImage, FloatImage]:
    return np.roll(plane, -1, 1) - plane, np.roll(plane, -1, 0) - plane


def _shrink(dx: FloatImage, dy: FloatImage, threshold: float) -> tuple[FloatImage, FloatImage]:
    """Isotropic soft threshold of a gradient field."""
    size = np.sqrt(dx**2 + dy**2)
    factor = np.maximum(size - threshold, 0.0) / np.maximum(size, 1e-6)
    return dx * factor, dy * factor


def _gaussian_spectrum(shape: tuple[int, ...], sigma_px: float) -> npt.NDArray[np.float32]:
    y, x = fft.fftfreq(shape[0])[:, None], fft.rfftfreq(shape[1])[None, :]
    return np.exp(-2.0 * (np.pi * sigma_px) ** 2 * (x**2 + y**2)).astype(np.float32)


def _slope_power(shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    y, x = fft.fftfreq(shape[0])[:, None], fft.rfftfreq(shape[1])[None, :]
    return np.asarray(4.0 - 2.0 * np.cos(2 * np.pi * x) - 2.0 * np.cos(2 * np.pi * y), np.float32)


def _between_neighbours(sharp: FloatImage, before: FloatImage, overshoot: float) -> FloatImage:
    """No pixel may leave the range of its neighbours by more than `overshoot`: no halos."""
    kernel = np.ones((3, 3), np.uint8)
    return np.clip(sharp, cv2.erode(before, kernel) - overshoot, cv2.dilate(before, kernel) + overshoot)
