import cv2
import numpy as np

from backend.engines.builtin.prints.lines import Doubles
from backend.engines.builtin.prints.paper import in_from_shadow, out_to_paper
from backend.media.types import RgbImage

PAPER: Doubles = np.array([(150, 120), (650, 120), (650, 480), (150, 480)], np.float64)
BORDER_PX = 22
TOLERANCE_PX = 2.0  # half a per cent of a side: the refinement does the rest


def test_from_the_picture_to_the_paper_around_it() -> None:
    on_picture = _inset(PAPER, BORDER_PX)

    assert np.abs(out_to_paper(_scanned(), on_picture) - PAPER).max() < TOLERANCE_PX


def test_one_side_on_the_picture_is_moved_alone() -> None:
    corners = PAPER.copy()
    corners[[2, 3], 1] -= BORDER_PX

    assert np.abs(out_to_paper(_scanned(), corners) - PAPER).max() < TOLERANCE_PX


def test_the_papers_own_outline_stays() -> None:
    picture = _scanned()

    assert np.array_equal(out_to_paper(picture, PAPER), PAPER)
    assert np.array_equal(in_from_shadow(picture, PAPER), PAPER)


def test_a_strip_of_shadow_is_left_out() -> None:
    picture, with_shadow = _scanned(), PAPER.copy()
    picture[120:488, 651:659] = (205, 205, 205)
    picture[481:489, 150:659] = (205, 205, 205)
    with_shadow[[1, 2], 0] += 8
    with_shadow[[2, 3], 1] += 8

    assert np.abs(in_from_shadow(picture, with_shadow) - PAPER).max() < TOLERANCE_PX


def test_a_picture_without_a_border_gets_none() -> None:
    table = np.full((600, 800, 3), (90, 70, 60), np.uint8)
    table[120:481, 150:651] = _pictured(361, 501)

    assert np.array_equal(out_to_paper(table, PAPER), PAPER)
    assert np.array_equal(in_from_shadow(table, PAPER), PAPER)


def _scanned() -> RgbImage:
    """A white border on a scanner's white lid."""
    picture = np.full((600, 800, 3), 248, np.uint8)
    picture[120:481, 150:651] = (232, 228, 220)
    inner = picture[120 + BORDER_PX : 481 - BORDER_PX, 150 + BORDER_PX : 651 - BORDER_PX]
    inner[:] = _pictured(*inner.shape[:2])
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.7), np.uint8)


def _pictured(height_px: int, width_px: int) -> RgbImage:
    coarse = np.random.default_rng(3).integers(20, 150, (6, 8, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (width_px, height_px), interpolation=cv2.INTER_CUBIC), np.uint8)


def _inset(corners: Doubles, by_px: float) -> Doubles:
    return np.asarray(corners - by_px * np.sign(corners - corners.mean(axis=0)), np.float64)
