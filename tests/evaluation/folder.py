"""A folder of measuring data, small and drawn."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from backend.media.types import RgbImage

NAMES = {"c01_first": False, "c03_second": False, "c04_third": True}  # name -> FFHQ


def write_measuring_data(folder: Path) -> Path:
    """Three pictures of 64x64; degraded ones are 10 levels darker than the truth; old ones have a line."""
    items = {name: {"ffhq": is_ffhq} for name, is_ffhq in NAMES.items()}
    for group in ("gt", "mild", "medium", "severe", "old", "old_mask"):
        (folder / "degraded" / group).mkdir(parents=True)
    (folder / "clean").mkdir()
    (folder / "degraded" / "params.json").write_text(json.dumps({"items": items}), "utf-8")
    for name in NAMES:
        truth = a_slope()
        _write(folder / "degraded" / "gt" / f"{name}.png", truth)
        for group in ("mild", "medium", "severe", "old"):
            _write(folder / "degraded" / group / f"{name}.png", truth - 10)
        mask = np.zeros((64, 64), np.uint8)
        mask[8:56, 32] = 255
        _write(folder / "degraded" / "old_mask" / f"{name}.png", mask)
        _write(folder / "clean" / f"{name}.jpg", truth)
    return folder


def a_slope() -> RgbImage:
    """uint8 (64, 64, 3) in [60, 190]."""
    row = np.linspace(60, 190, 64)
    return np.repeat(np.tile(row, (64, 1))[..., None], 3, axis=2).astype(np.uint8)


def _write(path: Path, picture: RgbImage) -> None:
    Image.fromarray(picture).save(path)
