"""The fake engine with faces keeps the promises that the real one makes to everything above it."""

import numpy as np
import pytest

from backend.domain.errors import InvalidOption
from backend.engines.api import FivePoints, RestoreOptions, SourcePhoto, no_checkpoint
from backend.engines.fake_gfpgan import FACE_PX, FakeGfpgan
from tests.builders import a_photo

PHOTO = SourcePhoto(pixels=a_photo())
POINTS: FivePoints = ((20.0, 20.0), (40.0, 20.0), (30.0, 30.0), (22.0, 40.0), (38.0, 40.0))


@pytest.mark.parametrize(
    "options",
    [
        RestoreOptions(upscale="1"),
        RestoreOptions(colour="keep"),
        RestoreOptions(colour="model"),
        RestoreOptions(model="v1.3"),
        RestoreOptions(model="restoreformer"),
        RestoreOptions(mode="fast"),
        RestoreOptions(mode="parity"),
        RestoreOptions(scope="faces"),
        RestoreOptions(background="realesrgan"),
        RestoreOptions(background="none"),
        RestoreOptions(fidelity=0.5),
        RestoreOptions(face_ids=(1,)),
        RestoreOptions(face_ids=()),
        RestoreOptions(face_ids="centre"),
    ],
    ids=str,
)
def test_every_option_changes_the_picture(options: RestoreOptions) -> None:
    usual = FakeGfpgan().restore(PHOTO, RestoreOptions(), no_checkpoint)

    other = FakeGfpgan().restore(PHOTO, options, no_checkpoint)

    assert not np.array_equal(usual.image, other.image)


@pytest.mark.parametrize("fidelity", [0.0, 0.3, 1.0])
def test_layers_blend_to_the_result_at_every_fidelity(fidelity: float) -> None:
    made = FakeGfpgan().restore(PHOTO, RestoreOptions(fidelity=fidelity), no_checkpoint)

    assert len(made.layers) == 2
    for layer in made.layers:
        height_px, width_px = layer.after.shape[:2]
        shown = made.image[layer.y : layer.y + height_px, layer.x : layer.x + width_px]
        assert np.array_equal(shown, np.rint((1 - fidelity) * layer.after + fidelity * layer.before))
        assert np.array_equal(layer.before[0], layer.after[0])
        assert np.array_equal(layer.before[:, -1], layer.after[:, -1])


def test_faces_that_are_not_chosen_are_listed_and_left() -> None:
    made = FakeGfpgan().restore(PHOTO, RestoreOptions(face_ids=(1,)), no_checkpoint)

    assert [(face.id, face.used) for face in made.faces] == [(0, False), (1, True)]
    assert [crop.face_id for crop in made.crops] == [1]


def test_given_landmarks_are_its_faces() -> None:
    made = FakeGfpgan().restore(
        SourcePhoto(pixels=a_photo(), landmarks=(POINTS,)), RestoreOptions(), no_checkpoint
    )

    assert [face.box for face in made.faces] == [(20.0, 20.0, 41.0, 41.0)]


def test_a_face_crop_comes_out_as_a_face() -> None:
    made = FakeGfpgan().restore(
        SourcePhoto(pixels=a_photo(), is_face_crop=True), RestoreOptions(), no_checkpoint
    )

    assert made.image.shape == (FACE_PX, FACE_PX, 3)
    assert (len(made.crops), made.layers) == (1, ())


def test_nobody_is_in_a_black_picture() -> None:
    made = FakeGfpgan().restore(
        SourcePhoto(pixels=np.zeros((32, 32, 3), np.uint8)), RestoreOptions(), no_checkpoint
    )

    assert (made.faces, made.layers) == ((), ())
    assert "no_face_found" in made.notes


def test_a_face_that_is_not_there_is_a_bad_option() -> None:
    with pytest.raises(InvalidOption):
        FakeGfpgan().restore(PHOTO, RestoreOptions(face_ids=(7,)), no_checkpoint)
