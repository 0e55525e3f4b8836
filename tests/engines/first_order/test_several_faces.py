"""Faces that move together: one rest for all of them, one rate, and a loop only where all of them close."""

from collections.abc import Callable

import numpy as np
import pytest

from backend.domain.errors import InvalidOption
from backend.engines.animation_api import AnimateOptions, DrivingClip, FaceCurves
from backend.engines.api import no_checkpoint
from backend.engines.faces.boxes import FoundFace
from backend.engines.first_order.crops import cut_square, square_around
from backend.engines.first_order.driven_motion import DrivenMotion
from backend.engines.first_order.engine import FirstOrderAnimator
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.seams import KeypointArrays
from backend.engines.first_order.templates import TemplateShelf
from backend.media.types import RgbImage
from tests.builders import a_photo, a_portrait
from tests.engines.first_order.motions import driven
from tests.engines.first_order.stages import SIDE_PX, Found, OneNetwork, a_clip, a_preset, an_engine, filmed

SMALL = FoundFace(id=0, box=(30.0, 60.0, 110.0, 140.0), score=0.9)
LARGE = FoundFace(id=1, box=(146.0, 46.0, 234.0, 134.0), score=0.9)


def a_pair() -> RgbImage:
    """Two faces side by side, where the boxes are."""
    face = a_portrait()[45:175, 70:200]
    photo = a_photo(260, 200)
    photo[40:170, 5:135], photo[30:160, 125:255] = face, face[:, ::-1]
    return photo


def followed(motion: DrivenMotion) -> FirstOrderAnimator:
    """An engine to which every clip is this motion."""

    class Known(TemplateShelf):
        def kept(
            self, detector: str, sha256: str, origin: str, make: Callable[[], DrivenMotion]
        ) -> DrivenMotion:
            return motion

    return FirstOrderAnimator(OneNetwork(), Found(SMALL, LARGE), Known(None))


def own_clip() -> DrivingClip:
    return a_clip(6, sha256="ab" * 32)


def as_seen(face: FoundFace) -> KeypointArrays:
    square = cut_square(a_pair(), square_around(face.box), SIDE_PX)
    return FakeMotionNetwork(side_px=SIDE_PX).encode(square).keypoints


def skewed(points: KeypointArrays) -> KeypointArrays:
    value = points.value.copy()
    value[..., 0] += 0.8 * value[..., 1] ** 2
    return KeypointArrays(value, points.jacobian)


def test_the_frame_at_rest_is_the_photo_though_each_face_is_nearest_to_another_frame() -> None:
    small, large = as_seen(SMALL), as_seen(LARGE)
    order = (skewed(small), skewed(small), small, skewed(large), large, skewed(small))
    seen = KeypointArrays(
        np.concatenate([points.value for points in order]),
        np.concatenate([points.jacobian for points in order]),
    )
    engine = followed(driven(seen, is_own=True))

    alone = [
        filmed(a_pair(), own_clip(), AnimateOptions(faces=(face,)), engine)[0].rest_frame for face in (0, 1)
    ]
    together, frames = filmed(a_pair(), own_clip(), engine=engine)

    assert alone[0] != alone[1]
    assert together.rest_frame == alone[1]  # the larger one's
    assert "clip_rest_chosen" in together.notes
    assert np.array_equal(frames[together.rest_frame], a_pair())
    assert together.quality().start == 0.0


def test_a_film_closes_where_every_face_has_come_around() -> None:
    def loop(first: int, second: int) -> float | None:
        curves = FaceCurves(curves={0: a_preset(first), 1: a_preset(second, axis=0)})
        film, _ = filmed(a_pair(), curves, engine=an_engine(Found(SMALL, LARGE)))
        return film.quality().loop

    assert loop(6, 3) is not None
    assert loop(6, 4) is None


def test_clips_of_two_rates_cannot_move_one_photo() -> None:
    slow, fast = a_preset(6), a_clip(6, fps=30.0)
    curves = FaceCurves(
        curves={0: slow, 1: type(slow)(fps=25.0, channels=slow.channels, open_clip=lambda: fast)}
    )

    with pytest.raises(InvalidOption, match="one frame rate"):
        an_engine(Found(SMALL, LARGE)).animate(a_pair(), curves, AnimateOptions(), no_checkpoint)
