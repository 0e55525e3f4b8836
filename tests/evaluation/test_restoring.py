"""Figures of the instant engine, which brightens by 16 and marks the upper half as scratched."""

from pathlib import Path

import pytest

from backend.engines.fakes import FakeRestorer
from backend.evaluation.metrics import psnr_db
from backend.evaluation.restoring import measure, measure_clean, measure_degraded, measure_scratches
from backend.evaluation.samples import find_samples
from tests.evaluation.folder import a_slope, write_measuring_data

SHIFT_DB = {shift: psnr_db(a_slope() + shift, a_slope()) for shift in (6, 10, 16)}


def test_the_gain_is_what_the_engine_brings_nearer_to_the_truth(tmp_path: Path) -> None:
    sample = find_samples(write_measuring_data(tmp_path))[0]

    mild = measure_degraded(sample, FakeRestorer())[0]

    assert mild.group == "mild"
    assert mild.before.psnr_db == pytest.approx(SHIFT_DB[10])
    assert mild.after.psnr_db == pytest.approx(SHIFT_DB[6])
    assert mild.gain_db == pytest.approx(SHIFT_DB[6] - SHIFT_DB[10])
    assert mild.second_pass_db == pytest.approx(SHIFT_DB[16])
    assert not mild.is_untouched


def test_a_clean_picture_is_held_against_itself(tmp_path: Path) -> None:
    sample = find_samples(write_measuring_data(tmp_path))[0]

    clean = measure_clean(sample, FakeRestorer())

    assert clean.kept_db == pytest.approx(SHIFT_DB[16])
    assert clean.painted_px == 2 * 32 * 64


def test_scratches_are_held_against_the_mask(tmp_path: Path) -> None:
    sample = find_samples(write_measuring_data(tmp_path))[0]

    scratched = measure_scratches(sample, FakeRestorer())

    assert scratched.auto == scratched.strong
    assert scratched.auto.recall == 27 / 48  # rows 8 to 31 are marked, the next three are near
    assert scratched.auto.specks == 0


def test_everything_is_measured_once_and_progress_is_told(tmp_path: Path) -> None:
    samples = find_samples(write_measuring_data(tmp_path))
    told: list[tuple[str, float]] = []

    figures = measure(samples, FakeRestorer(), lambda name, fraction: told.append((name, fraction)))

    assert (len(figures.degraded), len(figures.clean), len(figures.scratched)) == (21, 3, 3)
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] < 1.0
