"""Scenes with known corners, and how an outline is held against them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.engines.api import Checkpoint
from backend.engines.fakes import FakePrintCutter
from backend.engines.print_api import Corners, FoundPrint, require_quadrilateral
from backend.evaluation.print_scenes import make_scene
from backend.evaluation.print_tables import TABLES
from backend.evaluation.prints import compare, corner_error_percent, measure_prints, print_section
from backend.media.types import RgbImage
from tests.builders import a_photo

SQUARE: Corners = ((100, 100), (200, 100), (200, 200), (100, 200))


@pytest.mark.parametrize("seed", range(len(TABLES)))
def test_every_print_lies_in_the_picture(seed: int) -> None:
    scene = make_scene([a_photo(320, 240)], seed)

    height_px, width_px = scene.picture.shape[:2]
    assert scene.table == list(TABLES)[seed]
    for true in scene.prints:
        require_quadrilateral(true.corners, width_px, height_px)


def test_a_seed_is_a_scene() -> None:
    first, again, other = (make_scene([a_photo(320, 240)], seed) for seed in (5, 5, 13))

    assert np.array_equal(first.picture, again.picture)
    assert first.prints == again.prints != other.prints


def test_the_error_is_the_worst_corner_in_percent_of_a_side() -> None:
    found: Corners = ((103, 104), (200, 100), (200, 201), (100, 200))

    error_percent, quarter_turns = corner_error_percent(found, SQUARE)

    assert error_percent == pytest.approx(5.0)
    assert quarter_turns == 0


def test_a_print_that_is_turned_is_found_all_the_same() -> None:
    error_percent, quarter_turns = corner_error_percent((*SQUARE[1:], SQUARE[0]), SQUARE)

    assert (error_percent, quarter_turns) == (0.0, 1)


def test_what_is_missed_and_what_is_not_there_are_counted() -> None:
    scene = make_scene([a_photo(320, 240)], 6)
    elsewhere: Corners = ((0, 0), (20, 0), (20, 20), (0, 20))
    found = [
        FoundPrint(corners=scene.prints[0].corners, score=1.0),
        FoundPrint(corners=elsewhere, score=1.0),
    ]

    figures = compare(scene, found)

    assert figures.errors_percent == (0.0, *[None] * (len(scene.prints) - 1))
    assert (figures.false_count, figures.turned_count) == (1, 0)


class SeesPrintsInLargePictures(FakePrintCutter):
    """Misses none of the scenes' and is wrong about one photo."""

    def find(self, picture: RgbImage, checkpoint: Checkpoint) -> tuple[FoundPrint, ...]:
        return super().find(picture, checkpoint) if max(picture.shape) >= 400 else ()


def test_the_section_tells_tuned_from_held_out_and_names_what_is_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, width_px in (("01_first.png", 320), ("02_large.png", 400), ("09_last.png", 320)):
        Image.fromarray(a_photo(width_px, 240)).save(folder / name)

    figures = measure_prints(
        tmp_path, SeesPrintsInLargePictures(), lambda *_: None, scene_counts={"tuned on": 2, "held out": 1}
    )

    lines = print_section(figures)
    assert "| scenes | 2 | 1 |" in lines
    assert lines[-1] == "Prints seen in 3 pictures that show none: 02_large.png."
