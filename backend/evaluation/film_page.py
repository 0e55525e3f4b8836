"""The section about films, as Markdown: by split, by expression, and the worst film of each figure."""

from collections.abc import Sequence

from backend.evaluation.film_rows import FilmFigure, figures_told, quality_rows
from backend.evaluation.films import FilmFigures
from backend.evaluation.splits import SPLITS
from backend.evaluation.tables import Section, line, section_of

INTRODUCTION = (
    "Every expression on every photo, all faces moving, as the engine itself measured the film before it was",
    "encoded; of several faces the worst counts. Identity change: edges' directions, cell by cell, of the",
    "face brought back onto the photo's; 1 = as unlike as two people's. Jitter: what of the face's path is",
    "not smooth over five frames. Flicker: cheeks and nose from frame to frame, motion aside. Seam: steps",
    "along the border of what moves, against the photo's. Outside: the largest change of any pixel outside.",
    "Loop: the step from the last frame to the first, against the usual one. Start: the frame at rest",
    "against the photo.",
)
UNTRAINED = (
    "The weights are random numbers: what the faces look like says nothing, so that identity change, jitter",
    "and flicker are left out. The others are the engine's own doing, and hold for any weights.",
)


def film_section(title: str, films: Sequence[FilmFigures], *, is_trained: bool = True) -> Section:
    """Everything about the films of one engine. is_trained: False for weights of random numbers."""
    figures = figures_told(is_trained=is_trained)
    section = section_of(title, quality_rows(figures), films)
    section.lines[2:2] = [*INTRODUCTION, *(() if is_trained else ("", *UNTRAINED)), ""]
    section.lines.extend(
        ["", *_limits(figures), "", *_by_preset(figures, films), "", *_worst(figures, films)]
    )
    return section


def _limits(figures: Sequence[FilmFigure]) -> list[str]:
    return [
        line(["", *(figure.label for figure in figures)]),
        line(["---"] * (len(figures) + 1)),
        line(["good: nobody sees it", *(f"≤ {figure.good:g}" for figure in figures)]),
        line(["visible: everybody does", *(f"> {figure.visible:g}" for figure in figures)]),
    ]


def _by_preset(figures: Sequence[FilmFigure], films: Sequence[FilmFigures]) -> list[str]:
    """The worst film of each expression, of photos tuned on and held out."""
    splits = [split for split in SPLITS if split.is_whole]
    heads = [f"{figure.label}, {split.title}" for figure in figures for split in splits]
    lines = [line(["expression, worst film", *heads]), line(["---"] * (len(heads) + 1))]
    for preset in dict.fromkeys(film.preset for film in films):
        cells = []
        for figure in figures:
            for split in splits:
                chosen = [film for film in films if film.preset == preset and split.takes(film.sample)]
                values = [value for film in chosen if (value := figure.of(film)) is not None]
                cells.append(f"{max(values):.2f}" if values else "none")
        lines.append(line([f"`{preset}`", *cells]))
    return lines


def _worst(figures: Sequence[FilmFigure], films: Sequence[FilmFigures]) -> list[str]:
    """Of each figure the film that has most of it."""
    lines = []
    for figure in figures:
        told = [(value, film) for film in films if (value := figure.of(film)) is not None]
        if told:
            value, film = max(told, key=lambda each: each[0])
            lines.append(f"- Most {figure.label}: {value:.3f}, `{film.preset}` on {film.sample.name}.")
    return lines
