"""The page: every group, every split, and the misses said first."""

from pathlib import Path

import pytest

from backend.engines.fakes import FakeRestorer
from backend.evaluation.moving import ExpressionFigures, MovingFigures
from backend.evaluation.page import TITLES, Circumstances, quality_page
from backend.evaluation.restoring import measure
from backend.evaluation.samples import find_samples
from tests.evaluation.folder import write_measuring_data

CIRCUMSTANCES = Circumstances(command="evaluate me", date="2026-11-20", versions="Python 3")


@pytest.fixture
def page(tmp_path: Path) -> str:
    samples = find_samples(write_measuring_data(tmp_path))
    return quality_page(measure(samples, FakeRestorer(), lambda *_: None), CIRCUMSTANCES)


def test_the_page_says_how_it_came_about(page: str) -> None:
    assert "Written by `evaluate me` on 2026-11-20; Python 3." in page
    assert "- Tuned on: c01_first, c04_third." in page
    assert "- Held out (nothing is tuned on these): c03_second." in page


def test_every_group_has_a_table(page: str) -> None:
    headings = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]

    assert headings == [
        "Verdict",
        *TITLES.values(),
        "Clean pictures: no harm",
        "Old prints: scratches, cracks and dust",
        "Picture by picture: gain in dB; clean: PSNR to the photo",
    ]


def test_pictures_that_are_not_ffhq_stand_first_and_an_empty_split_is_left_out(page: str) -> None:
    head = next(line for line in page.splitlines() if "wanted |" in line)

    assert [cell.strip() for cell in head.split("|")[3:-1]] == [
        "tuned on, not FFHQ (1)",
        "held out, not FFHQ (1)",
        "tuned on, FFHQ (1)",
        "tuned on, all (2)",
        "held out, all (1)",
    ]


def test_a_figure_stands_beside_what_is_wanted_with_a_plain_word(page: str) -> None:
    gain = next(line for line in page.splitlines() if line.startswith("| mean gain"))
    kept = next(line for line in page.splitlines() if line.startswith("| least PSNR to the photo"))

    assert gain.startswith("| mean gain, dB | ≥ 1.2 | +4.44 pass |")
    assert kept.startswith("| least PSNR to the photo, dB | ≥ 45 | 24.05 **miss** |")


def test_every_miss_is_named_above_the_tables(page: str) -> None:
    verdict = page.partition("## Verdict")[2].partition("## ")[0]

    miss = "- Clean pictures, least PSNR to the photo, dB, held out, all: 24.05, wanted ≥ 45"
    assert miss in verdict.splitlines()
    assert "- Mild, mean gain" not in verdict


def test_every_picture_has_a_line(page: str) -> None:
    last = page.splitlines()[-3:]

    assert [line.split(" | ")[0] for line in last] == ["| c01_first", "| c03_second", "| c04_third"]
    assert all(line.count("|") == 10 for line in last)


def test_the_animator_has_its_tables_where_it_was_measured(tmp_path: Path) -> None:
    samples = find_samples(write_measuring_data(tmp_path))
    film = ExpressionFigures(starts_at_photo=True, seam=0.5, seen_bending=3.0, asked_bending=2.0)
    moving = MovingFigures(
        sample=samples[0],
        is_count_accepted=True,
        false_count=0,
        found_px=(61.4,),
        expressions={"nod": film},
        keeps_the_rest=True,
    )

    page = quality_page(measure(samples, FakeRestorer(), lambda *_: None), CIRCUMSTANCES, [moving])

    assert "| side of the smallest face found, px |  | 61 | 61 |" in page
    assert "- Animation, films, `nod`: trembling, tuned on, all: 1.50, wanted ≤ 1.2" in page
