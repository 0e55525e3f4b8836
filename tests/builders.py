"""Things that tests need, each with sensible defaults: pictures made by arithmetic, one real face."""

import importlib.util
import io
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from backend.media.types import RgbImage


def a_photo(width_px: int = 96, height_px: int = 64, seed: int = 0) -> RgbImage:
    """A picture with soft shading, hard edges and no noise; the same for the same arguments.

    returns: uint8 (height_px, width_px, 3) RGB
    """
    random = np.random.default_rng(seed)
    x = np.linspace(0.0, 1.0, width_px, dtype=np.float32)[None, :, None]
    y = np.linspace(0.0, 1.0, height_px, dtype=np.float32)[:, None, None]
    phase = random.uniform(0.0, 2 * np.pi, (1, 1, 3)).astype(np.float32)
    shading = 128 + 55 * np.sin(3 * x + phase) + 45 * np.cos(4 * y + 2 * phase)
    photo = np.broadcast_to(shading, (height_px, width_px, 3)).astype(np.float32).copy()
    for _ in range(6):
        left, right = sorted(random.integers(0, width_px, 2))
        top, bottom = sorted(random.integers(0, height_px, 2))
        photo[top:bottom, left:right] += random.uniform(-50, 50, 3).astype(np.float32)
    return np.clip(np.rint(photo), 0, 255).astype(np.uint8)


@cache
def _astronaut() -> RgbImage:
    """The public-domain NASA portrait of scikit-image's wheel, read without importing the package."""
    package = importlib.util.find_spec("skimage")
    assert package is not None and package.submodule_search_locations is not None
    with Image.open(Path(package.submodule_search_locations[0]) / "data" / "astronaut.png") as photo:
        return np.asarray(photo.convert("RGB"))


def a_portrait() -> RgbImage:
    """A sharp, clean photo of one smiling woman.

    returns: uint8 (256, 256, 3) RGB; her face is about 90 px wide
    """
    return _astronaut()[0:256, 96:352].copy()


def a_portrait_png(side_px: int = 256) -> bytes:
    """`a_portrait` as the bytes of a PNG file, `side_px` wide and high."""
    file = io.BytesIO()
    Image.fromarray(a_portrait()).resize((side_px, side_px), Image.Resampling.LANCZOS).save(file, "PNG")
    return file.getvalue()
