"""What is measured of films, with an animator that is drawn here."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.domain.errors import InvalidInput
from backend.engines.animation_api import AnimateOptions, Animation, Driving, MotionCurve
from backend.engines.api import Checkpoint
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.evaluation.moving import MovingFigures, find_labelled, in_a_row, measure_photo
from backend.evaluation.moving_rows import face_rows, film_rows
from backend.media.types import RgbImage
from tests.builders import a_portrait

NOD = MotionCurve(fps=25.0, channels={"pitch": (0.0, 0.05, 0.12, 0.05)})
SHAKE = MotionCurve(fps=25.0, channels={"yaw": (0.0, 0.1, 0.0, -0.1, -0.05)})
CURVES = {"nod": NOD, "shake": SHAKE}


class _Spoiled(BuiltinAnimator):
    """The animator, with every frame changed afterwards."""

    def __init__(self, spoil: Callable[[RgbImage, int], RgbImage]) -> None:
        super().__init__()
        self._spoil = spoil

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        film = super().animate(portrait, driving, options, checkpoint)
        frames = (self._spoil(frame, index) for index, frame in enumerate(film.frames))
        return Animation(
            width_px=film.width_px,
            height_px=film.height_px,
            fps=film.fps,
            frame_count=film.frame_count,
            frames=frames,
            faces=film.faces,
            notes=film.notes,
        )


def _folder(tmp_path: Path, accepted: list[int], box: list[float]) -> Path:
    (tmp_path / "photos").mkdir()
    Image.fromarray(a_portrait()).save(tmp_path / "photos" / "01_drawn.png")
    facts = {"accept_counts": accepted, "faces": [{"box": box}]}
    (tmp_path / "faces.json").write_text(json.dumps({"photos": {"photos/01_drawn.png": facts}}), "utf-8")
    return tmp_path


def _figures(tmp_path: Path, animator: BuiltinAnimator | None = None) -> MovingFigures:
    height, width = a_portrait().shape[:2]
    (photo,) = find_labelled(_folder(tmp_path, [1], [0.0, 0.0, width, height]))
    return measure_photo(photo, animator or BuiltinAnimator(), CURVES)


def _row(label: str, figures: MovingFigures) -> float | None:
    rows = (*face_rows(), *film_rows(["nod", "shake"]))
    return next(row.value([figures]) for row in rows if row.label == label)


def test_one_curve_plays_them_all() -> None:
    row = in_a_row([NOD, SHAKE])

    assert row.frame_count == 9
    assert row.channels["pitch"] == (0.0, 0.05, 0.12, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_a_good_film_has_good_figures(tmp_path: Path) -> None:
    figures = _figures(tmp_path)

    assert _row("photos with a fair number of faces, share", figures) == 1.0
    assert _row("moved faces that are none", figures) == 0
    assert _row("expressions that start at the photo, share", figures) == 1.0
    assert _row("expressions whose end joins their start, share", figures) == 1.0
    assert _row("photos that keep all but the faces, share", figures) == 1.0


def test_a_face_where_none_was_marked_is_false(tmp_path: Path) -> None:
    (photo,) = find_labelled(_folder(tmp_path, [0], [0.0, 0.0, 5.0, 5.0]))

    figures = measure_photo(photo, BuiltinAnimator(), CURVES)

    assert (figures.is_count_accepted, figures.false_count) == (False, 1)


def test_a_changed_corner_is_seen(tmp_path: Path) -> None:
    def spoil(frame: RgbImage, index: int) -> RgbImage:
        frame[-1, -1] = 255 - frame[-1, -1] if index == 2 else frame[-1, -1]
        return frame

    assert not _figures(tmp_path, _Spoiled(spoil)).keeps_the_rest


def test_a_first_frame_that_is_not_the_photo_is_seen(tmp_path: Path) -> None:
    figures = _figures(tmp_path, _Spoiled(lambda frame, index: frame // 2))

    assert not any(film.starts_at_photo for film in figures.expressions.values())


def test_a_trembling_film_bends_more_than_its_curve(tmp_path: Path) -> None:
    smooth, trembling = tmp_path / "smooth", tmp_path / "trembling"
    smooth.mkdir()
    trembling.mkdir()

    def spoil(frame: RgbImage, index: int) -> RgbImage:
        return np.roll(frame, 2 * (index % 2), axis=0)

    steady = _row("`shake`: trembling", _figures(smooth))
    shaken = _row("`shake`: trembling", _figures(trembling, _Spoiled(spoil)))

    assert steady is not None and shaken is not None
    assert steady < 1.2 < shaken


def test_a_list_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "faces.json").write_text("[]", "utf-8")

    with pytest.raises(InvalidInput):
        find_labelled(tmp_path)


def test_films_smaller_than_their_photo_are_not_counted_as_starting_with_it(tmp_path: Path) -> None:
    figures = _figures(tmp_path)
    smaller = {slug: replace(film, starts_at_photo=None) for slug, film in figures.expressions.items()}
    label = "expressions that start at the photo, share"

    assert _row(label, figures) == 1.0
    assert _row(label, replace(figures, expressions=smaller)) is None
