"""What is wanted of the built-in animator, and the rows of figures that are held against it."""

from collections.abc import Callable, Sequence

from backend.evaluation.moving import ExpressionFigures, MovingFigures
from backend.evaluation.targets import Row, Target

_ALL, _NONE = Target(limit=1.0), Target(limit=0.0, is_ceiling=True)
_TREMBLING_WANTED = Target(limit=1.2, is_ceiling=True)


def face_rows() -> tuple[Row[MovingFigures], ...]:
    """Which faces are found."""
    return (
        Row(
            label="photos with a fair number of faces, share",
            value=_share(lambda each: each.is_count_accepted),
            target=Target(limit=0.9),
        ),
        Row(
            label="moved faces that are none",
            value=lambda figures: sum(each.false_count for each in figures),
            target=_NONE,
            form=".0f",
        ),
        Row(
            label="faces found",
            value=lambda figures: sum(len(each.found_px) for each in figures),
            form=".0f",
        ),
        Row(
            label="side of the smallest face found, px",
            value=lambda figures: min((px for each in figures for px in each.found_px), default=None),
            form=".0f",
        ),
    )


def film_rows(slugs: Sequence[str]) -> tuple[Row[MovingFigures], ...]:
    """What the films are like, pooled over the photos in which a face moves."""
    return (
        Row(
            label="expressions that start at the photo, share",
            value=_share_of_films(lambda film: film.starts_at_photo),
            target=_ALL,
        ),
        Row(
            label="expressions whose end joins their start, share",
            value=_share_of_films(lambda film: film.seam <= 1.0),
            target=_ALL,
        ),
        Row(
            label="photos that keep all but the faces, share",
            value=_share(lambda each: each.keeps_the_rest),
            target=_ALL,
        ),
        *(
            Row(label=f"`{slug}`: trembling", value=_trembling(slug), target=_TREMBLING_WANTED)
            for slug in slugs
        ),
    )


def _share(is_so: Callable[[MovingFigures], bool]) -> Callable[[Sequence[MovingFigures]], float | None]:
    return lambda figures: sum(map(is_so, figures)) / len(figures) if figures else None


def _share_of_films(
    is_so: Callable[[ExpressionFigures], bool | None],
) -> Callable[[Sequence[MovingFigures]], float | None]:
    def share(figures: Sequence[MovingFigures]) -> float | None:
        films = [film for each in figures for film in each.expressions.values()]
        told = [so for film in films if (so := is_so(film)) is not None]
        return sum(told) / len(told) if told else None

    return share


def _trembling(slug: str) -> Callable[[Sequence[MovingFigures]], float | None]:
    """How much more the skin's path bends than the curve asks for; 1 = not at all."""

    def ratio(figures: Sequence[MovingFigures]) -> float | None:
        films = [each.expressions[slug] for each in figures if slug in each.expressions]
        asked = sum(film.asked_bending for film in films)
        return sum(film.seen_bending for film in films) / asked if asked else None

    return ratio
