"""What prints lie on when somebody photographs or scans them: procedural surfaces.

Apart from the scenes, because a new surface is one function here and nothing elsewhere.
"""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.media.types import FloatImage

Values = npt.NDArray[np.floating]

Table = Callable[[int, int, np.random.Generator], FloatImage]
"""Height and width in px, a generator of chance -> float32 (H, W, 3) RGB in [0, 255]."""


def smooth_noise(height_px: int, width_px: int, grain_px: float, rng: np.random.Generator) -> FloatImage:
    """float32 (H, W) of mean 0 and deviation 1, its lumps about `grain_px` large."""
    rows, columns = (max(2, round(side / grain_px)) for side in (height_px, width_px))
    coarse = rng.normal(size=(rows, columns)).astype(np.float32)
    fine = cv2.resize(coarse, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    return np.asarray((fine - fine.mean()) / (fine.std() + 1e-6), np.float32)


def wood(height_px: int, width_px: int, rng: np.random.Generator) -> FloatImage:
    """Grain along one direction, planks with dark seams."""
    colour = np.array([(176, 128, 84), (120, 78, 48), (214, 178, 132), (70, 46, 34)][rng.integers(4)])
    along, across = _turned_axes(height_px, width_px, rng.uniform(0, np.pi))
    bend = smooth_noise(height_px, width_px, 300, rng) * 6
    rings = np.sin((across + bend) / rng.uniform(3, 9)) + np.sin((across + 2 * bend) / rng.uniform(9, 30))
    streaks = _looked_up(across + bend, along / 40, rng)
    plank_px = rng.uniform(120, 400)
    seam = np.abs((across + 10_000) % plank_px - plank_px / 2) > plank_px / 2 - 1.5
    tone = np.take(rng.normal(0, 6, 4096), ((across + 10_000) // plank_px).astype(int) % 4096)
    gray = 4 * rings + 7 * streaks + tone - 55 * seam
    return _coloured(gray, colour)


def cloth(height_px: int, width_px: int, rng: np.random.Generator) -> FloatImage:
    """A weave of threads, now and then with wide checks."""
    colour = rng.uniform(40, 220, 3)
    along, across = _turned_axes(height_px, width_px, rng.uniform(0, np.pi))
    period_px = rng.uniform(3, 8)
    weave = np.sin(2 * np.pi * along / period_px) * np.sin(2 * np.pi * across / period_px)
    gray = rng.uniform(4, 14) * weave + 5 * smooth_noise(height_px, width_px, 3, rng)
    gray += rng.uniform(2, 8) * smooth_noise(height_px, width_px, 200, rng)
    if rng.random() < 0.4:
        check_px = rng.uniform(40, 120)
        gray -= 22.0 * (((along + 10_000) // check_px % 2) + ((across + 10_000) // check_px % 2))
    return _coloured(gray, colour)


def tiles(height_px: int, width_px: int, rng: np.random.Generator) -> FloatImage:
    """Square tiles, each of a slightly different tone, with joints."""
    colour = rng.uniform(90, 230, 3)
    along, across = _turned_axes(height_px, width_px, rng.uniform(0, np.pi))
    tile_px, joint_px = rng.uniform(120, 420), rng.uniform(3, 9)
    joint = ((along + 10_000) % tile_px < joint_px) | ((across + 10_000) % tile_px < joint_px)
    number = ((along + 10_000) // tile_px * 57 + (across + 10_000) // tile_px).astype(int) % 4096
    gray = np.take(rng.normal(0, 5, 4096), number) + 3 * smooth_noise(height_px, width_px, 4, rng)
    return _coloured(gray + rng.choice([-60, 35]) * joint, colour)


def newspaper(height_px: int, width_px: int, rng: np.random.Generator) -> FloatImage:
    """Columns of something like print on greyish paper."""
    along, across = _turned_axes(height_px, width_px, rng.normal(0, 0.4))
    line_px, column_px = rng.uniform(12, 22), rng.uniform(180, 380)
    in_line = (across + 10_000) % line_px < 0.55 * line_px
    in_column = (along + 10_000) % column_px < 0.92 * column_px
    letters = _looked_up(along / 2, (across + 10_000) // line_px * 7, rng) > -0.3
    gray = -110.0 * (in_line & in_column & letters) + 4 * smooth_noise(height_px, width_px, 2, rng)
    return _coloured(gray, np.array([214, 208, 196]) + rng.normal(0, 8))


def stone(height_px: int, width_px: int, rng: np.random.Generator) -> FloatImage:
    """Speckles of every size: granite, carpet, gravel."""
    gray = np.zeros((height_px, width_px), np.float32)
    for grain_px in (2, 5, 14, 50):
        gray += rng.uniform(3, 12) * smooth_noise(height_px, width_px, grain_px, rng)
    return _coloured(gray, rng.uniform(50, 210) + rng.normal(0, 14, 3))


def plain(height_px: int, width_px: int, rng: np.random.Generator) -> FloatImage:
    """A painted table, hardly any texture: white, pale, dark or coloured."""
    colour = rng.choice([rng.uniform(190, 245), rng.uniform(20, 60), 120.0]) + rng.normal(0, 12, 3)
    return _coloured(1.5 * smooth_noise(height_px, width_px, 2, rng), colour)


def scanner(height_px: int, width_px: int, rng: np.random.Generator) -> FloatImage:
    """A scanner's lid, white, black or grey, with dust and a falling-off edge."""
    tone = rng.choice([rng.uniform(235, 253), rng.uniform(4, 24), rng.uniform(110, 190)])
    gray = 0.8 * smooth_noise(height_px, width_px, 1, rng) + 2 * smooth_noise(height_px, width_px, 600, rng)
    specks = rng.random((height_px, width_px)) < 2e-5
    return _coloured(gray - 40 * specks, np.array([tone, tone, tone]))


def album_page(height_px: int, width_px: int, rng: np.random.Generator) -> FloatImage:
    """Thick paper: black, cream or grey card with fibres."""
    colour = np.array([(36, 34, 33), (226, 216, 192), (128, 124, 118), (92, 74, 60)][rng.integers(4)])
    return _coloured(3 * smooth_noise(height_px, width_px, 2, rng), colour)


TABLES: Final[dict[str, Table]] = {
    "wood": wood,
    "cloth": cloth,
    "tiles": tiles,
    "newspaper": newspaper,
    "stone": stone,
    "plain": plain,
    "scanner": scanner,
    "album": album_page,
}


def _turned_axes(height_px: int, width_px: int, angle_rad: float) -> tuple[FloatImage, FloatImage]:
    y, x = np.mgrid[:height_px, :width_px].astype(np.float32)
    cos, sin = np.float32(np.cos(angle_rad)), np.float32(np.sin(angle_rad))
    return x * cos + y * sin, y * cos - x * sin


def _looked_up(u: Values, v: Values, rng: np.random.Generator) -> FloatImage:
    """Noise of deviation 1 over two coordinates, its lumps about 2 large."""
    sheet = smooth_noise(512, 512, 2, rng)
    across, down = np.asarray(u % 511, np.float32), np.asarray(v % 511, np.float32)
    return np.asarray(cv2.remap(sheet, across, down, cv2.INTER_LINEAR), np.float32)


def _coloured(gray: Values, colour: Values) -> FloatImage:
    return np.asarray(np.clip(gray[..., None] + colour, 0, 255), np.float32)
