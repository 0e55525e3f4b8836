"""Every picture stands in one narrow column and in one whole one."""

from pathlib import Path

import pytest

from backend.evaluation.samples import Sample
from backend.evaluation.splits import SPLITS


@pytest.mark.parametrize(
    ("name", "is_ffhq", "titles"),
    [
        ("c01_man", False, ["tuned on, not FFHQ", "tuned on, all"]),
        ("c03_man", False, ["held out, not FFHQ", "held out, all"]),
        ("c04_woman", True, ["tuned on, FFHQ", "tuned on, all"]),
        ("c06_toddler", True, ["held out, FFHQ", "held out, all"]),
    ],
)
def test_a_picture_stands_in_a_narrow_and_a_whole_column(name: str, is_ffhq: bool, titles: list[str]) -> None:
    sample = Sample(name=name, is_ffhq=is_ffhq, folder=Path())

    taken = [split for split in SPLITS if split.takes(sample)]

    assert [split.title for split in taken] == titles
    assert [split.is_whole for split in taken] == [False, True]
