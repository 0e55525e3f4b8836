"""The picture that everything is timed on: the public-domain NASA portrait of scikit-image's wheel."""

from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from backend.media.types import RgbImage

# Of the face in it, as shares of the side: eyes, nose tip, mouth corners, left to right; by eye.
FIVE_POINTS = ((0.420, 0.397), (0.590, 0.405), (0.507, 0.490), (0.432, 0.553), (0.586, 0.560))
FACE_BOX = (0.31, 0.25, 0.70, 0.64)


def portrait(side_px: int, *, grain: float = 0.0) -> RgbImage:
    """Head and shoulders of one woman, enlarged to `side_px`, with gaussian grain of that standard deviation.

    returns: uint8 (side_px, side_px, 3) RGB
    """
    package = find_spec("skimage")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("scikit-image is not installed: use `make bench`")
    with Image.open(Path(package.submodule_search_locations[0]) / "data" / "astronaut.png") as photo:
        face = np.asarray(photo.convert("RGB"))[0:256, 96:352]
    large = cv2.resize(face, (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(0).normal(0.0, grain, large.shape) if grain else 0.0
    grainy: RgbImage = np.clip(np.rint(large + noise), 0, 255).astype(np.uint8)
    return grainy
