import numpy as np

from backend.engines.builtin.animation.lip_gap import gap_of
from backend.engines.builtin.animation.lip_line import (
    PX_PER_UNIT,
    SAMPLES,
    U_RANGE,
    V_RANGE,
    valley_of,
)
from backend.media.types import FloatImage

SKIN, LIP, DARK, TEETH = (200, 160, 140), (170, 80, 80), (60, 30, 30), (170, 165, 155)
LINE_V = 1.05


def _mouth(*bands: tuple[float, float, tuple[int, int, int]]) -> FloatImage:
    """The lower half of a face: bands of colour, each from and to so many D below the lip line."""
    rows, columns = (round((high - low) * PX_PER_UNIT) for low, high in (V_RANGE, U_RANGE))
    v, u = np.indices((rows, columns)) / PX_PER_UNIT
    v, u = v + V_RANGE[0], u + U_RANGE[0]
    crop = np.full((rows, columns, 3), SKIN, np.float32)
    for top, bottom, colour in bands:
        crop[(v >= LINE_V + top) & (v < LINE_V + bottom) & (np.abs(u) < 0.4)] = colour
    return crop


def _gap(crop: FloatImage) -> tuple[bool, float]:
    _, light = valley_of(crop, (0.06, 0.10))
    gap = gap_of(light, crop, 0.0, np.full(SAMPLES, LINE_V, np.float32))
    return gap.is_teeth, gap.height


def test_closed_lips_have_no_gap() -> None:
    crop = _mouth((-0.10, -0.02, LIP), (-0.02, 0.02, DARK), (0.02, 0.14, LIP))

    assert _gap(crop) == (False, 0.0)


def test_pale_teeth_between_red_lips_are_seen_though_they_are_no_brighter_than_skin() -> None:
    lips_and_line = (-0.10, -0.02, LIP), (-0.02, 0.03, DARK)
    crop = _mouth(*lips_and_line, (0.03, 0.12, TEETH), (0.12, 0.25, LIP))

    is_teeth, height = _gap(crop)

    assert is_teeth
    assert 0.08 <= height <= 0.15


def test_a_pale_chin_is_no_row_of_teeth() -> None:
    crop = _mouth((-0.10, -0.02, LIP), (-0.02, 0.02, DARK), (0.02, 0.07, LIP), (0.07, 0.3, TEETH))

    assert _gap(crop) == (False, 0.0)


def test_a_dark_hollow_is_an_open_mouth() -> None:
    crop = _mouth((-0.10, -0.02, LIP), (-0.02, 0.48, DARK), (0.48, 0.58, LIP))

    is_teeth, height = _gap(crop)

    assert not is_teeth
    assert height > 0.42
