from dataclasses import replace

import numpy as np
import pytest

from backend.domain.errors import InvalidOption, JobCancelled, NoFaceFound
from backend.domain.jobs import Stage
from backend.engines.api import AnimateOptions, Animation, Animator, FilmSize, MotionCurve, no_checkpoint
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.media.types import RgbImage
from tests.builders import a_photo, a_portrait

SMILE = MotionCurve(fps=25.0, channels={"smile": (0.0, 0.5, 1.0), "blink_left": (0.0, 0.0, 1.0)})


def _two_people() -> RgbImage:
    return np.concatenate([a_portrait(), a_portrait()[:, ::-1]], axis=1)


def _animate(photo: RgbImage, options: AnimateOptions | None = None, curve: MotionCurve = SMILE) -> Animation:
    return BuiltinAnimator().animate(photo, curve, options or AnimateOptions(), no_checkpoint)


def test_is_an_animator_with_a_name_and_a_version() -> None:
    animator: Animator = BuiltinAnimator()

    assert (animator.name, animator.version) == ("builtin", "1")


def test_film_has_the_curves_rate_and_length_and_the_photos_size() -> None:
    animation = _animate(a_portrait())

    frames = list(animation.frames)
    assert (animation.width_px, animation.height_px) == (256, 256)
    assert (animation.fps, animation.frame_count, len(frames)) == (25.0, 3, 3)
    assert all(frame.dtype == np.uint8 and frame.shape == (256, 256, 3) for frame in frames)


def test_first_frame_is_the_photo_and_the_others_are_not() -> None:
    first, second, third = _animate(a_portrait()).frames

    assert np.array_equal(first, a_portrait())
    assert (second != first).any()
    assert (third != second).any()


def test_nothing_outside_the_faces_changes() -> None:
    photo = np.pad(a_portrait(), ((0, 200), (0, 300), (0, 0)), mode="edge")

    for frame in _animate(photo).frames:
        assert np.array_equal(frame[:, 256:], photo[:, 256:])
        assert np.array_equal(frame[256:], photo[256:])


def test_an_odd_photo_is_padded_by_repeating_its_edge() -> None:
    photo = a_portrait()[:255, :253]

    animation = _animate(photo)

    first = next(animation.frames)
    assert first.shape == (256, 254, 3)
    assert np.array_equal(first[:255, :253], photo)
    assert np.array_equal(first[255], first[254])
    assert np.array_equal(first[:, 253], first[:, 252])


def test_intensity_nought_is_a_still_film() -> None:
    frames = list(_animate(a_portrait(), AnimateOptions(intensity=0.0)).frames)

    assert all(np.array_equal(frame, a_portrait()) for frame in frames)


def test_intensity_scales_the_motion() -> None:
    def difference(intensity: float) -> float:
        frames = list(_animate(a_portrait(), AnimateOptions(intensity=intensity)).frames)
        return float(np.abs(frames[1].astype(float) - a_portrait()).sum())

    assert difference(0.4) < difference(1.0)


def test_all_faces_move_unless_told_otherwise() -> None:
    animation = _animate(_two_people())

    last = list(animation.frames)[-1]
    assert [face.used for face in animation.faces] == [True, True]
    assert (last[:, :256] != _two_people()[:, :256]).any()
    assert (last[:, 256:] != _two_people()[:, 256:]).any()


def test_only_the_chosen_face_moves() -> None:
    animation = _animate(_two_people(), AnimateOptions(faces=(1,)))

    last = list(animation.frames)[-1]
    assert [face.used for face in animation.faces] == [False, True]
    assert np.array_equal(last[:, :200], _two_people()[:, :200])


def test_largest_moves_one_face() -> None:
    animation = _animate(_two_people(), AnimateOptions(faces="largest"))

    assert sum(face.used for face in animation.faces) == 1


@pytest.mark.parametrize("faces", [(7,), (0, 2), ()])
def test_a_face_that_is_not_there_is_a_bad_option(faces: tuple[int, ...]) -> None:
    with pytest.raises(InvalidOption) as caught:
        _animate(a_portrait(), AnimateOptions(faces=faces))

    assert caught.value.option == "faces"


def test_a_picture_without_a_face_is_refused_before_the_first_frame() -> None:
    with pytest.raises(NoFaceFound):
        _animate(a_photo(320, 240))


def test_boxes_are_in_pixels_of_the_photo_whatever_the_film_size() -> None:
    large = np.repeat(np.repeat(a_portrait(), 6, axis=0), 6, axis=1)  # 1536 px

    animation = _animate(large)

    assert animation.width_px == 1280
    assert animation.faces[0].box[2] > 900
    next(animation.frames)


@pytest.mark.parametrize("size", ["auto", "photo", "1080", "720", "face"])
def test_each_size_gives_frames_of_the_size_it_says(size: FilmSize) -> None:
    animation = _animate(a_portrait()[:251], AnimateOptions(size=size))

    for frame in animation.frames:
        assert frame.shape == (animation.height_px, animation.width_px, 3)
    assert animation.width_px % 2 == animation.height_px % 2 == 0


def test_a_face_crop_shows_the_face_moving() -> None:
    animation = _animate(
        np.pad(a_portrait(), ((0, 0), (300, 300), (0, 0)), mode="edge"), AnimateOptions(size="face")
    )

    frames = list(animation.frames)
    assert animation.width_px < 300
    assert (frames[-1] != frames[0]).any()


def test_progress_is_reported_face_by_face_and_frame_by_frame() -> None:
    seen: list[tuple[Stage, float]] = []

    def note(stage: Stage, fraction: float) -> None:
        seen.append((stage, fraction))

    list(BuiltinAnimator().animate(a_portrait(), SMILE, AnimateOptions(), note).frames)

    render = [fraction for stage, fraction in seen if stage is Stage.RENDER]
    assert seen[0] == (Stage.FACES, 0.0)
    assert render == [0.0, pytest.approx(1 / 3), pytest.approx(2 / 3), 1.0]


def test_a_cancelled_job_stops_between_frames() -> None:
    def stop(stage: Stage, fraction: float) -> None:
        if stage is Stage.RENDER and fraction > 0:
            raise JobCancelled

    frames = BuiltinAnimator().animate(a_portrait(), SMILE, AnimateOptions(), stop).frames

    next(frames)
    with pytest.raises(JobCancelled):
        next(frames)


def test_frames_do_not_share_memory_with_the_photo() -> None:
    photo = a_portrait()
    for frame in _animate(photo).frames:
        frame[:] = 0

    assert np.array_equal(photo, a_portrait())


def test_the_same_request_gives_the_same_film() -> None:
    first = list(_animate(_two_people()).frames)
    again = list(_animate(_two_people()).frames)

    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))


def test_options_are_checked_where_they_are_made() -> None:
    with pytest.raises(InvalidOption):
        replace(AnimateOptions(), intensity=2.0)
