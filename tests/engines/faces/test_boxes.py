import pytest

from backend.engines.faces.boxes import overlap, side


def test_side_is_the_mean_of_width_and_height() -> None:
    assert side((10.0, 20.0, 40.0, 60.0)) == pytest.approx(35.0)


def test_overlap_of_a_nested_box_is_whole() -> None:
    assert overlap((0.0, 0.0, 100.0, 100.0), (20.0, 20.0, 40.0, 40.0)) == pytest.approx(1.0)


def test_overlap_is_the_share_of_the_smaller_box() -> None:
    assert overlap((0.0, 0.0, 10.0, 10.0), (5.0, 0.0, 25.0, 10.0)) == pytest.approx(0.5)


def test_overlap_of_boxes_that_only_touch_is_nothing() -> None:
    assert overlap((0.0, 0.0, 10.0, 10.0), (10.0, 0.0, 20.0, 10.0)) == 0.0
