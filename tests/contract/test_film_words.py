"""The page's words for a film and for a clip mean what the server's own report means.

The page cannot import Python, so its sources are read as text.
"""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from backend.domain.films import FilmQuality
from backend.evaluation.film_rows import FILM_FIGURES

FRONTEND = Path(__file__).parents[2] / "frontend" / "src"
CLIP_CHECKS = Path(__file__).parents[2] / "backend" / "engines" / "first_order" / "clip_measures.py"
MEASURE = re.compile(r"\{ name: '(\w+)', veryGood: ([\d.]+), good: ([\d.]+),")


def test_the_limits_of_a_films_words_are_those_of_the_report() -> None:
    text = (FRONTEND / "components" / "film" / "filmWords.ts").read_text(encoding="utf-8")
    shown = {name: (float(good), float(visible)) for name, good, visible in MEASURE.findall(text)}

    assert shown == {figure.name: (figure.good, figure.visible) for figure in FILM_FIGURES}


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_every_figure_of_a_film_has_words(locale: str) -> None:
    words = _words(locale)["filmQuality"]

    for field in dataclasses.fields(FilmQuality):
        assert {field.name, f"{field.name}Text", f"{field.name}Visible"} <= set(words)


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_every_check_of_a_clip_has_words_and_advice(locale: str) -> None:
    named = set(re.findall(r'(?:name=|_check\()"(\w+)"', CLIP_CHECKS.read_text(encoding="utf-8")))
    words = _words(locale)["clipCheck"]

    assert "jitter" in named
    assert named <= set(words)
    # `loop` is a hint and no fault: there is nothing to be mended.
    assert {f"{name}Advice" for name in named - {"loop"}} <= set(words)


def _words(locale: str) -> dict[str, dict[str, str]]:
    text = (FRONTEND / "locales" / f"{locale}.json").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = json.loads(text)
    return words
