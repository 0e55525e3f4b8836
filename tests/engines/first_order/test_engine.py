"""Films of the first-order engine on a network without weights: who moves, what stays, when it ends."""

from collections.abc import Iterator

import numpy as np
import pytest

from backend.domain.errors import InvalidOption, JobCancelled, NoFaceFound, WeightsMissing
from backend.domain.jobs import Stage
from backend.engines.animation_api import AnimateMode, AnimateOptions, Border, FaceCurves, MotionCurve
from backend.engines.api import no_checkpoint
from backend.engines.faces.boxes import FoundFace
from backend.engines.first_order.engine import FirstOrderAnimator
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.seams import KeypointArrays, MotionNetwork, MovedFace, Source
from backend.engines.first_order.templates import TemplateShelf
from backend.media.types import Mask, RgbImage
from tests.builders import a_photo, a_portrait
from tests.engines.first_order.stages import (
    PORTRAIT_FACE,
    SIDE_PX,
    Found,
    OneNetwork,
    a_preset,
    an_engine,
    filmed,
)

PAIR = (
    FoundFace(id=0, box=(30.0, 60.0, 110.0, 140.0), score=0.9),
    FoundFace(id=1, box=(150.0, 50.0, 230.0, 130.0), score=0.9),
)


def a_pair() -> RgbImage:
    """Two faces side by side, where `PAIR` says."""
    face = a_portrait()[45:175, 70:200]
    photo = a_photo(260, 200)
    photo[40:170, 5:135], photo[30:160, 125:255] = face, face[:, ::-1]
    return photo


def test_the_first_frame_is_the_photo_and_the_others_are_not() -> None:
    photo = a_portrait()

    animation, frames = filmed(photo, a_preset(6))

    assert np.array_equal(frames[0], photo)
    assert len(frames) == animation.frame_count == 6
    assert all((frame != photo).any() for frame in (frames[1], frames[2], frames[4]))


def test_a_film_says_what_it_is() -> None:
    animation, frames = filmed(a_portrait(), a_preset(4, fps=24.0))

    assert (animation.fps, animation.model) == (24.0, "fake")
    assert (animation.width_px, animation.height_px) == frames[0].shape[1::-1] == (256, 256)
    assert [(face.id, face.used, face.note) for face in animation.faces] == [(0, True, None)]
    assert animation.notes == ()


def test_no_pixel_far_from_the_face_changes() -> None:
    photo = np.pad(a_portrait(), ((0, 0), (0, 300), (0, 0)), mode="reflect")

    _, frames = filmed(photo, a_preset())

    assert all(np.array_equal(frame[:, 230:], photo[:, 230:]) for frame in frames)
    assert any((frame[:, :230] != photo[:, :230]).any() for frame in frames)


def test_a_film_is_measured_while_it_is_made() -> None:
    animation, _ = filmed(a_portrait(), a_preset())

    quality = animation.quality()

    assert (quality.start, quality.outside) == (0.0, 0.0)
    assert quality.jitter is not None and quality.loop is not None


def test_intensity_zero_holds_still() -> None:
    photo = a_portrait()

    _, frames = filmed(photo, a_preset(), AnimateOptions(intensity=0.0))

    assert all(np.array_equal(frame, photo) for frame in frames)


def test_more_intensity_moves_further() -> None:
    photo = a_portrait().astype(np.int16)

    def change(intensity: float) -> float:
        _, frames = filmed(a_portrait(), a_preset(), AnimateOptions(intensity=intensity))
        return float(np.abs(frames[1] - photo).mean())

    assert change(0.5) < change(1.0) < change(1.5)


def test_the_same_film_twice_is_the_same_bytes() -> None:
    (_, one), (_, other) = (filmed(a_portrait(), a_preset()) for _ in range(2))

    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_every_face_moves_and_each_as_if_the_other_stood_still() -> None:
    photo, find = a_pair(), Found(*PAIR)

    _, both = filmed(photo, a_preset(), engine=an_engine(find))
    _, left = filmed(photo, a_preset(), AnimateOptions(faces=(0,)), an_engine(find))
    _, right = filmed(photo, a_preset(), AnimateOptions(faces=(1,)), an_engine(find))

    for together, one, other in zip(both, left, right, strict=True):
        changed = (one != photo).any(axis=-1)
        assert not (changed & (other != photo).any(axis=-1)).any()
        assert np.array_equal(together, np.where(changed[..., None], one, other))
    assert (left[1] != photo).any() and (right[1] != photo).any()


def test_each_face_has_its_own_preset_and_the_shorter_one_starts_again() -> None:
    photo, find = a_pair(), Found(*PAIR)
    curves = FaceCurves(curves={0: a_preset(6), 1: a_preset(3, axis=0)})

    animation, frames = filmed(photo, curves, engine=an_engine(find))
    _, alone = filmed(photo, a_preset(3, axis=0), AnimateOptions(faces=(1,)), an_engine(find))

    assert animation.frame_count == len(frames) == 6
    for index, frame in enumerate(frames):
        assert np.array_equal(frame[:, 165:], alone[index % 3][:, 165:])


def test_a_face_without_a_motion_is_an_error() -> None:
    curves = FaceCurves(curves={0: a_preset()})

    with pytest.raises(InvalidOption, match="face 1"):
        filmed(a_pair(), curves, engine=an_engine(Found(*PAIR)))


def test_faces_that_cannot_move_are_named() -> None:
    tiny = FoundFace(id=1, box=(200.0, 10.0, 208.0, 18.0), score=0.9)

    animation, _ = filmed(a_portrait(), a_preset(), engine=an_engine(Found(PORTRAIT_FACE, tiny)))

    assert [(face.used, face.note) for face in animation.faces] == [(True, None), (False, "too_small")]
    assert animation.notes == ("faces_left_alone",)


def test_no_face_is_said_before_the_first_frame() -> None:
    with pytest.raises(NoFaceFound):
        an_engine(Found()).animate(a_photo(), a_preset(), AnimateOptions(), no_checkpoint)


def test_a_curve_without_a_clip_cannot_be_followed() -> None:
    curve = MotionCurve(fps=25.0, channels={"smile": [0.0, 0.1]})

    with pytest.raises(InvalidOption, match="no clip"):
        an_engine().animate(a_portrait(), curve, AnimateOptions(), no_checkpoint)


@pytest.mark.parametrize(("size", "side_px"), [("photo", 512), ("720", 512), ("face", None)])
def test_a_film_has_the_size_that_is_asked_for(size: str, side_px: int | None) -> None:
    photo = a_portrait().repeat(2, axis=0).repeat(2, axis=1)

    animation, frames = filmed(photo, a_preset(2), AnimateOptions(size=size))  # type: ignore[arg-type]  # a parameter

    assert animation.width_px == animation.height_px == frames[0].shape[0]
    assert animation.width_px % 2 == 0
    assert animation.width_px == side_px if side_px else animation.width_px < 512


def test_an_odd_photo_smaller_in_the_film_starts_as_itself() -> None:
    photo = np.pad(a_portrait(), ((0, 45), (0, 1200), (0, 0)), mode="reflect")

    animation, frames = filmed(photo, a_preset(3))
    _, still = filmed(photo, a_preset(3), AnimateOptions(intensity=0.0))

    assert (animation.width_px, animation.height_px) == (1280, 266)
    assert np.array_equal(frames[0], still[0])
    assert (frames[1] != still[1]).any()


def test_a_face_crop_is_not_searched() -> None:
    animation, frames = filmed(
        a_portrait(), a_preset(), AnimateOptions(is_face_crop=True), an_engine(Found())
    )

    assert [face.used for face in animation.faces] == [True]
    assert np.array_equal(frames[0], a_portrait()) and (frames[1] != frames[0]).any()


def test_a_face_crop_that_is_not_square_is_an_error() -> None:
    with pytest.raises(InvalidOption, match="square"):
        filmed(a_photo(96, 64), a_preset(), AnimateOptions(is_face_crop=True))


def test_absolute_motion_goes_where_the_driver_is() -> None:
    _, frames = filmed(a_portrait(), a_preset(), AnimateOptions(relative=False))

    assert (frames[0] != a_portrait()).any()


def test_the_best_frame_is_the_photo() -> None:
    film, frames = filmed(a_portrait(), a_preset(), AnimateOptions(best_frame=2))

    assert film.rest_frame == 2
    assert np.array_equal(frames[2], a_portrait())
    assert (frames[0] != a_portrait()).any()


def test_a_cancelled_film_stops_at_once() -> None:
    class Cancelled:
        frames = 0

        def __call__(self, stage: Stage, fraction: float) -> None:
            if stage is Stage.RENDER:
                self.frames += 1
                if self.frames > 2:
                    raise JobCancelled

    cancelled = Cancelled()

    with pytest.raises(JobCancelled):
        filmed(a_portrait(), a_preset(40), checkpoint=cancelled)

    assert cancelled.frames == 3


def test_a_long_film_is_drawn_as_it_is_read() -> None:
    class Counting(FakeMotionNetwork):
        drawn = 0

        def move(
            self,
            source: Source,
            to: KeypointArrays,
            *,
            border: Border,
            still: Mask | None = None,
            mode: AnimateMode = "best",
        ) -> Iterator[MovedFace]:
            for moved in super().move(source, to, border=border, still=still, mode=mode):
                self.drawn += 1
                yield moved

    network = Counting(side_px=SIDE_PX)
    animation = an_engine(network=network).animate(
        a_portrait(), a_preset(200), AnimateOptions(), no_checkpoint
    )

    next(animation.frames)

    # One at rest, then one that is read, those being composited, and a few ahead of them.
    assert network.drawn <= 12


def test_progress_goes_from_faces_over_motion_to_frames() -> None:
    seen: list[tuple[Stage, float]] = []

    filmed(a_portrait(), a_preset(3), checkpoint=lambda stage, fraction: seen.append((stage, fraction)))

    stages = [stage for stage, _ in seen]
    assert stages == sorted(stages, key=[Stage.FACES, Stage.MOTION, Stage.RENDER].index)
    assert seen[-1] == (Stage.RENDER, 1.0)
    assert stages.count(Stage.RENDER) == 4


def test_the_mode_goes_to_the_networks_and_missing_weights_come_first() -> None:
    models = OneNetwork()
    FirstOrderAnimator(models, Found(PORTRAIT_FACE), TemplateShelf(None)).animate(
        a_portrait(), a_preset(), AnimateOptions(mode="fast"), no_checkpoint
    )

    class Nothing:
        def network(self, mode: AnimateMode) -> MotionNetwork:
            raise WeightsMissing("there is no vox-cpk")

    assert models.modes == ["fast"]
    with pytest.raises(WeightsMissing):
        FirstOrderAnimator(Nothing(), Found(), TemplateShelf(None)).animate(
            a_photo(), a_preset(), AnimateOptions(), no_checkpoint
        )
