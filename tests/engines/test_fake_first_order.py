"""The instant animator shows what it was asked for."""

import numpy as np
import pytest

from backend.domain.errors import InvalidOption
from backend.engines.animation_api import (
    AnimateOptions,
    Animation,
    Driving,
    FaceCurves,
    MotionCurve,
)
from backend.engines.api import no_checkpoint
from backend.engines.fake_first_order import CLIP_CHECKS, QUALITY, SIDE_PX, FakeFirstOrder
from tests.builders import a_photo
from tests.engines.first_order.stages import a_clip

CURVE = MotionCurve(fps=25.0, channels={"smile": [0.0, 0.5, 0.2]})


def a_film(driving: Driving = CURVE, options: AnimateOptions | None = None) -> Animation:
    return FakeFirstOrder().animate(a_photo(), driving, options or AnimateOptions(), no_checkpoint)


def test_a_film_has_a_model_and_a_quality() -> None:
    film = a_film()

    assert (film.model, film.quality(), film.clip_checks) == ("vox-adv-cpk", QUALITY, ())
    assert len(list(film.frames)) == film.frame_count == 3
    assert [face.used for face in film.faces] == [True]


@pytest.mark.parametrize(
    "options",
    [AnimateOptions(mode="fast"), AnimateOptions(relative=False), AnimateOptions(best_frame="first")],
)
def test_options_change_the_frames(options: AnimateOptions) -> None:
    usual, other = next(a_film().frames), next(a_film(options=options).frames)

    assert usual.shape == other.shape
    assert (np.maximum(usual, 4) - 4 == other).all()


def test_a_clip_has_checks_and_notes() -> None:
    film = a_film(a_clip(), AnimateOptions(best_frame=2))

    assert film.clip_checks == CLIP_CHECKS
    assert film.notes == ("clip_shaky", "clip_rest_chosen")


def test_parity_is_a_square_without_faces() -> None:
    film = a_film(options=AnimateOptions(mode="parity"))

    assert next(film.frames).shape == (SIDE_PX, SIDE_PX, 3)
    assert film.faces == ()


def test_a_face_without_a_motion_is_an_error() -> None:
    with pytest.raises(InvalidOption):
        a_film(FaceCurves(curves={1: CURVE}))
