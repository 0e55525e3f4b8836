"""Films of every expression, as their engine measures them, and the section about them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.domain.films import FilmQuality
from backend.engines.animation_api import AnimateOptions, Animation, Driving, MotionCurve
from backend.engines.api import Checkpoint
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.evaluation.film_page import film_section
from backend.evaluation.film_rows import FILM_FIGURES, FilmFigure, figures_told, quality_rows
from backend.evaluation.films import FilmFigures, measure_films
from backend.evaluation.moving import LabelledPhoto, find_labelled
from backend.evaluation.samples import Sample
from backend.media.types import RgbImage
from tests.builders import a_portrait

NOD = MotionCurve(fps=25.0, channels={"pitch": (0.0, 0.05, 0.1, 0.05)})
FINE = FilmQuality(identity_change=0.02, jitter=0.1, flicker=0.4, seam=1.0, outside=0.0, loop=0.0, start=0.0)


def _film(name: str, preset: str, quality: FilmQuality = FINE) -> FilmFigures:
    sample = Sample(name=name, is_ffhq=False, folder=Path())
    return FilmFigures(sample=sample, preset=preset, quality=quality)


def _row(lines: Sequence[str], label: str) -> str:
    return next(line for line in lines if line.startswith(f"| {label}"))


def _photos(folder: Path) -> list[LabelledPhoto]:
    """A portrait, and a wall without a face."""
    (folder / "photos").mkdir()
    Image.fromarray(a_portrait()).save(folder / "photos" / "01_portrait.png")
    Image.fromarray(np.full((96, 96, 3), 128, np.uint8)).save(folder / "photos" / "02_wall.png")
    one = {"accept_counts": [1], "faces": [{"box": [80, 50, 180, 175]}]}
    none = {"accept_counts": [0], "faces": []}
    listed = {"photos": {"photos/01_portrait.png": one, "photos/02_wall.png": none}}
    (folder / "faces.json").write_text(json.dumps(listed), "utf-8")
    return find_labelled(folder)


def test_every_expression_is_measured_on_every_photo_with_a_face(tmp_path: Path) -> None:
    told: list[str] = []

    films = measure_films(
        _photos(tmp_path), BuiltinAnimator(), {"nod": NOD, "again": NOD}, lambda name, _: told.append(name)
    )

    assert [(film.sample.name, film.preset) for film in films] == [
        ("01_portrait", "nod"),
        ("01_portrait", "again"),
    ]
    assert films[0].quality == films[1].quality
    assert films[0].quality.outside == 0.0
    assert told == ["01_portrait, nod", "01_portrait, again", "02_wall, nod"]


def test_the_figures_are_those_after_the_last_frame(tmp_path: Path) -> None:
    class Counting(BuiltinAnimator):
        def animate(
            self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
        ) -> Animation:
            film = super().animate(portrait, driving, options, checkpoint)
            seen: list[int] = []

            def counted() -> Iterator[RgbImage]:
                for frame in film.frames:
                    seen.append(1)
                    yield frame

            return replace(film, frames=counted(), quality=lambda: FilmQuality(loop=float(len(seen))))

    (film,) = measure_films(_photos(tmp_path), Counting(), {"nod": NOD}, lambda *_: None)

    assert film.quality.loop == 4.0


@pytest.mark.parametrize("figure", FILM_FIGURES, ids=lambda figure: figure.name)
def test_a_film_worse_than_good_is_a_miss_of_its_own_figure(figure: FilmFigure) -> None:
    spoiled = FilmQuality(**{**asdict(FINE), figure.name: figure.good + 0.1})

    fine = film_section("Films: all", [_film("c01", "nod")])
    missed = film_section("Films: all", [_film("c01", "nod"), _film("c02", "nod", spoiled)])

    assert fine.misses == []
    assert len(missed.misses) == 1
    assert figure.label in missed.misses[0]


def test_the_section_has_each_split_each_expression_and_the_worst_film() -> None:
    trembling = replace(FINE, jitter=0.9)
    films = [_film("c01", "nod"), _film("c03", "nod", trembling), _film("c03", "blink")]

    lines = film_section("Films: all", films).lines

    assert lines[0] == "## Films: all"
    assert _row(lines, "jitter, px at 256: mean").endswith("|  | 0.10 | 0.50 | 0.10 | 0.50 |")
    assert "0.90 **miss**" in _row(lines, "jitter, px at 256: worst")
    assert _row(lines, "`nod`").startswith("| `nod` | 0.02 | 0.02 | 0.10 | 0.90 |")
    assert _row(lines, "`blink`").startswith("| `blink` | none | 0.02 | none | 0.10 |")
    assert "- Most jitter, px at 256: 0.900, `nod` on c03." in lines


def test_of_random_weights_only_the_engines_own_doing_is_said() -> None:
    section = film_section("Films: all", [_film("c01", "nod", FilmQuality(jitter=9.0))], is_trained=False)

    assert not any("jitter, px" in line for line in section.lines)
    assert [figure.name for figure in figures_told(is_trained=False)] == ["seam", "outside", "loop", "start"]
    # what cannot be told is a miss, not a pass
    untold = [_film("c01", "nod", FilmQuality())]
    assert [row.value(untold) for row in quality_rows(FILM_FIGURES)] == [None] * 14
    assert section.judged_count == len(section.misses) == 4
