"""The official code's landmarks, crops and pasted pictures in `../shared/parity`, read as RGB."""

import json
from collections.abc import Mapping
from functools import cache
from typing import TypedDict

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.api import FivePoints
from tests.shared_data import SHARED

FOLDER = SHARED / "parity" / "fixtures" / "dev"


class Case(TypedDict, total=False):
    input: str
    faces: int
    upscale: float
    use_parse: bool
    parse_map: int | None
    background: str


@cache
def arrays(name: str) -> Mapping[str, npt.NDArray[np.float64]]:
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


@cache
def cases() -> dict[str, Case]:
    index = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    found: dict[str, Case] = index["face_alignment_paste"]["cases"]
    return found


def picture(key: str) -> npt.NDArray[np.uint8 | np.uint16]:
    """uint8 or uint16, gray, RGB or RGBA."""
    index = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    path = FOLDER / index["face_alignment_paste"]["images"][key]["file"]
    stored = np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED))
    if stored.ndim == 3:
        stored = stored[..., [2, 1, 0, 3][: stored.shape[2]]]
    return np.ascontiguousarray(stored)


def points_of(case: str) -> list[FivePoints]:
    stored = arrays("face_alignment_paste")
    key = f"{case}__landmarks" if f"{case}__landmarks" in stored else f"{case.split('_')[0]}__landmarks"
    return [five(one) for one in stored[key]]


def five(rows: npt.NDArray[np.floating]) -> FivePoints:
    a, b, c, d, e = ((float(x), float(y)) for x, y in rows)
    return a, b, c, d, e
