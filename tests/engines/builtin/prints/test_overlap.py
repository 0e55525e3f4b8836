"""How much two outlines have in common decides which of them are the same print."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.engines.builtin.prints.choice import overlap
from backend.engines.builtin.prints.lines import Doubles

PAPER = np.array([[99.7, 583.4], [130.3, 155.0], [494.0, 111.6], [540.7, 611.3]])
PICTURE = np.array([[144.5, 153.3], [475.3, 113.8], [515.2, 586.6], [117.8, 564.9]])


def a_box(left: float, top: float, side: float) -> Doubles:
    return np.array([[left, top], [left + side, top], [left + side, top + side], [left, top + side]])


def test_a_picture_lies_on_its_paper() -> None:
    """OpenCV's own function says 0 of these two."""
    assert overlap(PAPER, PICTURE) == pytest.approx(1.0, abs=1e-3)
    assert overlap(PICTURE, PAPER) == pytest.approx(1.0, abs=1e-3)


@given(x=st.floats(-30, 30), y=st.floats(-30, 30))
def test_boxes_have_in_common_what_arithmetic_says(x: float, y: float) -> None:
    common = max(0.0, 20 - abs(x)) * max(0.0, 20 - abs(y))

    assert overlap(a_box(0, 0, 20), a_box(x, y, 20)) == pytest.approx(common / 400, abs=1e-9)


@pytest.mark.parametrize("start", range(4))
def test_it_does_not_matter_where_an_outline_begins(start: int) -> None:
    assert overlap(np.roll(PAPER, start, axis=0), PICTURE) == pytest.approx(overlap(PAPER, PICTURE))
