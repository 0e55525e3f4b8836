"""Films as an engine says they are: every expression on every photo, from the first frame to the last.

Apart from `moving.py`, which looks from outside and at one engine only: here any engine reports on itself,
with the stick that it has for everybody's films (`engines/film_watch.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from backend.domain.errors import NoFaceFound
from backend.domain.films import FilmQuality
from backend.engines.animation_api import AnimateOptions, Animator, MotionCurve
from backend.engines.api import no_checkpoint
from backend.evaluation.moving import LabelledPhoto
from backend.evaluation.samples import Sample, read_photo


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFigures:
    """One expression of one photo; all faces move."""

    sample: Sample
    preset: str
    quality: FilmQuality


def measure_films(
    photos: Sequence[LabelledPhoto],
    animator: Animator,
    curves: Mapping[str, MotionCurve],
    progress: Callable[[str, float], None],
) -> list[FilmFigures]:
    """Every expression on every photo in which a face can move. curves: slug -> one loop."""
    figures = []
    for index, photo in enumerate(photos):
        pixels = read_photo(photo.path)
        for preset_index, (preset, curve) in enumerate(curves.items()):
            done = (index + preset_index / len(curves)) / len(photos)
            progress(f"{photo.sample.name}, {preset}", done)
            try:
                film = animator.animate(pixels, curve, AnimateOptions(), no_checkpoint)
            except NoFaceFound:
                break
            for _ in film.frames:
                pass
            figures.append(FilmFigures(sample=photo.sample, preset=preset, quality=film.quality()))
    return figures
