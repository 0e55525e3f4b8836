"""What is wanted of a film, figure by figure, and the rows that are held against it.

`good`: nobody sees it. `visible`: everybody does. Between the two it takes a second look.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from backend.evaluation.films import FilmFigures
from backend.evaluation.targets import Row, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFigure:
    """One figure of `FilmQuality`: what it is called there and on the page, and its limits."""

    name: str
    label: str
    good: float
    visible: float
    needs_training: bool  # says nothing about a film that random weights have drawn

    def of(self, film: FilmFigures) -> float | None:
        """Its value."""
        value: float | None = getattr(film.quality, self.name)
        return value


# Built-in films have at most 0.1, 0.2 px, 1.0, 1.1, 0, 1 and 0. Another person's face in the same photo has
# 0.3 to 1.0 of identity change.
FILM_FIGURES: Final = (
    FilmFigure(
        name="identity_change", label="identity change, 0 to 1", good=0.1, visible=0.2, needs_training=True
    ),
    FilmFigure(name="jitter", label="jitter, px at 256", good=0.4, visible=1.0, needs_training=True),
    FilmFigure(name="flicker", label="flicker, grey levels", good=1.2, visible=2.5, needs_training=True),
    FilmFigure(name="seam", label="seam, ratio", good=1.15, visible=1.5, needs_training=False),
    FilmFigure(name="outside", label="outside, grey levels", good=0.0, visible=2.0, needs_training=False),
    FilmFigure(name="loop", label="loop, ratio", good=1.5, visible=3.0, needs_training=False),
    FilmFigure(name="start", label="start, grey levels", good=0.5, visible=2.0, needs_training=False),
)


def figures_told(*, is_trained: bool) -> tuple[FilmFigure, ...]:
    """Those that say something about films of such weights."""
    return tuple(figure for figure in FILM_FIGURES if is_trained or not figure.needs_training)


def quality_rows(figures: Sequence[FilmFigure]) -> tuple[Row[FilmFigures], ...]:
    """The mean and the worst film of each figure."""
    return tuple(row for figure in figures for row in _rows_of(figure))


def _rows_of(figure: FilmFigure) -> tuple[Row[FilmFigures], ...]:
    return (
        Row(label=f"{figure.label}: mean", value=_pooled(figure, fmean)),
        Row(
            label=f"{figure.label}: worst",
            value=_pooled(figure, max),
            target=Target(limit=figure.good, is_ceiling=True),
        ),
    )


def _pooled(
    figure: FilmFigure, pool: Callable[[list[float]], float]
) -> Callable[[Sequence[FilmFigures]], float | None]:
    def pooled(films: Sequence[FilmFigures]) -> float | None:
        values = [value for film in films if (value := figure.of(film)) is not None]
        return pool(values) if values else None

    return pooled
