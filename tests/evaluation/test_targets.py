"""Bounds and rows."""

import pytest

from backend.evaluation.targets import GAIN_WANTED_DB, Row, Target, clean_rows, degraded_rows, scratch_rows


@pytest.mark.parametrize(("value", "is_met"), [(0.8, True), (0.79, False)])
def test_a_floor_is_met_from_the_bound_up(value: float, is_met: bool) -> None:
    assert Target(limit=0.8).is_met(value) is is_met


@pytest.mark.parametrize(("value", "is_met"), [(0.8, True), (0.81, False)])
def test_a_ceiling_is_met_from_the_bound_down(value: float, is_met: bool) -> None:
    assert Target(limit=0.8, is_ceiling=True).is_met(value) is is_met


def test_a_figure_is_judged_as_it_is_written() -> None:
    row: Row[float] = Row(label="sum", value=sum, target=Target(limit=0.6))

    assert row.is_met([0.596]) is True
    assert row.is_met([0.594]) is False


def test_what_cannot_be_measured_misses_and_what_is_not_wanted_cannot() -> None:
    nothing: Row[float] = Row(label="precision", value=lambda _: None, target=Target(limit=0.8))
    unjudged: Row[float] = Row(label="mean", value=lambda _: 1.0)

    assert nothing.is_met([]) is False
    assert unjudged.is_met([]) is None


@pytest.mark.parametrize("group", GAIN_WANTED_DB)
def test_every_group_has_a_bound_for_gain_harm_structure_and_a_second_pass(group: str) -> None:
    bounds = {row.label: row.target.limit for row in degraded_rows(group) if row.target}

    assert bounds == {
        "mean gain, dB": GAIN_WANTED_DB[group],
        "worst picture's gain, dB": -0.3,
        "SSIM change": 0.0,
        "GMSD change": 0.0,
        "second pass: least PSNR to the first, dB": 40.0,
    }


def test_the_bounds_of_clean_and_old_pictures() -> None:
    assert [row.target.limit for row in clean_rows() if row.target] == [45.0, 40.0, 0.0]
    assert [row.target.limit for row in scratch_rows() if row.target] == [0.8, 0.6, 0.7, 0.8, 0.7, 40.0]
