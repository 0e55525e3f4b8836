import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from backend.engines.builtin.prints.straighten import aspect_ratio, flat_size, straightened
from backend.engines.print_api import LEAST_SIDE_PX, Corners
from backend.evaluation.metrics import psnr_db
from tests.engines.builtin.prints.scenes import a_picture, a_scene


@given(
    tilt=st.floats(5, 35),
    away=st.floats(0, 360),
    focal=st.floats(0.7, 2.0),
    ratio=st.floats(0.5, 2.0),
)
def test_the_true_ratio_is_told_from_how_the_sides_are_foreshortened(
    tilt: float, away: float, focal: float, ratio: float
) -> None:
    corners = _seen(np.radians(tilt), np.radians(away), focal * 1000, ratio)

    seen = aspect_ratio(corners, (1000, 800))

    # Tilted about an axis of the print, one pair of sides stays parallel and a usual lens is assumed: at 35
    # degrees that is wrong by 1 / cos(35 degrees) = 1.22 at most.
    assert seen == pytest.approx(ratio, rel=0.22)


@given(away=st.floats(25, 65), focal=st.floats(0.8, 1.6), ratio=st.floats(0.6, 1.6))
def test_the_ratio_is_exact_where_all_sides_converge(away: float, focal: float, ratio: float) -> None:
    corners = _seen(np.radians(30), np.radians(away), focal * 1000, ratio)

    assert aspect_ratio(corners, (1000, 800)) == pytest.approx(ratio, rel=1e-6)


def test_a_print_seen_from_above_keeps_its_pixels() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)
    corners: Corners = ((50, 40), (350, 40), (350, 240), (50, 240))

    height_px, width_px = straightened(picture, corners).shape[:2]

    assert (width_px, height_px) == pytest.approx((300, 200), abs=2)  # less the inset of 0.3 %


def test_the_print_looks_as_before_it_was_photographed() -> None:
    sheet = a_picture(600, 480)
    corners: Corners = ((100, 100), (700, 60), (740, 600), (80, 560))

    cut = straightened(a_scene(corners, sheet), corners)

    # Compared small, because the inset of 0.3 % moves everything by up to 2 px.
    small = [np.asarray(Image.fromarray(one).resize((60, 48)), np.uint8) for one in (sheet, cut)]
    assert psnr_db(small[0], small[1]) > 28


def test_the_order_of_the_corners_turns_the_print() -> None:
    picture = a_scene()
    corners: Corners = ((210, 140), (700, 140), (700, 500), (210, 500))

    upright = straightened(picture, corners)
    turned = straightened(picture, (*corners[1:], corners[0]))

    # A quarter turn reads the same places, up to rounding in OpenCV's 1/32 px steps.
    assert np.abs(np.rot90(upright).astype(int) - turned).mean() < 2


def test_no_side_has_more_pixels_than_the_longest_that_is_seen() -> None:
    corners = np.array([(300, 100), (500, 100), (700, 400), (100, 400)], np.float64)

    height_px, width_px = flat_size(corners, (800, 600))

    assert max(height_px, width_px) <= 600


def _seen(tilt_rad: float, away_rad: float, focal_px: float, ratio: float) -> np.ndarray:
    """(4, 2) px: a rectangle of this ratio under a camera with a picture of 1000 x 800 px."""
    axis = np.array([np.cos(away_rad), np.sin(away_rad), 0.0])
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    rotation = np.eye(3) + np.sin(tilt_rad) * cross + (1 - np.cos(tilt_rad)) * cross @ cross
    flat = np.array([(-ratio, -1), (ratio, -1), (ratio, 1), (-ratio, 1)]) * 100 / np.sqrt(ratio)
    space = np.column_stack([flat, np.zeros(4)]) @ rotation.T + (20, -15, 600)
    return np.asarray(space[:, :2] / space[:, 2:] * focal_px + (500, 400))


def test_a_sliver_across_the_picture_is_not_cut_out_larger_than_the_picture() -> None:
    corners = np.array([(0, 3070), (5050, 560), (5820, 320), (12000, 2580)], np.float64)

    height_px, width_px = flat_size(corners, (12000, 3333))

    assert height_px * width_px <= 1.001 * 12000 * 3333  # sides are rounded


def test_the_smallest_print_is_cut_out_large_enough_to_be_restored() -> None:
    """Its sides are 16 px and more; corrected for its foreshortening, it would be 11 px high."""
    corners = np.array([(2793.1, 5128.7), (2771.4, 5132.4), (2770.8, 5113.7), (2794.3, 5112.8)], np.float64)

    assert min(flat_size(corners, (6300, 6300))) == LEAST_SIDE_PX
