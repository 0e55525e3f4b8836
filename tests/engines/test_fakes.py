import numpy as np
import pytest

from backend.engines.animation_api import AnimateOptions, MotionCurve
from backend.engines.api import RestoreOptions, SourcePhoto, no_checkpoint
from backend.engines.fakes import FakeAnimator, FakePrintCutter, FakeRestorer, motion_colour
from backend.evaluation.following import as_clip
from tests.builders import a_photo
from tests.fakes import RecordingCheckpoint

NOD = MotionCurve(fps=10.0, channels={"pitch": [0.0, 0.1, 0.0]})


@pytest.mark.parametrize(
    "options",
    [
        RestoreOptions(upscale="1"),
        RestoreOptions(scratches="off"),
        RestoreOptions(colour="keep"),
        RestoreOptions(colour="neutral"),
    ],
)
def test_every_restore_option_changes_what_is_made(options: RestoreOptions) -> None:
    photo = a_photo()
    usual = FakeRestorer().restore(SourcePhoto(pixels=photo), RestoreOptions(), no_checkpoint)

    other = FakeRestorer().restore(SourcePhoto(pixels=photo), options, no_checkpoint)

    same_image = np.array_equal(usual.image, other.image)
    same_mask = (usual.scratch_mask is None) is (other.scratch_mask is None)
    assert not (same_image and same_mask)


def test_a_film_is_in_the_colour_of_its_motion() -> None:
    film = FakeAnimator().animate(a_photo(), NOD, AnimateOptions(), no_checkpoint)
    frames = list(film.frames)

    assert len(frames) == film.frame_count == 3
    assert all((frame == motion_colour(NOD)).all() for frame in frames)
    assert frames[0].shape == (film.height_px, film.width_px, 3)


def test_a_clip_makes_a_gray_film() -> None:
    clip = as_clip([a_photo()] * 2)

    assert motion_colour(clip) == (128, 128, 128)


def test_the_animator_listens_before_every_frame() -> None:
    checkpoint = RecordingCheckpoint()

    list(FakeAnimator().animate(a_photo(), NOD, AnimateOptions(), checkpoint).frames)

    assert len(checkpoint.calls) == 1 + NOD.frame_count


def test_the_print_cutter_cuts_out_what_it_finds() -> None:
    picture = a_photo()
    height_px, width_px = picture.shape[:2]

    (found,) = FakePrintCutter().find(picture, no_checkpoint)
    cut = FakePrintCutter().straighten(picture, found.corners, no_checkpoint)

    left, top = round(0.1 * width_px), round(0.1 * height_px)
    right, bottom = round(0.9 * width_px), round(0.9 * height_px)
    assert np.array_equal(cut.image, picture[top:bottom, left:right])
