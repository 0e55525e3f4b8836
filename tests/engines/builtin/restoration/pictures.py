"""Pictures with known damage."""

import cv2
import numpy as np

from backend.engines.builtin.restoration.planes import luma, to_bytes
from backend.media.types import FloatImage, RgbImage
from tests.builders import a_portrait


def a_float_portrait() -> FloatImage:
    return a_portrait().astype(np.float32)


def a_sepia_portrait() -> FloatImage:
    """A print of one tint: colour is a function of lightness."""
    return np.asarray(
        luma(a_float_portrait())[..., None] * np.array([1.0, 0.88, 0.7], np.float32), np.float32
    )


def with_grain(photo: FloatImage, sigma: float, seed: int = 0) -> FloatImage:
    grain = np.random.default_rng(seed).normal(0.0, sigma, photo.shape)
    return np.clip(photo + grain, 0, 255).astype(np.float32)


def blurred(photo: FloatImage, sigma_px: float) -> FloatImage:
    return np.asarray(cv2.GaussianBlur(photo, (0, 0), sigma_px), np.float32)


def as_jpeg(photo: FloatImage, quality: int) -> FloatImage:
    _, data = cv2.imencode(".jpg", to_bytes(photo), [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded.astype(np.float32)


def with_scratches(photo: FloatImage) -> tuple[FloatImage, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """The photo with long bright scratches through background and face, and where they are."""
    damaged = np.zeros(photo.shape[:2], np.uint8)
    for start, end in (
        ((20, 0), (40, 250)),
        ((0, 170), (255, 150)),
        ((230, 0), (205, 255)),
        ((0, 60), (255, 30)),
    ):
        cv2.line(damaged, start, end, 255, 2, cv2.LINE_AA)
    share = damaged.astype(np.float32)[..., None] / 255
    return np.asarray(photo * (1 - share) + 235 * share, np.float32), damaged > 127


def faded(photo: FloatImage, blacks: tuple[float, float, float]) -> FloatImage:
    """The photo with its blacks lifted, channel by channel."""
    lifted = np.array(blacks, np.float32)
    return np.asarray(lifted + photo * (255 - lifted) / 255, np.float32)


def psnr(a: FloatImage | RgbImage, b: FloatImage | RgbImage) -> float:
    """Peak signal-to-noise ratio in dB."""
    error = float(np.mean((a.astype(np.float64) - b) ** 2))
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))
