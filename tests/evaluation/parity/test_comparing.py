from pathlib import Path

import numpy as np
import pytest

from backend.evaluation.parity.comparing import Outcome, compare_arrays, compare_pictures, within
from backend.evaluation.parity.fixtures import Array, Fixture


def stored(folder: Path, whole: Array, **info: object) -> Fixture:
    """A fixture with one array, `a`, that is kept in part where `info` says so."""
    part, patch = whole, whole[..., 4:6, 4:7] if whole.ndim > 1 else whole
    if info.get("stored") == "sample":
        part = whole[..., 1::3, 1::3]
        info |= {"stride": 3, "offset": 1, "patch": [4, 4, 2, 3]}
        info |= {"mean": float(whole.mean()), "min": float(whole.min()), "max": float(whole.max())}
    np.savez(folder / "a.npz", a=part, a__patch=patch)
    entry = {"shape": list(whole.shape), "stored": "full", **info}
    return Fixture(folder, "some", {"file": "a.npz", "arrays": {"a": entry}})


def test_a_difference_is_judged_by_the_tolerance_of_the_array(tmp_path: Path) -> None:
    fixture = stored(tmp_path, np.zeros(4), tolerance=0.5)

    (near,) = compare_arrays(fixture, {"a": np.array([0, 0.5, 0, 0])})
    (far,) = compare_arrays(fixture, {"a": np.array([0, 0.51, 0, 0])})

    assert (near.outcome, near.difference, near.tolerance) == (Outcome.OK, 0.5, 0.5)
    assert (far.outcome, far.difference) == (Outcome.MISS, 0.51)


def test_whole_numbers_without_a_tolerance_have_to_be_equal(tmp_path: Path) -> None:
    fixture = stored(tmp_path, np.arange(4))

    (same,) = compare_arrays(fixture, {"a": np.arange(4)})
    (other,) = compare_arrays(fixture, {"a": np.array([0, 1, 2, 4])})

    assert (same.outcome, other.outcome) == (Outcome.OK, Outcome.MISS)


@pytest.mark.parametrize("place", [(4, 4), (5, 6), (1, 7), (0, 0)])
def test_of_an_array_kept_in_part_a_wrong_value_is_seen_wherever_it_is(
    tmp_path: Path, place: tuple[int, int]
) -> None:
    whole = np.random.default_rng(2).random((2, 9, 9))
    fixture = stored(tmp_path, whole, stored="sample", tolerance=1e-6)
    changed = whole.copy()
    changed[(0, *place)] += 1.5  # beyond the greatest: (0, 0) is neither in the sample nor in the patch

    (same,) = compare_arrays(fixture, {"a": whole})
    (other,) = compare_arrays(fixture, {"a": changed})

    assert (same.outcome, other.outcome) == (Outcome.OK, Outcome.MISS)


def test_what_is_no_number_is_never_near_enough(tmp_path: Path) -> None:
    fixture = stored(tmp_path, np.zeros(4), tolerance=1e9)

    (finding,) = compare_arrays(fixture, {"a": np.array([0, np.nan, 0, 0])})

    assert finding.outcome is Outcome.MISS


def test_another_shape_and_a_stage_that_is_not_stored_are_misses(tmp_path: Path) -> None:
    fixture = stored(tmp_path, np.zeros(4), tolerance=1.0)

    shape, unknown = compare_arrays(fixture, {"a": np.zeros(5), "b": np.zeros(4)})

    assert shape.outcome is unknown.outcome is Outcome.MISS
    assert "[5], expected [4]" in shape.note


@pytest.mark.parametrize(
    ("values", "outcome"),
    [(0, Outcome.OK), (10, Outcome.OK), (11, Outcome.MISS)],
)
def test_a_picture_may_be_a_level_off_on_a_few_values(values: int, outcome: Outcome) -> None:
    expected = np.full((10, 100), 7, np.uint8)
    result = expected.copy()
    result.flat[:values] += 1

    finding = compare_pictures(Fixture(Path(), "some", {}), "p", result, expected, most=0.01)

    assert finding.outcome is outcome


def test_a_picture_two_levels_off_or_of_another_depth_is_a_miss() -> None:
    expected = np.full((10, 100), 7, np.uint8)
    result = expected.copy()
    result[0, 0] = 5
    fixture = Fixture(Path(), "some", {})

    assert compare_pictures(fixture, "p", result, expected, most=1.0).outcome is Outcome.MISS
    deep = compare_pictures(fixture, "p", expected.astype(np.uint16), expected, most=1.0)
    assert deep.outcome is Outcome.MISS
    assert "uint16" in deep.note


def test_a_difference_that_is_no_number_is_a_miss() -> None:
    assert within(Fixture(Path(), "some", {}), "x", float("nan"), 1.0).outcome is Outcome.MISS
