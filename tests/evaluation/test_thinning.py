"""Middle lines of shapes that are drawn."""

import cv2
import numpy as np
import numpy.typing as npt
from skimage.morphology import skeletonize

from backend.evaluation.thinning import BoolMask, thinned


def test_a_line_of_one_pixel_stays() -> None:
    mask = np.zeros((20, 20), np.bool_)
    mask[3:17, 8] = True

    assert np.array_equal(thinned(mask), mask)


def test_a_bar_becomes_its_middle_line() -> None:
    mask = np.zeros((30, 60), np.bool_)
    mask[10:15, 5:55] = True

    thin = thinned(mask)

    assert np.array_equal(np.flatnonzero(thin.any(axis=1)), [12])
    assert 44 <= thin.sum() <= 50


def test_nothing_and_the_rim_are_no_trouble() -> None:
    rim = np.zeros((20, 20), np.bool_)
    rim[:, :3] = True

    assert not thinned(np.zeros((5, 5), np.bool_)).any()
    assert 15 <= thinned(rim).sum() <= 20


def test_a_small_square_does_not_vanish() -> None:
    mask = np.zeros((8, 8), np.bool_)
    mask[2:4, 2:4] = True

    assert thinned(mask).sum() == 1


def test_pieces_stay_whole() -> None:
    mask = _drawn_lines()

    thin = thinned(mask)

    assert not (thin & ~mask).any()
    assert _piece_count(thin) == _piece_count(mask)


def test_the_lines_are_where_scikit_image_has_them() -> None:
    mask = _drawn_lines()

    thin = thinned(mask)

    expected = np.asarray(skeletonize(mask), np.bool_)  # type: ignore[no-untyped-call]  # ships no types
    assert _away_px(thin, expected).max() <= 2.0
    assert _away_px(expected, thin).max() <= 2.0


def _piece_count(mask: BoolMask) -> int:
    return cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)[0]


def _away_px(places: BoolMask, lines: BoolMask) -> npt.NDArray[np.float32]:
    """Distance of every place to the nearest line, px."""
    away_px = cv2.distanceTransform((~lines).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(away_px[places], np.float32)


def _drawn_lines() -> BoolMask:
    canvas = np.zeros((120, 160), np.uint8)
    cv2.polylines(canvas, [np.array([[5, 5], [60, 40], [150, 30]])], False, 255, 5)
    cv2.line(canvas, (20, 110), (140, 60), 255, 2)
    cv2.circle(canvas, (40, 80), 15, 255, 3)
    return np.asarray(canvas > 0, np.bool_)
