"""A print whose corners are known, on a table that is drawn."""

import cv2
import numpy as np

from backend.engines.print_api import Corners
from backend.media.types import RgbImage

CORNERS: Corners = ((210.0, 140.0), (700.0, 100.0), (760.0, 560.0), (170.0, 520.0))
SIZE = (900, 680)  # width, height


def a_picture(width_px: int = 600, height_px: int = 480) -> RgbImage:
    """uint8 (H, W, 3): a white border around slopes and a dark disc."""
    y, x = np.mgrid[:height_px, :width_px]
    picture = np.stack([60 + x // 6, 90 + y // 6, 100 + (x + y) // 12], axis=2).astype(np.uint8)
    cv2.circle(picture, (width_px // 3, height_px // 2), height_px // 5, (30, 25, 20), -1)
    cv2.rectangle(picture, (0, 0), (width_px - 1, height_px - 1), (245, 243, 238), 40)
    return picture


def a_table(seed: int = 1) -> RgbImage:
    """uint8 (680, 900, 3): brown, with grain."""
    grain = np.random.default_rng(seed).normal(0, 6, (SIZE[1], SIZE[0], 1))
    return np.clip(np.array([120, 84, 56]) + grain, 0, 255).astype(np.uint8)


def a_scene(corners: Corners = CORNERS, picture: RgbImage | None = None) -> RgbImage:
    """The picture on the table, its corners where they are said to be."""
    sheet = a_picture() if picture is None else picture
    height_px, width_px = sheet.shape[:2]
    flat = np.array([(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(flat, np.array(corners, np.float32) - 0.5)
    table = a_table()
    drawn = cv2.warpPerspective(sheet, matrix, SIZE, flags=cv2.INTER_AREA)
    paper = cv2.warpPerspective(np.ones((height_px, width_px), np.float32), matrix, SIZE)[..., None]
    return np.rint(table + paper * (drawn.astype(np.float32) - table)).astype(np.uint8)
