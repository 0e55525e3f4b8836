import numpy as np
import pytest

from backend.domain.errors import InvalidOption, JobCancelled, WeightsMissing
from backend.domain.jobs import Stage
from backend.engines.api import RestoreOptions, SourcePhoto, no_checkpoint
from backend.engines.gfpgan.official import Networks, PhotoArray, enhance
from backend.media.types import RgbImage
from tests.builders import a_photo
from tests.engines.gfpgan.fake_models import (
    FakeModels,
    PaintingNetwork,
    SkinEverywhere,
    a_face,
    an_engine,
    finding,
    points_at,
)

NETWORK = PaintingNetwork(lambda face: 255.0 - face)
FACES = (
    a_face(0, 100, 20, 110),
    a_face(1, 10, 30, 90),
)  # from the surest, as the official detector gives them
PHOTO = a_photo(260, 180)


def models(**installed: object) -> FakeModels:
    return FakeModels(network=NETWORK, finder=finding(*FACES), **installed)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize("parser", [None, SkinEverywhere()])
def test_the_result_is_the_official_pipelines(parser: SkinEverywhere | None) -> None:
    official = enhance(PHOTO, FACES, Networks(network=NETWORK, parser=parser), upscale=2)

    result = an_engine(models(parser=parser)).restore(
        SourcePhoto(pixels=PHOTO), RestoreOptions(mode="parity"), no_checkpoint
    )

    assert official.image is not None
    assert np.array_equal(result.image, official.image)
    assert result.scale == 2
    assert result.notes == (("parity",) if parser else ("parity", "square_mask"))
    assert [face.id for face in result.faces] == [0, 1]
    assert [crop.face_id for crop in result.crops] == [1, 0]
    assert all(
        np.array_equal(crop.after, face) for crop, face in zip(result.crops, official.restored, strict=True)
    )
    assert result.model == "v1.4"


def test_faces_can_be_chosen() -> None:
    engine = an_engine(models())
    photo = SourcePhoto(pixels=PHOTO)

    one = engine.restore(photo, RestoreOptions(mode="parity", face_ids=(0,)), no_checkpoint)
    centre = engine.restore(photo, RestoreOptions(mode="parity", face_ids="centre"), no_checkpoint)

    assert [face.used for face in one.faces] == [True, False]
    assert [face.used for face in centre.faces] == [False, True]
    with pytest.raises(InvalidOption):
        engine.restore(photo, RestoreOptions(mode="parity", face_ids=(5,)), no_checkpoint)


def test_the_official_enlarger_makes_the_background_when_it_is_asked_for() -> None:
    def black(photo: PhotoArray, outscale: float) -> PhotoArray:
        return np.zeros((round(photo.shape[0] * outscale), round(photo.shape[1] * outscale), 3), np.uint8)

    options = RestoreOptions(mode="parity", background="realesrgan")

    result = an_engine(models(official=black)).restore(SourcePhoto(pixels=PHOTO), options, no_checkpoint)

    assert (result.image[:, -10:] == 0).all()
    with pytest.raises(WeightsMissing):
        an_engine(models()).restore(SourcePhoto(pixels=PHOTO), options, no_checkpoint)


def test_an_aligned_face_is_the_result() -> None:
    face: RgbImage = a_photo(300, 300)
    official = enhance(face, (), Networks(network=NETWORK), has_aligned=True)

    result = an_engine(models()).restore(
        SourcePhoto(pixels=face, is_face_crop=True), RestoreOptions(mode="parity"), no_checkpoint
    )

    assert np.array_equal(result.image, official.restored[0])
    assert np.array_equal(result.crops[0].before, official.crops[0])
    assert (result.scale, result.notes) == (1, ("parity",))
    assert [(each.id, each.box, each.used) for each in result.faces] == [(0, (0.0, 0.0, 300.0, 300.0), True)]


def test_given_points_need_no_detector() -> None:
    photo = SourcePhoto(pixels=PHOTO, landmarks=(points_at(100, 20, 110),))

    result = an_engine(FakeModels(network=NETWORK)).restore(
        photo, RestoreOptions(mode="parity"), no_checkpoint
    )

    assert [face.used for face in result.faces] == [True]


def test_nobody_in_the_photo_is_said() -> None:
    nobody = FakeModels(network=NETWORK, finder=finding())

    result = an_engine(nobody).restore(
        SourcePhoto(pixels=PHOTO), RestoreOptions(mode="parity"), no_checkpoint
    )

    assert result.notes == ("parity", "no_face_found")


def test_faces_that_cannot_be_restored_are_not_said_to_be_missing() -> None:
    tiny = FakeModels(network=NETWORK, finder=finding(a_face(0, 100, 20, 15)))
    options = RestoreOptions(mode="parity")

    result = an_engine(tiny).restore(SourcePhoto(pixels=PHOTO), options, no_checkpoint)

    assert [(face.used, face.note) for face in result.faces] == [(False, "too_small")]
    assert result.notes == ("parity", "no_face_usable")


def test_nobody_chosen_is_not_nobody_found() -> None:
    options = RestoreOptions(mode="parity", face_ids=())

    result = an_engine(models()).restore(SourcePhoto(pixels=PHOTO), options, no_checkpoint)

    assert {face.note for face in result.faces} == {"not_chosen"}
    assert result.notes == ("parity",)


def test_a_job_stops_between_two_faces() -> None:
    network = PaintingNetwork(lambda face: face)
    stopped = FakeModels(network=network, finder=finding(*FACES))

    def stop_after_one(stage: Stage, fraction: float) -> None:
        if stage is Stage.RESTORE_FACES and fraction > 0.0:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        an_engine(stopped).restore(SourcePhoto(pixels=PHOTO), RestoreOptions(mode="parity"), stop_after_one)

    assert network.batches == [1]


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        (RestoreOptions(mode="parity", scratches="strong"), "scratches"),
        (RestoreOptions(mode="parity", colour="keep"), "colour"),
        (RestoreOptions(mode="parity", colour="neutral"), "colour"),
    ],
)
def test_what_the_official_pipeline_cannot_do_is_refused(options: RestoreOptions, refused: str) -> None:
    with pytest.raises(InvalidOption) as refusal:
        an_engine(models()).restore(SourcePhoto(pixels=PHOTO), options, no_checkpoint)

    assert refusal.value.option == refused
