"""`demo`: an old photo made from a new one, then restored and animated."""

from pathlib import Path

import numpy as np

from backend.cli.demo import aged, nasa_portrait
from tests.cli.conftest import Run


def test_it_says_where_the_files_are(run: Run, tmp_path: Path) -> None:
    result = run("demo")

    assert (result.exit_code, result.stderr) == (0, "")
    for name in ("old_photo.jpg", "restored_imgs/old_photo.jpg", "cmp/old_photo.jpg", "old_photo.mp4"):
        assert str(Path("demo") / name) in result.stdout
        assert (tmp_path / "demo" / name).stat().st_size > 0


def test_ageing_is_the_same_every_time() -> None:
    portrait = nasa_portrait()

    assert np.array_equal(aged(portrait), aged(portrait))


def test_an_aged_photo_is_brown_faded_and_as_large_as_before() -> None:
    portrait = nasa_portrait()

    old = aged(portrait)

    red, _, blue = old.reshape(-1, 3).mean(axis=0)
    assert old.shape == portrait.shape
    assert red > blue + 15
    assert np.ptp(np.percentile(old, (2, 98))) < 0.8 * np.ptp(np.percentile(portrait, (2, 98)))
