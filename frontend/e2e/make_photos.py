"""Make the photos that the browser tests send: an aged portrait, two people, and a landscape with nobody.

    python make_photos.py FOLDER

The portraits are NASA's picture of astronaut Eileen Collins (public domain), from scikit-image's wheel.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from skimage import data


def aged_portrait() -> Image.Image:
    """400 x 480: faded to sepia, soft, grainy and scratched."""
    portrait = Image.fromarray(data.astronaut()).crop((56, 0, 396, 408)).resize((400, 480))
    gray = np.asarray(portrait.filter(ImageFilter.GaussianBlur(0.8)).convert("L"), np.float32)
    grain = np.random.default_rng(1962).normal(0, 7, gray.shape)
    faded = gray * 0.6 + 70 + grain
    sepia = np.stack([faded * 1.02, faded * 0.9, faded * 0.72], axis=-1)
    photo = Image.fromarray(sepia.clip(0, 255).astype(np.uint8))
    pencil = ImageDraw.Draw(photo)
    for x in (22, 61, 331, 372):
        pencil.line([(x, 0), (x + 12, 480)], fill=(236, 226, 206), width=2)
    return photo


def two_people() -> Image.Image:
    """640 x 384: the portrait and its mirror image side by side, in gray."""
    one = Image.fromarray(data.astronaut()).crop((56, 0, 396, 408)).resize((320, 384)).convert("L")
    photo = Image.new("L", (640, 384))
    photo.paste(one, (0, 0))
    photo.paste(one.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (320, 0))
    return photo


def landscape() -> Image.Image:
    """480 x 320: sky, hills and grain."""
    rows, columns = np.mgrid[0:320, 0:480]
    hills = 190 + 30 * np.sin(columns / 47) + 18 * np.sin(columns / 19 + 1)
    tones = np.where(rows < hills, 205 - rows * 0.25, 95 + (rows - hills) * 0.3)
    grain = np.random.default_rng(1931).normal(0, 6, tones.shape)
    return Image.fromarray((tones + grain).clip(0, 255).astype(np.uint8))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    aged_portrait().save(folder / "外婆 1962.png")
    two_people().save(folder / "姐妹 1955.png")
    landscape().save(folder / "村外 1931.png")
