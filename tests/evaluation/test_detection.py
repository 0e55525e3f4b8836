"""Masks that are drawn, so that every count is known."""

import numpy as np
import pytest

from backend.evaluation.detection import Match, lines_and_specks, match, match_by_length
from backend.evaluation.thinning import BoolMask


def test_a_perfect_mask() -> None:
    truth = _nothing()
    truth[:, 40] = True

    found = match(truth, truth)

    assert (found.precision, found.recall, found.dust_recall) == (1.0, 1.0, None)


@pytest.mark.parametrize(("away_px", "share"), [(3, 1.0), (4, 0.0)])
def test_a_line_is_matched_within_three_pixels(away_px: int, share: float) -> None:
    truth, marked = _nothing(), _nothing()
    truth[:, 40] = True
    marked[:, 40 + away_px] = True

    found = match(marked, truth)

    assert (found.precision, found.recall) == (share, share)


def test_half_a_line_and_a_false_one() -> None:
    truth, marked = _nothing(), _nothing()
    truth[:, 20] = True
    marked[:50, 20] = True
    marked[:, 80] = True

    found = match(marked, truth)

    assert found.precision == 50 / 150
    assert found.recall == 53 / 100  # the three pixels beyond the end are within the tolerance


def test_nothing_marked_has_no_precision_and_no_recall() -> None:
    truth = _nothing()
    truth[:, 20] = True

    found = match(_nothing(), truth)

    assert found.precision is None
    assert found.recall == 0.0


def test_nothing_damaged_has_no_recall() -> None:
    marked = _nothing()
    marked[:, 20] = True

    found = match(marked, _nothing())

    assert found.precision == 0.0
    assert found.recall is None


def test_dust_is_counted_by_object_and_is_no_line() -> None:
    truth, marked = _nothing(), _nothing()
    truth[10:14, 10:14] = truth[50:54, 50:54] = truth[80:84, 80:84] = True
    marked[10:14, 10:14] = True
    marked[50:52, 50:54] = True  # half of it
    marked[80, 80:84] = True  # a quarter

    found = match(marked, truth)

    assert (found.specks, found.found_specks) == (3, 2)
    assert found.dust_recall == pytest.approx(2 / 3)
    assert found.marked_px == 0
    assert found.precision is None


def test_small_marks_are_dust_or_they_are_wrong() -> None:
    truth, marked = _nothing(), _nothing()
    truth[10:14, 10:14] = truth[:, 40] = True
    marked[11:15, 11:15] = True  # dust
    marked[70:74, 70:74] = True  # nothing
    marked[30:36, 40:42] = True  # a bit of a line

    found = match(marked, truth)

    assert (found.marked_specks, found.right_specks) == (2, 1)
    assert found.dust_precision == 0.5
    assert match(_nothing(), truth).dust_precision is None


def test_a_line_that_was_found_is_right_beside_dust_too() -> None:
    truth, marked = _nothing(), _nothing()
    truth[:, 40] = True
    truth[50:53, 44:47] = True
    marked[:, 40] = True

    assert match(marked, truth).precision == 1.0


@pytest.mark.parametrize(("side_px", "specks"), [(20, 1), (21, 0)])
def test_what_is_longer_than_dust_is_a_line(side_px: int, specks: int) -> None:
    truth = _nothing()
    truth[5, 5 : 5 + side_px] = True

    lines, labels, count = lines_and_specks(truth)

    assert count == labels.max() == specks
    assert lines.any() == (specks == 0)


def test_by_length_a_wide_crack_weighs_no_more_than_a_thin_scratch() -> None:
    truth = _nothing()
    truth[:, 20] = True
    truth[:, 60:65] = True
    marked = _nothing()
    marked[:, 60:65] = True

    by_area, by_length = match(marked, truth), match_by_length(marked, truth)

    assert by_area.recall == pytest.approx(5 / 6)
    assert by_length.recall == pytest.approx(1 / 2, abs=0.02)  # thinning takes a pixel or two off an end
    assert by_length.precision == 1.0


def test_counts_add_up() -> None:
    one = Match(marked_px=10, rightly_marked_px=10, line_px=40, found_line_px=10, specks=1)
    other = Match(marked_px=30, rightly_marked_px=10, line_px=10, found_line_px=10, specks=3, found_specks=2)

    both = one + other

    assert (both.precision, both.recall, both.dust_recall) == (0.5, 0.4, 0.5)


def _nothing() -> BoolMask:
    return np.zeros((100, 100), np.bool_)
