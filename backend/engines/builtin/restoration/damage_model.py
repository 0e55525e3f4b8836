"""Which pixels look damaged: a small learned decision over the measurements of `ridges.py`.

Two passes of a network with one hidden layer. The first sees a pixel and its surroundings; the second sees
besides what the first said along the lines through that pixel, and around it: a scratch goes on, a hair is
one of many. Bright and dark marks have weights of their own. `damage_model.json` holds these, 2,380 numbers,
fitted by `python -m benchmarks.fit_damage` to synthetic damage on 147 sound photographs.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from backend.engines.builtin.restoration.ridges import ORIENTATIONS, beside, line_means, measurements
from backend.media.types import FloatImage

WEIGHTS = Path(__file__).with_suffix(".json")
_DOUBLINGS = 6  # the second pass looks along lines of 64 pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """One pass for one polarity: N measurements -> M hidden values -> nothing, line, speck."""

    hidden: FloatImage  # (N + 1, M), the last row is the bias
    output: FloatImage  # (M + 1, 3)

    def shares(self, measured: FloatImage) -> FloatImage:
        """How likely each pixel is on a line, and on a speck.

        measured: float32 (N, H, W); returns: float32 (2, H, W) in [0, 1]
        """
        count, *shape = measured.shape
        values = measured.reshape(count, -1)
        hidden = np.maximum(self.hidden[:-1].T @ values + self.hidden[-1][:, None], 0)
        logits = self.output[:-1].T @ hidden + self.output[-1][:, None]
        logits -= logits.max(0)
        odds = np.exp(logits)
        return np.asarray((odds[1:] / odds.sum(0)).reshape(2, *shape), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likelihoods:
    """How likely each pixel is damaged, float32 (H, W) in [0, 1]."""

    bright_line: FloatImage
    bright_speck: FloatImage
    dark_line: FloatImage
    dark_speck: FloatImage


def damage_likelihoods(brightness: FloatImage) -> Likelihoods:
    """Weigh every pixel of a print.

    brightness: float32 (H, W) in [0, 255]
    """
    first, second = weights()
    measured = measurements(brightness)
    seen = [layers.shares(each) for layers, each in zip(first, measured, strict=True)]
    bright, dark = (
        layers.shares(with_context(each, mine, others))
        for layers, each, mine, others in zip(second, measured, seen, seen[::-1], strict=True)
    )
    return Likelihoods(bright_line=bright[0], bright_speck=bright[1], dark_line=dark[0], dark_speck=dark[1])


def with_context(measured: FloatImage, mine: FloatImage, others: FloatImage) -> FloatImage:
    """The measurements, and what the first pass said of the neighbourhood.

    measured: float32 (N, H, W); mine, others: float32 (2, H, W), of this polarity and of the other
    returns: float32 (N + 16, H, W)
    """
    line, speck = mine
    along = [np.zeros_like(line) for _ in range(5)]
    thick = np.asarray(cv2.dilate(line, np.ones((3, 3), np.uint8)), np.float32)
    for index in range(ORIENTATIONS * 2):
        angle = np.pi * index / (ORIENTATIONS * 2)
        means = list(line_means(thick, angle, _DOUBLINGS))
        for place, mean in enumerate(means[2:]):
            np.maximum(along[place], mean, out=along[place])
        left, right = beside(means[3], angle, 6.0)
        np.maximum(along[4], means[3] - np.maximum(left, right), out=along[4])
    around = [cv2.blur(plane, (side_px, side_px)) for plane in (line, speck) for side_px in (7, 25, 75)]
    around += [cv2.blur(plane, (side_px, side_px)) for plane in others for side_px in (25,)]
    around += [cv2.blur(others[0], (7, 7))]
    context = np.stack([line, speck, *along, *(np.sqrt(plane) for plane in around)])
    return np.asarray(np.concatenate([measured, context]), np.float32)


@cache
def weights() -> tuple[tuple[Layers, Layers], tuple[Layers, Layers]]:
    """Of the first and the second pass: for bright marks and for dark ones."""
    stored = json.loads(WEIGHTS.read_text("utf-8"))
    first, second = (tuple(_layers(each) for each in stored[name]) for name in ("first", "second"))
    return (first[0], first[1]), (second[0], second[1])


def _layers(stored: dict[str, list[list[float]]]) -> Layers:
    return Layers(
        hidden=np.array(stored["hidden"], np.float32), output=np.array(stored["output"], np.float32)
    )
