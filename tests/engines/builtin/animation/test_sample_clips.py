import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.domain.errors import SettingsError
from backend.engines.animation_api import MotionCurve
from backend.engines.builtin.animation.presets import RECIPES, PresetRecipe
from backend.engines.builtin.animation.sample_clips import (
    SampleStage,
    catalogue_entry,
    curve_json,
    make_presets,
    own_entries,
    peak_frame,
)
from backend.media.video import probe_clip, read_frames
from backend.services.driving_videos import Presets

ONE = tuple(recipe for recipe in RECIPES if recipe.slug == "nod")
OWN = """
[[preset]]
slug = "{slug}"
name_zh = "爷爷"
name_en = "Grandpa"
fps = 25
frames = 3
seconds = 0.12
clip = "own.mp4"
poster = "own.jpg"
sha256 = "00"
licence = "filmed by us"
"""


SHIPPED = Path(__file__).resolve().parents[4] / "driving_videos"


@dataclass
class Made:
    """A folder that `make_presets` has filled, and what it told meanwhile."""

    folder: Path
    told: list[tuple[str, float]]


@pytest.fixture(scope="module")
def making(tmp_path_factory: pytest.TempPathFactory) -> Made:
    made = Made(tmp_path_factory.mktemp("driving_videos"), [])
    make_presets(made.folder, lambda slug, fraction: made.told.append((slug, fraction)), recipes=ONE)
    return made


@pytest.fixture
def made(making: Made) -> Path:
    return making.folder


@pytest.fixture(scope="module")
def stage() -> SampleStage:
    return SampleStage()


def test_what_is_made_is_a_catalogue_that_can_be_served(made: Path) -> None:
    preset = Presets(made).find("9")

    assert preset.slug == "nod"
    assert preset.curve is not None
    assert preset.curve.channels == ONE[0].curve().channels
    facts = probe_clip(preset.clip_path)
    assert (facts.width_px, facts.height_px, facts.fps, facts.frame_count_estimate) == (256, 256, 25.0, 75)
    with Image.open(preset.poster_path) as poster:
        assert poster.size == (256, 256)


def test_the_same_is_made_again(made: Path, tmp_path: Path) -> None:
    make_presets(tmp_path, recipes=ONE)

    for path in made.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_progress_reaches_the_end(making: Made) -> None:
    assert making.told[-1] == ("nod", 1.0)
    assert [fraction for _, fraction in making.told] == sorted(fraction for _, fraction in making.told)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.slug)
def test_what_is_shipped_is_what_the_recipe_says(recipe: PresetRecipe) -> None:
    entry = (SHIPPED / "catalogue.toml").read_text(encoding="utf-8")

    assert (SHIPPED / f"{recipe.slug}.json").read_text(encoding="utf-8") == curve_json(recipe.curve())
    assert catalogue_entry(recipe, SHIPPED) in entry  # with the clip's checksum


def test_a_shipped_clip_is_what_the_program_makes_today(made: Path) -> None:
    shipped, today = (
        np.stack(list(read_frames(folder / "nod.mp4", fps=25.0))).astype(int) for folder in (SHIPPED, made)
    )

    # Not to the byte: another processor rounds otherwise. Another drawing of a lid differs by 10 and more.
    assert np.abs(shipped - today).max() <= 6


@pytest.mark.parametrize("slug", ["grandpa", "nod"])
def test_an_operators_own_clip_is_left_alone(tmp_path: Path, slug: str) -> None:
    (tmp_path / "catalogue.toml").write_text(OWN.format(slug=slug), encoding="utf-8")
    (tmp_path / "own.mp4").write_bytes(b"own")
    (tmp_path / "own.jpg").write_bytes(b"own")

    make_presets(tmp_path, recipes=ONE)

    preset = Presets(tmp_path).find(slug)
    assert preset.name_en == "Grandpa"
    assert preset.clip_path.read_bytes() == b"own"
    assert (tmp_path / "nod.mp4").exists() == (slug != "nod")


def test_stopping_half_way_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "nod.mp4").write_bytes(b"before")

    def stop(slug: str, fraction: float) -> None:
        if fraction > 0.1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_presets(tmp_path, stop, recipes=ONE)

    assert [path.name for path in tmp_path.iterdir()] == ["nod.mp4"]
    assert (tmp_path / "nod.mp4").read_bytes() == b"before"


def test_our_own_entries_are_not_taken_for_the_operators() -> None:
    assert own_entries(OWN.format(slug="a") + '\n[[preset]]\nslug = "b"\ncurve = "b.json"\n').keys() == {"a"}


def test_a_frame_at_rest_is_the_portrait(stage: SampleStage) -> None:
    curve = ONE[0].curve()

    assert not np.array_equal(stage.frame(curve, 20), stage.frame(curve, 0))
    assert np.array_equal(stage.frame(curve, 0), stage.frame(RECIPES[0].curve(), 0))


def test_a_poster_shows_the_expression_with_open_eyes() -> None:
    curve = MotionCurve(
        fps=25.0,
        channels={
            "smile": (0.0, 0.5, 1.0, 0.9),
            "blink_left": (0.0, 0.0, 1.0, 0.0),
            "blink_right": (0.0, 0.0, 1.0, 0.0),
        },
    )

    assert peak_frame(curve) == 3


def test_eyes_that_stay_shut_are_part_of_the_expression() -> None:
    shut = (0.0, *[0.2] * 5, *[1.0] * 20, *[0.2] * 5)
    curve = MotionCurve(fps=25.0, channels={"pucker": shut, "blink_left": shut, "blink_right": shut})

    assert peak_frame(curve) == 6


def test_a_curve_is_plain_json() -> None:
    curve = MotionCurve(fps=25.0, channels={"yaw": (0.0, 0.125), "open": (0.0, 0.5)})

    assert json.loads(curve_json(curve)) == {"fps": 25, "channels": {"yaw": [0.0, 0.125], "open": [0.0, 0.5]}}


def test_a_broken_catalogue_is_not_written_over() -> None:
    with pytest.raises(SettingsError):
        own_entries('[[preset]]\nslug = "grandpa\n')
