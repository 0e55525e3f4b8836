"""Pictures of paper prints whose corners are known: photos on paper, laid on tables, seen by a camera.

The camera is a real one (a pin hole that is held at an angle), so that a print's true sides can be told from
the picture. Everything comes from one seed: the same number is the same scene.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.print_api import Corners
from backend.evaluation.print_sheets import Sheet, make_sheet
from backend.evaluation.print_tables import TABLES, smooth_noise
from backend.media.types import FloatImage, RgbImage

Matrix = npt.NDArray[np.float64]

SHAKEN, DARK, SQUEEZED = "motion blur", "low light", "jpeg"
_OVERSAMPLING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePrint:
    """Where a print lies in a scene, in the order of `Corners`, and its true width / height."""

    corners: Corners
    aspect_ratio: float
    style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A picture of prints. hardship: one of SHAKEN, DARK, SQUEEZED or none."""

    picture: RgbImage
    prints: tuple[TruePrint, ...]
    table: str
    hardship: str


def make_scene(photos: Sequence[RgbImage], seed: int) -> Scene:
    """One scene with prints of some of the photos.

    A scanner's bed or an album page (half the time with some table around it) holds 1 to 4 prints seen from
    above, turned up to 8 degrees. A table holds 1 (or 2, one time in six), turned any way, under a camera
    that is tilted up to 32 degrees; one such scene in three is shaken, dark or squeezed.
    """
    rng = np.random.default_rng(seed)
    table = list(TABLES)[seed % len(TABLES)]
    is_flat = table in ("scanner", "album")
    long_px = int(rng.integers(1200, 1800))
    short_px = round(long_px * 0.75)
    height_px, width_px = (long_px, short_px) if rng.random() < 0.5 else (short_px, long_px)
    count = int(rng.choice([1, 2, 3, 4])) if is_flat else int(rng.choice([1, 1, 1, 1, 1, 2]))
    sheets = [make_sheet(photos[int(rng.integers(len(photos)))], rng) for _ in range(count)]
    camera = _camera(height_px, width_px, 0.0 if is_flat else np.radians(rng.uniform(0, 32)), rng)
    picture = TABLES[table](height_px, width_px, rng)
    room = 1.0
    if table == "album" and count > 1 and rng.random() < 0.6:
        picture, room = _on_a_table(picture, camera, rng), 0.86
    true_prints = []
    cells = _cells(count, room * height_px, room * width_px, rng)
    for sheet, cell in zip(sheets, cells, strict=True):
        matrix, aspect_ratio = _laid(sheet, cell, camera, is_flat, rng)
        picture = _drawn(picture, sheet, matrix, is_flat, rng)
        true_prints.append(
            TruePrint(corners=_corners(sheet, matrix), aspect_ratio=aspect_ratio, style=sheet.style)
        )
    if not is_flat:
        picture = _fingers(picture, true_prints, rng)
        picture = _lit(picture, rng)
    hardship = str(rng.choice([SHAKEN, DARK, SQUEEZED])) if not is_flat and rng.random() < 0.3 else ""
    return Scene(
        picture=_taken(picture, hardship, rng), prints=tuple(true_prints), table=table, hardship=hardship
    )


def _on_a_table(page: FloatImage, camera: Matrix, rng: np.random.Generator) -> FloatImage:
    """The same page, 90 % as large, on a wooden or plain table."""
    height_px, width_px = page.shape[:2]
    table = TABLES[str(rng.choice(["wood", "plain", "cloth"]))](height_px, width_px, rng)
    turn_rad, scale = np.radians(rng.uniform(-1.5, 1.5)), 0.9
    turn = scale * np.array([[np.cos(turn_rad), -np.sin(turn_rad)], [np.sin(turn_rad), np.cos(turn_rad)]])
    onto = np.eye(3)
    onto[:2, :2], onto[:2, 2] = turn, -turn @ (width_px / 2, height_px / 2)
    sheet = Sheet(pixels=page, paper=np.ones((height_px, width_px), np.float32), style="page")
    return _drawn(table, sheet, camera @ onto, True, rng)


def _camera(height_px: int, width_px: int, tilt_rad: float, rng: np.random.Generator) -> Matrix:
    """Table plane (px at the middle of the picture, seen from above) -> picture, in homogeneous px."""
    focal_px = rng.uniform(0.75, 1.3) * max(height_px, width_px)
    away_rad = rng.uniform(0, 2 * np.pi)
    axis = np.array([np.cos(away_rad), np.sin(away_rad), 0.0])
    rotation, _ = cv2.Rodrigues(axis * tilt_rad)
    lens = np.array([[focal_px, 0, width_px / 2], [0, focal_px, height_px / 2], [0, 0, 1]])
    plane = np.column_stack([rotation[:, 0], rotation[:, 1], [0, 0, focal_px]])
    return np.asarray(lens @ plane, np.float64)


def _cells(
    count: int, height_px: float, width_px: float, rng: np.random.Generator
) -> list[tuple[float, float, float, float]]:
    """Middle x and y of each print, from the picture's middle, and the width and height it may take."""
    rows, columns = ((1, 1), (1, 2), (2, 2), (2, 2))[count - 1]
    if height_px > width_px:
        rows, columns = columns, rows
    cell_width, cell_height = width_px / columns, height_px / rows
    cells = [
        ((column + 0.5) * cell_width - width_px / 2, (row + 0.5) * cell_height - height_px / 2)
        for row in range(rows)
        for column in range(columns)
    ]
    size = (0.92 * cell_width, 0.92 * cell_height)
    return [(*cells[index], *size) for index in rng.permutation(len(cells))[:count]]


def _laid(
    sheet: Sheet,
    cell: tuple[float, float, float, float],
    camera: Matrix,
    is_flat: bool,
    rng: np.random.Generator,
) -> tuple[Matrix, float]:
    """Sheet px -> picture px, so that the print fills a part of its cell and is all in the picture."""
    height_px, width_px = sheet.paper.shape
    quarter = 0.0 if rng.random() < 0.6 else rng.integers(4) * np.pi / 2
    turn_rad = quarter + np.radians(rng.uniform(-8, 8) if is_flat else rng.normal(0, 18))
    turn = np.array([[np.cos(turn_rad), -np.sin(turn_rad)], [np.sin(turn_rad), np.cos(turn_rad)]])
    middle_x, middle_y, cell_width, cell_height = cell
    box = np.array([(-width_px, -height_px), (width_px, -height_px), (width_px, height_px)]) / 2 @ turn.T
    reach_x, reach_y = np.abs(box).max(axis=0) * 2
    scale = min(cell_width / reach_x, cell_height / reach_y) * rng.uniform(0.62, 0.97)
    free_x, free_y = cell_width - scale * reach_x, cell_height - scale * reach_y
    x, y = middle_x + rng.uniform(-0.45, 0.45) * free_x, middle_y + rng.uniform(-0.45, 0.45) * free_y
    picture_size = 2 * camera[:2, 2] / camera[2, 2]
    for _ in range(40):  # a tilted camera may see a corner outside: smaller, until it does not
        onto = np.eye(3)
        onto[:2, :2], onto[:2, 2] = scale * turn, (x, y) - scale * turn @ (width_px / 2, height_px / 2)
        matrix = camera @ onto
        corners = _mapped(matrix, [(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)])
        if (corners > 4).all() and (corners < picture_size - 4).all():
            break
        scale, x, y = 0.95 * scale, 0.95 * x, 0.95 * y
    return matrix, width_px / height_px


def _drawn(
    picture: FloatImage, sheet: Sheet, matrix: Matrix, is_flat: bool, rng: np.random.Generator
) -> FloatImage:
    height_px, width_px = picture.shape[:2]
    finer = np.diag([_OVERSAMPLING, _OVERSAMPLING, 1.0])
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    warp = np.linalg.inv(half) @ finer @ matrix @ half  # OpenCV counts from the middle of a pixel
    size = (_OVERSAMPLING * width_px, _OVERSAMPLING * height_px)
    small = (width_px, height_px)
    paper = cv2.resize(cv2.warpPerspective(sheet.paper, warp, size), small, interpolation=cv2.INTER_AREA)
    pixels = cv2.warpPerspective(sheet.pixels, warp, size, borderMode=cv2.BORDER_REPLICATE)
    pixels = cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)
    shadow_px = rng.uniform(1, 3) if is_flat else rng.uniform(2, 9)
    shift = np.array([[1, 0, rng.normal(0, shadow_px)], [0, 1, rng.normal(0, shadow_px)]])
    shadow = cv2.warpAffine(cv2.GaussianBlur(paper, (0, 0), shadow_px), shift, small)
    ground = picture * (1 - rng.uniform(0.1, 0.45) * shadow[..., None])
    return np.asarray(ground + paper[..., None] * (pixels - ground), np.float32)


def _fingers(picture: FloatImage, prints: Sequence[TruePrint], rng: np.random.Generator) -> FloatImage:
    """One time in four, a finger-like blob that holds a print's side, a bit over its edge."""
    if rng.random() > 0.25:
        return picture
    corners = np.array(prints[0].corners)
    side = int(rng.integers(4))
    start, end = corners[side], corners[(side + 1) % 4]
    touch = start + rng.uniform(0.3, 0.7) * (end - start)
    outward = (touch - corners.mean(axis=0)) / np.linalg.norm(touch - corners.mean(axis=0))
    width_px = 0.05 * max(picture.shape)
    cover = np.zeros(picture.shape[:2], np.uint8)
    tip, root = touch - 0.6 * width_px * outward, touch + 20 * width_px * outward
    cv2.line(cover, tuple(tip.astype(int).tolist()), tuple(root.astype(int).tolist()), 255, round(width_px))
    soft = cv2.GaussianBlur(cover, (0, 0), 1.5).astype(np.float32)[..., None] / 255
    skin = np.array([214, 160, 130], np.float32) * np.float32(rng.uniform(0.5, 1.1))
    skin = skin + 6 * smooth_noise(picture.shape[0], picture.shape[1], 30, rng)[..., None]
    return np.asarray(picture + soft * (skin - picture), np.float32)


def _lit(picture: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Light that falls off, half the time with a big soft shadow across."""
    height_px, width_px = picture.shape[:2]
    y, x = np.mgrid[:height_px, :width_px].astype(np.float32)
    slope = rng.normal(0, 0.12, 2)
    light = 1 + slope[0] * (x / width_px - 0.5) + slope[1] * (y / height_px - 0.5)
    if rng.random() < 0.5:
        angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3) * max(height_px, width_px)
        side = (x - width_px / 2) * np.cos(angle) + (y - height_px / 2) * np.sin(angle) - offset
        light = light * (1 - rng.uniform(0.1, 0.4) / (1 + np.exp(-side / rng.uniform(4, 60))))
    tint = 1 + rng.normal(0, 0.04, 3)
    return np.asarray(picture * light[..., None] * tint, np.float32)


def _taken(picture: FloatImage, hardship: str, rng: np.random.Generator) -> RgbImage:
    """What the camera makes of it: blur, noise, compression."""
    sigma_px, noise, quality = rng.uniform(0.5, 1.2), rng.uniform(0.5, 3), int(rng.integers(80, 96))
    if hardship == SHAKEN:
        kernel = np.zeros((15, 15), np.float32)
        angle = rng.uniform(0, np.pi)
        end = (round(7 + 6 * float(np.cos(angle))), round(7 + 6 * float(np.sin(angle))))
        cv2.line(kernel, (7, 7), end, 1.0, 1)
        kernel = kernel + kernel[::-1, ::-1]
        picture = np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)
    elif hardship == DARK:
        picture, noise = picture * np.float32(0.4), rng.uniform(7, 11)
    elif hardship == SQUEEZED:
        quality = int(rng.integers(20, 35))
    seen = cv2.GaussianBlur(picture, (0, 0), sigma_px) + rng.normal(0, noise, picture.shape)
    whole = np.clip(np.rint(seen), 0, 255).astype(np.uint8)
    encoded = cv2.imencode(".jpg", whole[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1])


def _corners(sheet: Sheet, matrix: Matrix) -> Corners:
    height_px, width_px = sheet.paper.shape
    inset = 3.0 if sheet.style == "deckle edge" else 0.0  # where its waves have their middle
    right, bottom = width_px - inset, height_px - inset
    points = _mapped(matrix, [(inset, inset), (right, inset), (right, bottom), (inset, bottom)])
    first, second, third, fourth = ((float(x), float(y)) for x, y in points)
    return first, second, third, fourth


def _mapped(matrix: Matrix, points: Sequence[tuple[float, float]]) -> Matrix:
    homogeneous = np.column_stack([np.array(points, np.float64), np.ones(len(points))]) @ matrix.T
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], np.float64)
