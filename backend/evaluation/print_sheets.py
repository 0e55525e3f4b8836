"""Photos on paper: bordered, deckled, borderless, or mounted on a cabinet card; some faded to sepia.

Apart from the scenes they lie in, because paper has nothing to do with cameras.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from backend.evaluation.print_tables import smooth_noise
from backend.media.types import FloatImage, RgbImage

STYLES = ("white border", "deckle edge", "borderless", "cabinet card")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A print on its own: pixels, and where its paper is (1), outlines included."""

    pixels: FloatImage
    paper: FloatImage
    style: str


def make_sheet(photo: RgbImage, rng: np.random.Generator) -> Sheet:
    """A photo on paper: 700 px on its long side."""
    ratio = 700 / max(photo.shape[:2])
    width_px, height_px = (max(200, round(side * ratio)) for side in photo.shape[1::-1])
    pixels = np.asarray(cv2.resize(photo, (width_px, height_px), interpolation=cv2.INTER_AREA), np.float32)
    style = str(rng.choice(STYLES))
    if rng.random() < 0.4:
        luma = pixels @ np.array([0.299, 0.587, 0.114], np.float32)
        pixels = luma[..., None] * np.array([1.0, 0.9, 0.74], np.float32) * 0.8 + np.float32(30)
    paper_tone = np.array([1.0, 0.985, 0.95]) * rng.uniform(205, 245)
    border = round(rng.uniform(0.025, 0.06) * 700)
    if style == "cabinet card":
        paper_tone = np.array([(206, 188, 152), (72, 58, 48), (226, 214, 190)][rng.integers(3)])
        pixels = _with_border(pixels, border, 3 * border, paper_tone)
    elif style != "borderless":
        pixels = _with_border(pixels, border, border, paper_tone)
    pixels += smooth_noise(pixels.shape[0], pixels.shape[1], 1, rng)[..., None] * 1.5
    paper = np.ones(pixels.shape[:2], np.float32)
    if style == "deckle edge":
        paper = _deckle(paper, rng)
    return Sheet(pixels=np.asarray(pixels, np.float32), paper=paper, style=style)


def _with_border(
    pixels: FloatImage, border_px: int, bottom_px: int, tone: npt.NDArray[np.float64]
) -> FloatImage:
    sides = (border_px, bottom_px, border_px, border_px)
    bordered = cv2.copyMakeBorder(pixels, *sides, cv2.BORDER_CONSTANT, value=tone.tolist())
    return np.asarray(bordered, np.float32)


def _deckle(paper: FloatImage, rng: np.random.Generator) -> FloatImage:
    """A wavy cut, at most 6 px of 700 deep."""
    height_px, width_px = paper.shape
    period_px = rng.uniform(9, 16)
    y, x = np.mgrid[:height_px, :width_px]
    wave_x, wave_y = (3 + 2.5 * np.sin(2 * np.pi * axis / period_px) for axis in (x, y))
    inside = (y > wave_x) & (y < height_px - 1 - wave_x) & (x > wave_y) & (x < width_px - 1 - wave_y)
    return np.asarray(inside, np.float32)
