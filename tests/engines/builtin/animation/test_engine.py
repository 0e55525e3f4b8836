from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from backend.domain.errors import InvalidOption, JobCancelled, NoFaceFound
from backend.domain.jobs import Stage
from backend.engines.animation_api import (
    AnimateOptions,
    Animation,
    Animator,
    FaceCurves,
    FilmSize,
    MotionCurve,
)
from backend.engines.api import FaceInfo, no_checkpoint
from backend.engines.builtin.animation.coefficients import LIMITS
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.engines.builtin.animation.presets import RECIPES, PresetRecipe
from backend.media.types import RgbImage
from tests.builders import a_photo, a_portrait
from tests.shared_data import SHARED, needs_shared

SMILE = MotionCurve(fps=25.0, channels={"smile": (0.0, 0.5, 1.0), "blink_left": (0.0, 0.0, 1.0)})


def _two_people() -> RgbImage:
    return np.concatenate([a_portrait(), a_portrait()[:, ::-1]], axis=1)


def _animate(photo: RgbImage, options: AnimateOptions | None = None, curve: MotionCurve = SMILE) -> Animation:
    return BuiltinAnimator().animate(photo, curve, options or AnimateOptions(), no_checkpoint)


def test_is_an_animator_with_a_name_and_a_version() -> None:
    animator: Animator = BuiltinAnimator()

    assert (animator.name, animator.version) == ("builtin", "2")


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


def test_a_face_crop_leaves_alone_who_is_not_in_it() -> None:
    group = np.concatenate(
        [a_portrait(), np.pad(a_portrait()[::2, ::2], ((128, 0), (400, 0), (0, 0)))], axis=1
    )

    animation = _animate(group, AnimateOptions(size="face"))

    assert [face.used for face in animation.faces] == [True, False]
    frames = list(animation.frames)
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


@pytest.mark.parametrize(
    "curve", [MotionCurve(fps=25.0, channels={}), replace(SMILE, channels={"ears": (0.0,)})]
)
def test_a_motion_that_no_face_can_make_is_refused_before_the_first_frame(curve: MotionCurve) -> None:
    with pytest.raises(InvalidOption):
        _animate(a_portrait(), curve=curve)


def test_the_number_of_threads_changes_no_pixel(threads: Callable[[int], None]) -> None:
    def film(count: int) -> list[bytes]:
        threads(count)
        return [frame.tobytes() for frame in _animate(_two_people()).frames]

    assert film(1) == film(3)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.slug)
def test_no_expression_changes_anything_away_from_the_faces(recipe: PresetRecipe) -> None:
    photo = np.pad(a_portrait(), ((160, 160), (200, 120), (0, 0)), mode="reflect")
    photo[: 160 + 20], photo[-80:], photo[:, :140], photo[:, -60:] = 90, 90, 90, 90  # one face is left
    whole = recipe.curve()
    some = replace(whole, channels={name: values[::6] for name, values in whole.channels.items()})

    animation = _animate(photo, AnimateOptions(intensity=1.5), some)

    first, *others = animation.frames
    away = _away_from(photo, animation.faces)
    assert np.array_equal(first, photo)
    assert away.mean() > 0.2
    for frame in others:
        assert (frame != photo).any()
        assert np.array_equal(frame[away], photo[away])


@needs_shared("data/photos")
def test_in_a_group_every_face_moves_and_nothing_else() -> None:
    with Image.open(SHARED / "data" / "photos" / "07_group7_1910_bw.jpg") as file:
        photo = np.asarray(file.convert("RGB"))
    widest = {name: (0.0, low, high) for name, (low, high) in LIMITS.items()}

    animation = _animate(photo, AnimateOptions(size="photo"), MotionCurve(fps=25.0, channels=widest))

    first, *others = animation.frames
    away = _away_from(photo, animation.faces)
    assert len(animation.faces) == 7 and all(face.used for face in animation.faces)
    assert np.array_equal(first, photo)
    for frame in others:
        assert np.array_equal(frame[away], photo[away])
        for x1, y1, x2, y2 in (tuple(map(int, face.box)) for face in animation.faces):
            assert (frame[y1:y2, x1:x2] != photo[y1:y2, x1:x2]).mean() > 0.3


@pytest.mark.parametrize("shape", [(16, 16, 3), (1, 5000, 3), (5000, 1, 3), (1, 1, 3), (400, 300, 3)])
@pytest.mark.parametrize("filled", [0, 255, None])
def test_a_picture_of_nothing_is_refused(shape: tuple[int, int, int], filled: int | None) -> None:
    noise = np.random.default_rng(0).integers(0, 256, shape, np.uint8)

    with pytest.raises(NoFaceFound):
        _animate(noise if filled is None else np.full(shape, filled, np.uint8))


@pytest.mark.parametrize("cut", [np.s_[58:172, 76:182], np.s_[66:, :], np.s_[:166, :], np.s_[:, 84:]])
def test_a_face_that_fills_or_leaves_the_picture_is_drawn_or_refused(cut: tuple[slice, slice]) -> None:
    photo = np.ascontiguousarray(a_portrait()[cut])

    try:
        first, *others = _animate(photo, AnimateOptions(intensity=1.5)).frames
    except NoFaceFound:
        return
    height, width = photo.shape[:2]
    assert np.array_equal(first[:height, :width], photo)
    assert all(frame.shape == first.shape for frame in others)


def _away_from(photo: RgbImage, faces: Sequence[FaceInfo]) -> npt.NDArray[np.bool_]:
    """The pixels further from every face's box than a head with its neck and shoulders reaches."""
    y, x = np.indices(photo.shape[:2])
    away = np.ones(photo.shape[:2], bool)
    for x1, y1, x2, y2 in (face.box for face in faces):
        side = x2 - x1
        away &= (np.abs(x - (x1 + x2) / 2) > 1.05 * side) | (y < y1 - 0.65 * side) | (y > y2 + 0.75 * side)
    return away


def test_options_are_checked_where_they_are_made() -> None:
    with pytest.raises(InvalidOption):
        replace(AnimateOptions(), intensity=2.0)


def test_every_face_moves_by_its_own_curve() -> None:
    photo = _two_people()
    still = MotionCurve(fps=25.0, channels={"smile": (0.0,)})
    curves = {0: SMILE, 1: still}

    animation = BuiltinAnimator().animate(photo, FaceCurves(curves=curves), AnimateOptions(), no_checkpoint)
    frames = list(animation.frames)

    (left, right) = (photo[:, :256], photo[:, 256:])
    mover, stiller = ((0, 256), left), ((256, 512), right)
    if animation.faces[0].box[0] >= 256:
        mover, stiller = stiller, mover
    assert len(frames) == SMILE.frame_count
    assert (frames[2][:, slice(*mover[0])] != mover[1]).any()
    assert np.array_equal(frames[2][:, slice(*stiller[0])], stiller[1])


def test_a_face_without_a_curve_of_its_own_is_an_invalid_option() -> None:
    with pytest.raises(InvalidOption):
        BuiltinAnimator().animate(
            _two_people(), FaceCurves(curves={0: SMILE}), AnimateOptions(faces=(0, 1)), no_checkpoint
        )
