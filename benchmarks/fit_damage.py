"""`python -m benchmarks.fit_damage DIR`: fit the weights of `damage_model.py` on the photographs of DIR.

DIR holds sound photographs (*.jpg, *.png). Each is aged and damaged several times (`old_prints.py`), a
sample of the pixels is taken, and each pass is fitted by Adam on the cross-entropy. Same files, same seeds:
same weights. Some minutes.
"""

import json
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.damage_model import WEIGHTS, Layers, with_context
from backend.engines.builtin.restoration.planes import luma, shrunk
from backend.engines.builtin.restoration.ridges import measurements
from backend.media.images import decode_photo
from backend.media.types import FloatImage
from benchmarks.old_prints import LINE, NOTHING, SPECK, Classes, OldPrint, old_print

PRINTS_PER_PHOTO = 2
SIDES_PX = 240, 641  # of the long side of a print
CROP_PX = 352
PIXELS_PER_PRINT = {NOTHING: 1500, LINE: 500, SPECK: 250}
MISTAKABLE_PIXELS = 500  # of each print: beside marks, and where the first pass was wrong
SUSPECTED_FROM = 0.2
HIDDEN = 16
STEPS, BATCH, LEARNING_RATE = 4000, 4096, 4e-3
Pair = tuple[Layers, Layers]


def prints(path: Path) -> Iterator[OldPrint]:
    """Damaged prints of one photograph."""
    photo = luma(decode_photo(path.read_bytes()).pixels.astype(np.float32))
    for index in range(PRINTS_PER_PHOTO):
        random = _random(path, index)
        small = shrunk(photo, int(random.integers(*SIDES_PX)))
        top, left = (int(random.integers(0, max(1, side - CROP_PX))) for side in small.shape)
        yield old_print(small[top : top + CROP_PX, left : left + CROP_PX], random)


def _random(path: Path, *numbers: int) -> np.random.Generator:
    return np.random.default_rng((zlib.crc32(path.name.encode()), *numbers))


def chosen(
    classes: Classes, suspected: FloatImage | None, random: np.random.Generator
) -> npt.NDArray[np.intp]:
    """Indices of some pixels of each class; of what is whole, more of what is easily mistaken.

    suspected: float32 (H, W), how likely the first pass found damage; None for the first pass itself
    """
    flat = classes.ravel()
    is_mark = (classes == LINE) | (classes == SPECK)
    near = cv2.dilate(is_mark.astype(np.uint8), np.ones((9, 9), np.uint8)).ravel() > 0
    groups = [(flat == kind, count) for kind, count in PIXELS_PER_PRINT.items()]
    groups.append(((flat == NOTHING) & near, MISTAKABLE_PIXELS))
    if suspected is not None:
        groups.append(((flat == NOTHING) & (suspected.ravel() > SUSPECTED_FROM), MISTAKABLE_PIXELS))
    return np.concatenate([random.permutation(np.flatnonzero(group))[:count] for group, count in groups])


def fit(measured: FloatImage, classes: Classes, seed: int, steps: int = STEPS) -> Layers:
    """Fit one pass. measured: float32 (pixels, N); classes: uint8 (pixels)."""
    random = np.random.default_rng(seed)
    centre, spread = measured.mean(0), measured.std(0) + 1e-3
    values = np.hstack([(measured - centre) / spread, np.ones((len(measured), 1), np.float32)])
    count = values.shape[1]
    layers: list[FloatImage] = [
        random.normal(0, 1 / np.sqrt(count), (count, HIDDEN)).astype(np.float32),
        np.zeros((HIDDEN + 1, 3), np.float32),
    ]
    layers[1][:HIDDEN] = random.normal(0, 1 / np.sqrt(HIDDEN), (HIDDEN, 3))
    moments = [(np.zeros_like(layer), np.zeros_like(layer)) for layer in layers]
    for step in range(steps):
        batch = random.integers(0, len(values), BATCH)
        rate = LEARNING_RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
        for layer, (mean, square), slope in zip(
            layers, moments, _slopes(layers, values[batch], classes[batch]), strict=True
        ):
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope**2 - square)
            correction = np.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1))
            layer -= rate * correction * mean / (np.sqrt(square) + 1e-8)
    hidden = layers[0][:-1] / spread[:, None]
    bias = layers[0][-1] - centre @ hidden
    return Layers(hidden=np.vstack([hidden, bias]).astype(np.float32), output=layers[1])


def _slopes(layers: list[FloatImage], values: FloatImage, classes: Classes) -> list[FloatImage]:
    """Gradient of the mean cross-entropy."""
    hidden = np.maximum(values @ layers[0], 0)
    wide = np.hstack([hidden, np.ones((len(values), 1), np.float32)])
    logits = wide @ layers[1]
    odds = np.exp(logits - logits.max(1, keepdims=True))
    error = odds / odds.sum(1, keepdims=True)
    error[np.arange(len(values)), classes] -= 1
    error /= len(values)
    back = (error @ layers[1][:-1].T) * (hidden > 0)
    return [values.T @ back, wide.T @ error]


Samples = list[list[tuple[FloatImage, Classes]]]
"""Of bright and of dark marks: measurements (pixels, N) and classes (pixels) of every print."""


def samples_of(path: Path, first: Pair | None) -> Samples:
    """Pixels of all prints of a photograph, for the first pass or, on top of it, for the second."""
    samples: Samples = [[], []]
    for number, each in enumerate(prints(path)):
        measured = measurements(each.brightness)
        suspected: list[FloatImage | None] = [None, None]
        if first is not None:
            seen = [layers.shares(one) for layers, one in zip(first, measured, strict=True)]
            measured = (with_context(measured[0], *seen), with_context(measured[1], *seen[::-1]))
            suspected = [one.sum(0) for one in seen]
        for polarity, classes in enumerate((each.bright, each.dark)):
            places = chosen(classes, suspected[polarity], _random(path, number, polarity))
            taken = measured[polarity].reshape(len(measured[polarity]), -1)[:, places].T
            samples[polarity].append((taken.copy(), classes.ravel()[places]))
    return samples


def fitted(paths: list[Path], first: Pair | None, pool: Executor) -> Pair:
    """Fit the first pass, or the second on top of it."""
    found = list(pool.map(partial(samples_of, first=first), paths))
    pair = []
    for polarity in range(2):
        measured, classes = zip(*chain.from_iterable(each[polarity] for each in found), strict=True)
        pair.append(fit(np.concatenate(measured), np.concatenate(classes), seed=polarity))
    return pair[0], pair[1]


def main() -> None:
    """Fit both passes and store them."""
    folder = Path(sys.argv[1])
    paths = sorted([*folder.glob("*.jpg"), *folder.glob("*.png")])
    with ProcessPoolExecutor() as pool:
        first = fitted(paths, None, pool)
        second = fitted(paths, first, pool)
    stored = {
        name: [{"hidden": _rounded(layers.hidden), "output": _rounded(layers.output)} for layers in pair]
        for name, pair in (("first", first), ("second", second))
    }
    WEIGHTS.write_text(json.dumps(stored, separators=(",", ":")) + "\n", "utf-8")


def _rounded(layer: FloatImage) -> list[list[float]]:
    return [[float(f"{value:.4g}") for value in row] for row in layer]


if __name__ == "__main__":
    main()
