"""The folder of measuring data, and what is made from it on the fly."""

from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import InvalidInput
from backend.evaluation.samples import compressed, find_samples, in_grey, noisy
from tests.evaluation.folder import a_slope, write_measuring_data


def test_pictures_that_are_not_ffhq_come_first(tmp_path: Path) -> None:
    samples = find_samples(write_measuring_data(tmp_path))

    assert [each.name for each in samples] == ["c01_first", "c03_second", "c04_third"]
    assert [each.is_ffhq for each in samples] == [False, False, True]
    assert [each.is_held_out for each in samples] == [False, True, False]


def test_a_sample_has_every_state(tmp_path: Path) -> None:
    sample = find_samples(write_measuring_data(tmp_path))[0]

    assert list(sample.degraded()) == [
        "mild",
        "medium",
        "severe",
        "noise",
        "jpeg 75",
        "jpeg",
        "jpeg 10",
    ]
    assert np.array_equal(sample.truth(), a_slope())
    assert np.array_equal(sample.scratched(), a_slope() - 10)
    assert sample.damage().sum() == 48
    assert sample.clean().pixels.shape == (64, 64, 3)


@pytest.mark.parametrize("text", ["{", "[]", '{"items": {"c01": {}}}', '{"items": {}}'])
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (write_measuring_data(tmp_path) / "degraded" / "params.json").write_text(text, "utf-8")

    with pytest.raises(InvalidInput, match=r"params\.json"):
        find_samples(tmp_path)


def test_noise_is_as_strong_as_it_says_and_the_same_again() -> None:
    grey = np.full((128, 128, 3), 128, np.uint8)

    grainy = noisy(grey, "a")

    assert grainy.astype(float).std() == pytest.approx(12.0, rel=0.02)
    assert np.array_equal(grainy, noisy(grey, "a"))
    assert not np.array_equal(grainy, noisy(grey, "b"))


def test_a_compressed_picture_is_near_the_first_and_the_same_again() -> None:
    squeezed = compressed(a_slope(), 30)

    assert 0 < np.abs(squeezed.pixels.astype(int) - a_slope()).mean() < 4
    assert np.array_equal(squeezed.pixels, compressed(a_slope(), 30).pixels)


def test_a_compressed_picture_says_how_it_was_coded_and_others_do_not(tmp_path: Path) -> None:
    states = find_samples(write_measuring_data(tmp_path))[0].degraded()

    assert [name for name, photo in states.items() if photo.jpeg is not None] == [
        "jpeg 75",
        "jpeg",
        "jpeg 10",
    ]
    coarse, fine = states["jpeg"].jpeg, states["jpeg 75"].jpeg
    assert coarse is not None
    assert fine is not None
    assert coarse.luma_steps[0] == 27  # 16, the standard's first step, over quality 30: times 5/3
    assert sum(fine.luma_steps) < sum(coarse.luma_steps)


def test_a_grey_picture_has_three_equal_channels() -> None:
    grey = in_grey(np.array([[[255, 0, 0], [10, 20, 30]]], np.uint8))

    assert np.array_equal(grey[0, :, 0], [76, 18])
    assert np.array_equal(grey[..., 0], grey[..., 2])
