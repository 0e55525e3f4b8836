"""Ages photographs into damaged prints of which every mark is known, for `fit_damage.py`.

What is painted is wider than any one collection: thin scratches and hairs, branching cracks, folds, dust,
bright and dark, hard and soft, added to the picture or down to the bare paper.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from backend.media.types import FloatImage

NOTHING, LINE, SPECK, UNSURE = 0, 1, 2, 255
Classes = npt.NDArray[np.uint8]
"""uint8 (H, W): NOTHING, LINE, SPECK, or UNSURE on the soft rim of a mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldPrint:
    """A print and what is wrong with it."""

    brightness: FloatImage  # (H, W) in [0, 255]
    bright: Classes  # its bright marks
    dark: Classes


class _Painter:
    """One print in the making; every mark goes into the picture and into its class plane."""

    def __init__(self, picture: FloatImage, random: np.random.Generator) -> None:
        self.picture = picture.copy()
        self.random = random
        self.planes = [np.zeros(picture.shape, np.uint8) for _ in range(2)]

    def mark(self, cover: npt.NDArray[np.uint8], kind: int, *, is_bright: bool, strength: float) -> None:
        """Paint where `cover` is (0 to 255)."""
        random = self.random
        share = cv2.GaussianBlur(cover.astype(np.float32) / 255, (0, 0), random.uniform(0.3, 0.8))
        level = random.uniform(190, 252) if is_bright else random.uniform(5, 60)
        if random.random() < 0.5:  # to the paper, or to the soot
            painted = self.picture + (level - self.picture) * share * min(1.0, strength / 80)
        else:
            painted = self.picture + (strength if is_bright else -strength) * share
        changed = (painted - self.picture) * (1 if is_bright else -1)
        seen = changed > max(4.0, 0.35 * float(changed.max()))
        mine, others = self.planes[:: 1 if is_bright else -1]
        mine[(changed > 2.0) & ~seen & (mine == NOTHING)] = UNSURE
        mine[seen & (mine != LINE)] = kind
        others[changed > 2.0] = UNSURE
        self.picture = np.asarray(painted, np.float32)

    def strokes(self, paths: list[FloatImage], width_px: int) -> npt.NDArray[np.uint8]:
        """Cover of some lines of one width; each path is float32 (N, 2), x and y."""
        cover = np.zeros(self.picture.shape, np.uint8)
        for path in paths:
            points = np.rint(path * 8).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(cover, [points], False, 255, width_px, cv2.LINE_AA, 3)
        return cover


def sound_print(brightness: FloatImage, random: np.random.Generator) -> FloatImage:
    """Soften, fade and grain a photograph as years do. A third stays as sharp as it is."""
    if random.random() < 1 / 3:
        return brightness
    aged = cv2.GaussianBlur(brightness, (0, 0), random.uniform(0.3, 1.6))
    aged = 128 + (aged - 128) * random.uniform(0.5, 1.0) + random.uniform(-15, 15)
    grain = random.normal(0.0, random.uniform(0.5, 8.0), aged.shape).astype(np.float32)
    if random.random() < 0.4:
        grain = 1.6 * cv2.GaussianBlur(grain, (0, 0), random.uniform(0.5, 0.8))
    return np.asarray(np.clip(aged + grain, 0, 255), np.float32)


def old_print(brightness: FloatImage, random: np.random.Generator) -> OldPrint:
    """A damaged print. One of four stays whole, so that whole ones are known too."""
    painter = _Painter(sound_print(brightness, random), random)
    if random.random() > 1 / 4:
        for paint, most in ((_scratch, 14), (_crack, 4), (_fold, 2), (_hair, 7)):
            for _ in range(random.integers(0, most)):
                paint(painter)
        for _ in range(random.integers(0, 140)):
            _dust(painter)
    picture = _scanned(np.clip(painter.picture, 0, 255), random)
    bright, dark = painter.planes
    return OldPrint(brightness=picture, bright=bright, dark=dark)


def _scratch(painter: _Painter) -> None:
    random, (height_px, width_px) = painter.random, painter.picture.shape
    angle = np.pi / 2 + random.normal(0, 0.3) if random.random() < 0.65 else random.uniform(0, np.pi)
    path = _walk(
        random,
        start=(random.uniform(0, width_px), random.uniform(-0.1, 0.9) * height_px),
        angle=angle,
        length_px=random.uniform(0.08, 0.9) * height_px,
        jitter=random.choice([0.2, 1.0, 2.0]),
    )
    cover = painter.strokes([path], int(random.integers(1, 4)) if random.random() < 0.3 else 1)
    if random.random() < 0.3:  # pressed harder here than there
        cover = (cover * _uneven(cover.shape, random)).astype(np.uint8)
    painter.mark(cover, LINE, is_bright=random.random() < 0.65, strength=random.uniform(25, 120))


def _crack(painter: _Painter) -> None:
    """Jagged, from edge to edge or branching within."""
    random, (height_px, width_px) = painter.random, painter.picture.shape
    side_px = max(height_px, width_px)
    angle = random.uniform(0, np.pi)
    start = random.uniform(0, width_px), random.uniform(0, height_px)
    if random.random() < 0.4:
        angle, start = 0.0, (0.0, random.uniform(0.1, 0.9) * height_px)
    trunk = _walk(random, start=start, angle=angle, length_px=random.uniform(0.3, 1.1) * side_px, jitter=4.0)
    branches = [
        _walk(
            random,
            start=tuple(trunk[random.integers(len(trunk))]),
            angle=angle + random.choice([-1, 1]) * random.uniform(0.3, 1.4),
            length_px=random.uniform(0.05, 0.35) * side_px,
            jitter=3.0,
        )
        for _ in range(random.integers(0, 5))
    ]
    width_px = int(random.integers(1, 6))
    cover = np.maximum(painter.strokes([trunk], width_px), painter.strokes(branches, max(1, width_px - 2)))
    painter.mark(cover, LINE, is_bright=random.random() < 0.85, strength=random.uniform(40, 130))


def _fold(painter: _Painter) -> None:
    """A wide soft line with broken colour, in the shade of itself."""
    random, (height_px, width_px) = painter.random, painter.picture.shape
    across = random.random() < 0.5
    start = (0.0, random.uniform(0, height_px)) if across else (random.uniform(0, width_px), 0.0)
    angle = random.normal(0, 0.15) + (0.0 if across else np.pi / 2)
    path = _walk(random, start=start, angle=angle, length_px=1.3 * max(height_px, width_px), jitter=0.5)
    shade = painter.strokes([path + np.float32(3)], 5).astype(np.float32) / 255
    painter.picture -= random.uniform(0, 18) * cv2.GaussianBlur(shade, (0, 0), 2.0)
    cover = painter.strokes([path], int(random.integers(2, 7)))
    cover = (cover * _uneven(cover.shape, random)).astype(np.uint8)
    painter.mark(cover, LINE, is_bright=True, strength=random.uniform(40, 130))


def _hair(painter: _Painter) -> None:
    """A short bent fibre."""
    random, (height_px, width_px) = painter.random, painter.picture.shape
    turn = random.normal(0, 0.12, 8).cumsum() + random.uniform(0, 2 * np.pi)
    steps = np.stack([np.cos(turn), np.sin(turn)], 1) * random.uniform(1.0, 6.0)
    path = steps.cumsum(0) + random.uniform((0, 0), (width_px, height_px))
    kind = LINE if float(np.ptp(path, axis=0).max()) > 20 else SPECK
    cover = painter.strokes([path.astype(np.float32)], 1)
    painter.mark(cover, kind, is_bright=random.random() < 0.6, strength=random.uniform(30, 110))


def _dust(painter: _Painter) -> None:
    random, (height_px, width_px) = painter.random, painter.picture.shape
    centre = int(random.integers(0, width_px)), int(random.integers(0, height_px))
    axes = int(random.integers(1, 4)), int(random.integers(1, 4))
    if random.random() < 0.08:
        axes = int(random.integers(3, 8)), int(random.integers(3, 8))
    cover = np.zeros(painter.picture.shape, np.uint8)
    cv2.ellipse(cover, centre, axes, random.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)
    painter.mark(cover, SPECK, is_bright=random.random() < 0.55, strength=random.uniform(25, 110))


def _walk(
    random: np.random.Generator,
    *,
    start: tuple[float, ...],
    angle: float,
    length_px: float,
    jitter: float,
) -> FloatImage:
    """A path that wanders about a straight line. returns: float32 (N, 2), x and y."""
    count = int(random.integers(6, 26))
    along = np.linspace(0, length_px, count)
    across = random.normal(0, jitter, count).cumsum()
    x = start[0] + np.cos(angle) * along - np.sin(angle) * across
    y = start[1] + np.sin(angle) * along + np.cos(angle) * across
    return np.stack([x, y], 1).astype(np.float32)


def _uneven(shape: tuple[int, ...], random: np.random.Generator) -> FloatImage:
    """A slow pattern in [0, 1]: where a mark is pressed, and where it fades out."""
    coarse = random.uniform(-0.6, 1.8, (max(2, shape[0] // 30), max(2, shape[1] // 30))).astype(np.float32)
    return np.clip(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), 0, 1)


def _scanned(picture: FloatImage, random: np.random.Generator) -> FloatImage:
    """A little softer and noisier than the print, and often a JPEG."""
    if random.random() < 0.6:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), random.uniform(0.3, 0.95)), np.float32)
        picture = picture + random.normal(0, random.uniform(0, 1.5), picture.shape).astype(np.float32)
    if random.random() < 0.5:
        picture = _as_jpeg(np.clip(picture, 0, 255), int(random.integers(60, 96)))
    return np.clip(picture, 0, 255).astype(np.float32)


def _as_jpeg(picture: FloatImage, quality: int) -> FloatImage:
    _, data = cv2.imencode(".jpg", np.rint(picture).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.float32)
