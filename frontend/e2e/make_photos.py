"""Make the photos that the browser tests send.

An aged portrait, two people, a landscape with nobody in it, what a phone sees of the portrait's print on a
table, and a scan of prints of both.

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


def picture_of_a_print() -> Image.Image:
    """960 x 1200: the portrait on paper with a white edge, lying askew on a dark wooden table."""
    paper = Image.new("RGB", (440, 520), (243, 238, 226))
    paper.paste(aged_portrait(), (20, 20))
    table = wood(960, 1200)
    lies_at = [(196, 232), (742, 168), (812, 918), (150, 876)]
    turn = _perspective(lies_at, [(0, 0), (440, 0), (440, 520), (0, 520)])
    laid = paper.transform(table.size, Image.Transform.PERSPECTIVE, turn, Image.Resampling.BICUBIC)
    shape = Image.new("L", table.size)
    ImageDraw.Draw(shape).polygon(lies_at, fill=255)
    shadow = shape.transform(table.size, Image.Transform.AFFINE, (1, 0, -8, 0, 1, -12))
    dark = Image.new("RGB", table.size, (18, 12, 8))
    table.paste(dark, mask=shadow.filter(ImageFilter.GaussianBlur(14)).point(lambda value: value // 2))
    table.paste(laid, mask=shape.filter(ImageFilter.GaussianBlur(0.7)))
    return table.filter(ImageFilter.GaussianBlur(0.6))


def scan_of_two() -> Image.Image:
    """1100 x 760: the portrait and the landscape, a little askew, under a scanner's dark lid."""
    noise = np.random.default_rng(3).normal(46, 2.5, (760, 1100))
    scan = Image.fromarray(noise.clip(0, 255).astype(np.uint8)).convert("RGB")
    for photo, angle, place in ((aged_portrait(), 2.0, (70, 110)), (landscape(), -3.0, (560, 190))):
        paper = Image.new("RGB", (photo.width + 30, photo.height + 30), (240, 236, 226))
        paper.paste(photo, (15, 15))
        turn = {"angle": angle, "resample": Image.Resampling.BICUBIC, "expand": True}
        scan.paste(paper.rotate(**turn), place, Image.new("L", paper.size, 255).rotate(**turn))
    return scan.filter(ImageFilter.GaussianBlur(0.5))


def wood(width_px: int, height_px: int) -> Image.Image:
    """Boards with a grain along them."""
    random = np.random.default_rng(7)
    grain = random.normal(0, 1, (height_px, width_px // 24 + 1)).repeat(24, axis=1)[:, :width_px]
    rows = np.arange(height_px)[:, None]
    tones = 92 + 7 * grain + 9 * np.sin(rows / 9 + 2 * np.sin(np.arange(width_px)[None] / 170))
    tones = tones - 30 * (rows % 240 < 4)
    colour = np.stack([tones, tones * 0.72, tones * 0.5], axis=-1).clip(0, 255).astype(np.uint8)
    return Image.fromarray(colour).filter(ImageFilter.GaussianBlur(1.2))


def _perspective(seen: list[tuple[int, int]], flat: list[tuple[int, int]]) -> list[float]:
    """Pillow's eight numbers of the mapping that takes `seen` to `flat`."""
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return list(np.linalg.solve(np.array(rows, float), np.array(values, float)))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    aged_portrait().save(folder / "外婆 1962.png")
    two_people().save(folder / "姐妹 1955.png")
    landscape().save(folder / "村外 1931.png")
    picture_of_a_print().save(folder / "翻拍 2024.jpg", quality=92)
    scan_of_two().save(folder / "扫描 2023.png")
