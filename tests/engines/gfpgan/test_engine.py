from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import pytest

from backend.domain.errors import InvalidOption, JobCancelled, OutOfMemory, WeightsMissing
from backend.domain.jobs import Stage
from backend.engines.api import Restoration, RestoreOptions, Restorer, SourcePhoto, no_checkpoint
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.engines.builtin.restoration.planes import luma, to_bytes
from backend.engines.faces.detector import find_faces
from backend.engines.gfpgan.engine import GfpganRestorer
from backend.engines.gfpgan.seams import ClassMap
from backend.media.types import FloatImage, RgbImage
from tests.builders import a_photo, a_portrait
from tests.engines.builtin.restoration.pictures import a_sepia_portrait, faded, with_grain, with_scratches
from tests.engines.gfpgan.fake_models import (
    FakeModels,
    PaintingNetwork,
    RepeatingEnlarger,
    SkinEverywhere,
    a_face,
    an_engine,
    contrasting,
    points_at,
)

# Where the astronaut's face lies in a_portrait: eyes at about (107, 110) and (145, 111).
HER = a_face(0, 50, 40, 155)
AS_IS = RestoreOptions(upscale="1")
ONLY_FACES = RestoreOptions(upscale="1", scope="faces")


def flipping() -> PaintingNetwork:
    """A face that cannot be mistaken for the photo's, of the same mean light."""
    return PaintingNetwork(lambda face: np.asarray(255.0 - face, np.float32))


def restored(
    pixels: RgbImage | None = None,
    options: RestoreOptions = AS_IS,
    models: FakeModels | None = None,
    **known: object,
) -> Restoration:
    photo = SourcePhoto(pixels=a_portrait() if pixels is None else pixels, **known)  # type: ignore[arg-type]  # by name
    engine: Restorer = an_engine(models, HER)
    return engine.restore(photo, options, no_checkpoint)


def test_a_face_is_restored_and_said_to_be() -> None:
    result = restored()

    assert result.faces[0].used
    assert result.notes == ("faces_restored",)
    assert (result.model, result.scale) == ("v1.4", 1)
    face = np.s_[90:170, 100:160]
    assert (
        luma(result.image[face].astype(np.float32)).std()
        > luma(a_portrait()[face].astype(np.float32)).std() + 1
    )
    assert result.crops[0].before.shape == result.crops[0].after.shape == (512, 512, 3)


def test_with_only_the_faces_the_rest_is_the_photo_to_the_last_bit() -> None:
    worn = to_bytes(faded(with_grain(a_sepia_portrait(), 5.0), (50.0, 50.0, 50.0)))

    result = restored(worn, ONLY_FACES)

    layer = result.layers[0]
    outside = np.ones(worn.shape[:2], bool)
    outside[layer.y : layer.y + layer.before.shape[0], layer.x : layer.x + layer.before.shape[1]] = False
    assert np.array_equal(result.image[outside], worn[outside])
    assert (result.image != worn).any()
    assert np.array_equal(result.image, restored(worn, RestoreOptions(upscale="1", background="none")).image)


def test_only_the_faces_still_means_without_scratches() -> None:
    scratched, damaged = with_scratches(a_sepia_portrait())
    worn = with_grain(faded(scratched, (55.0, 55.0, 55.0)), 6.0)

    result = restored(to_bytes(worn), ONLY_FACES)

    assert "scratches_repaired" in result.notes
    assert result.scratch_mask is not None
    assert result.image[damaged].mean() < worn[damaged].mean() - 20


def test_the_whole_picture_is_what_the_built_in_engine_makes_of_it() -> None:
    worn = to_bytes(faded(with_grain(a_sepia_portrait(), 5.0), (50.0, 50.0, 50.0)))
    alone = BuiltinRestorer().restore(SourcePhoto(pixels=worn), AS_IS, no_checkpoint)

    result = restored(worn, replace(AS_IS, mode="fast"))

    assert result.notes == (*alone.notes, "faces_restored")
    assert np.array_equal(result.layers[0].before, alone.image[_where(result)])


def _where(result: Restoration) -> tuple[slice, slice]:
    layer = result.layers[0]
    height_px, width_px = layer.before.shape[:2]
    return slice(layer.y, layer.y + height_px), slice(layer.x, layer.x + width_px)


def test_a_network_sees_the_tones_that_its_face_will_stand_in() -> None:
    worn = to_bytes(faded(a_sepia_portrait(), (60.0, 60.0, 60.0)))

    result = restored(worn)

    assert "contrast_restored" in result.notes
    assert result.crops[0].before.min() < worn.min() - 20


def test_full_fidelity_is_the_picture_without_the_faces() -> None:
    models = FakeModels(network=flipping())

    result = restored(options=replace(ONLY_FACES, fidelity=1.0), models=models)

    assert np.array_equal(result.image, a_portrait())


def test_fidelity_blends_the_layers() -> None:
    models = FakeModels(network=flipping())
    half = restored(options=replace(AS_IS, fidelity=0.5), models=models)
    none = restored(models=models)

    layer = half.layers[0]
    blend = np.rint(0.5 * layer.after.astype(float) + 0.5 * layer.before)
    assert np.abs(half.image[_where(half)] - blend).max() <= 1  # how a half is rounded
    assert np.array_equal(layer.after, none.layers[0].after)
    assert np.array_equal(none.image[_where(none)], layer.after)


@pytest.mark.parametrize(
    "options", [AS_IS, ONLY_FACES, replace(AS_IS, background="realesrgan"), replace(AS_IS, mode="fast")]
)
def test_black_and_white_stays_so(options: RestoreOptions) -> None:
    grey = np.repeat(luma(a_portrait().astype(np.float32))[..., None], 3, 2).astype(np.uint8)
    colouring = PaintingNetwork(lambda face: np.asarray(face + np.array([30.0, -5.0, -20.0]), np.float32))

    result = restored(grey, options, FakeModels(network=colouring, background=RepeatingEnlarger()))

    assert np.ptp(result.image, axis=2).max() == 0
    assert np.ptp(result.crops[0].after, axis=2).max() == 0


def test_skin_keeps_its_colour() -> None:
    reddening = PaintingNetwork(lambda face: np.asarray(face + np.array([40.0, 0.0, -20.0]), np.float32))

    result = restored(models=FakeModels(network=reddening))

    face = np.s_[95:165, 100:155]
    assert np.abs(result.image[face].mean((0, 1)) - a_portrait()[face].mean((0, 1))).max() < 2.0


def test_colours_are_the_networks_where_that_is_asked_for() -> None:
    reddening = PaintingNetwork(lambda face: np.asarray(face + np.array([40.0, 0.0, -20.0]), np.float32))

    result = restored(options=replace(ONLY_FACES, colour="model"), models=FakeModels(network=reddening))

    assert "colour_by_model" in result.notes
    face = np.s_[110:150, 110:145]
    change = result.image[face].astype(float).mean((0, 1)) - a_portrait()[face].mean((0, 1))
    assert change[0] > 15 and change[2] < -10


def test_light_of_the_whole_picture_comes_from_the_network_too() -> None:
    def lit(face: FloatImage) -> FloatImage:
        return np.asarray(face + np.linspace(-30, 30, 512, dtype=np.float32)[None, :, None], np.float32)

    full = restored(models=FakeModels(network=PaintingNetwork(lit)))
    fast = restored(options=replace(AS_IS, mode="fast"), models=FakeModels(network=PaintingNetwork(lit)))

    assert "light_by_model" in full.notes
    assert "light_by_model" not in fast.notes
    assert not np.array_equal(full.image, fast.image)


def test_a_network_for_the_background_draws_it() -> None:
    models = FakeModels(background=RepeatingEnlarger(lift=0.1))

    result = restored(options=RestoreOptions(upscale="2", background="realesrgan"), models=models)

    assert result.notes == ("enlarged_2x", "background_by_model", "faces_restored")
    corner = a_portrait()[:40, :40]
    brighter = result.image[:80:2, :80:2].astype(int) - corner
    assert abs(brighter[corner < 200].mean() - 25.5) < 0.6


def test_masks_come_from_the_parser_in_best_and_from_geometry_in_fast() -> None:
    models = FakeModels(network=flipping(), parser=SkinEverywhere())
    best, fast = restored(models=models), restored(options=replace(AS_IS, mode="fast"), models=models)

    assert [asked for asked in models.asked if "parser" in asked] == ["face_parser best"]

    def changed(result: Restoration) -> int:
        layer = result.layers[0]
        return int(np.count_nonzero((layer.after != layer.before).any(axis=2)))

    assert changed(best) > 1.2 * changed(fast)  # a square against an egg


def test_a_parser_that_sees_no_face_does_not_make_it_disappear() -> None:
    class Blind:
        def __call__(self, faces: Sequence[RgbImage]) -> list[ClassMap]:
            return [np.zeros(face.shape[:2], np.uint8) for face in faces]

    blind = restored(options=ONLY_FACES, models=FakeModels(network=flipping(), parser=Blind()))

    assert np.array_equal(
        blind.image, restored(options=ONLY_FACES, models=FakeModels(network=flipping())).image
    )


def test_the_model_and_mode_asked_for_are_the_ones_used() -> None:
    models = FakeModels()

    restored(options=replace(AS_IS, model="v1.3", mode="fast"), models=models)

    assert models.asked == ["face_network v1.3 fast"]


def test_missing_weights_are_said_before_anything_is_done() -> None:
    def no_work(stage: Stage, fraction: float) -> None:
        raise AssertionError(stage)

    with pytest.raises(WeightsMissing):
        an_engine(FakeModels(network=None), HER).restore(SourcePhoto(pixels=a_portrait()), AS_IS, no_work)


def test_too_little_memory_is_an_error_and_not_a_result() -> None:
    def fail(face: FloatImage) -> FloatImage:
        raise OutOfMemory

    with pytest.raises(OutOfMemory):
        restored(models=FakeModels(network=PaintingNetwork(fail)))


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("[enforce fail at alloc_cpu.cpp] can't allocate memory")]
)
def test_memory_that_runs_out_anywhere_is_said_in_those_words(error: Exception) -> None:
    def fail(face: FloatImage) -> FloatImage:
        raise error

    with pytest.raises(OutOfMemory):
        restored(models=FakeModels(network=PaintingNetwork(fail)))


def test_a_fault_of_another_kind_is_not_taken_for_it() -> None:
    def fail(face: FloatImage) -> FloatImage:
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes"):
        restored(models=FakeModels(network=PaintingNetwork(fail)))


def test_nobody_in_the_photo_leaves_the_whole_picture_and_says_so() -> None:
    photo = a_photo(200, 150)

    result = an_engine(FakeModels()).restore(SourcePhoto(pixels=photo), RestoreOptions(), no_checkpoint)

    assert "no_face_found" in result.notes
    assert result.image.shape == (300, 400, 3)
    assert result.layers == ()
    assert result.crops == ()


def test_faces_that_cannot_be_restored_are_listed_and_left() -> None:
    photo = a_photo(256, 256)
    tiny = a_face(0, 50, 40, 15)

    result = an_engine(FakeModels(network=flipping()), tiny).restore(
        SourcePhoto(pixels=photo), ONLY_FACES, no_checkpoint
    )

    assert [(face.used, face.note) for face in result.faces] == [(False, "too_small")]
    assert result.notes == ("no_face_usable",)
    assert np.array_equal(result.image, photo)


def test_a_face_of_which_nothing_shows_is_not_called_restored() -> None:
    photo = a_photo(256, 256)
    away = points_at(5000, 5000, 155)

    result = an_engine(FakeModels(network=flipping())).restore(
        SourcePhoto(pixels=photo, landmarks=(away,)), ONLY_FACES, no_checkpoint
    )

    assert [(face.used, face.note) for face in result.faces] == [(False, "outside")]
    assert result.notes == ("no_face_usable",)
    assert (result.crops, result.layers) == ((), ())
    assert np.array_equal(result.image, photo)


def test_without_a_detector_with_weights_the_points_are_measured() -> None:
    engine = GfpganRestorer(FakeModels(network=flipping()), find_faces, BuiltinRestorer())

    result = engine.restore(SourcePhoto(pixels=a_portrait()), ONLY_FACES, no_checkpoint)

    assert [face.used for face in result.faces] == [True]
    assert (result.image[100:140, 110:150] != a_portrait()[100:140, 110:150]).mean() > 0.9


def test_given_points_are_used_instead_of_looking() -> None:
    engine = an_engine(FakeModels(network=flipping()))  # whose finder sees nobody
    photo = SourcePhoto(pixels=a_portrait(), landmarks=(points_at(50, 40, 155),))

    assert engine.restore(photo, AS_IS, no_checkpoint).faces[0].used


def test_only_the_chosen_faces_change() -> None:
    two = np.concatenate([a_portrait(), a_portrait()], axis=1)
    other = a_face(1, 50 + 256, 40, 155)
    engine = an_engine(FakeModels(network=flipping()), HER, other)

    result = engine.restore(SourcePhoto(pixels=two), replace(ONLY_FACES, face_ids=(1,)), no_checkpoint)

    assert np.array_equal(result.image[:, :256], two[:, :256])
    assert (result.image[:, 256:] != two[:, 256:]).any()
    assert [face.note for face in result.faces] == ["not_chosen", None]


def test_many_faces_go_through_the_network_a_few_at_a_time() -> None:
    network = contrasting()
    crowd = [a_face(index, 20 + 60 * (index % 5), 20 + 90 * (index // 5), 70) for index in range(10)]
    told: list[float] = []

    def tell(stage: Stage, fraction: float) -> None:
        if stage is Stage.RESTORE_FACES:
            told.append(fraction)

    an_engine(FakeModels(network=network), *crowd).restore(
        SourcePhoto(pixels=a_photo(360, 240)), ONLY_FACES, tell
    )

    assert network.batches == [4, 4, 2]
    assert told == [0.0, 0.0, 0.4, 0.8]


@pytest.mark.parametrize("last", [Stage.ANALYSE, Stage.SCRATCHES, Stage.ENLARGE, Stage.RESTORE_FACES])
def test_a_cancelled_job_stops(last: Stage) -> None:
    def cancel(stage: Stage, fraction: float) -> None:
        if stage is last:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        an_engine(None, HER).restore(SourcePhoto(pixels=a_portrait()), RestoreOptions(), cancel)


@pytest.mark.parametrize("background", ["gfpgan", "realesrgan", "none"])
def test_progress_is_told_in_order(background: str) -> None:
    told: list[Stage] = []

    def tell(stage: Stage, fraction: float) -> None:
        told.append(stage)

    options = RestoreOptions(background=background)  # type: ignore[arg-type]  # parametrised
    an_engine(FakeModels(background=RepeatingEnlarger()), HER).restore(
        SourcePhoto(pixels=to_bytes(with_grain(a_sepia_portrait(), 6.0))), options, tell
    )

    order = list(Stage)
    assert told == sorted(told, key=order.index)
    assert told[-1] is Stage.RESTORE_FACES


def test_a_face_larger_than_the_network_keeps_what_is_finer_than_its_grid() -> None:
    large = np.asarray(cv2.resize(a_portrait(), (1280, 1280), interpolation=cv2.INTER_CUBIC), np.uint8)
    fine = np.random.default_rng(0).integers(-12, 13, (1280, 1280, 1))
    photo = np.clip(large.astype(int) + fine, 0, 255).astype(np.uint8)
    her = a_face(0, 250, 200, 775)

    def finest(options: RestoreOptions) -> float:
        result = an_engine(None, her).restore(SourcePhoto(pixels=photo), options, no_checkpoint)
        cheek = luma(result.image[600:700, 560:680].astype(np.float32))
        return float((cheek - cv2.GaussianBlur(cheek, (0, 0), 1.0)).std())

    best, fast = finest(ONLY_FACES), finest(replace(ONLY_FACES, mode="fast"))

    assert best > 1.5 * fast


def test_a_smooth_face_gets_the_grain_of_its_photo_and_always_the_same() -> None:
    grainy = to_bytes(with_grain(a_sepia_portrait(), 5.0))
    calm = PaintingNetwork(lambda face: np.asarray(cv2.GaussianBlur(face, (0, 0), 9.0), np.float32))

    def cheek(options: RestoreOptions) -> FloatImage:
        image = restored(grainy, options, FakeModels(network=calm)).image
        return luma(image[120:150, 95:125].astype(np.float32))

    def finest(plane: FloatImage) -> float:
        return float((plane - cv2.GaussianBlur(plane, (0, 0), 1.5)).std())

    best, fast = cheek(ONLY_FACES), cheek(replace(ONLY_FACES, mode="fast"))

    assert finest(best) ** 2 > 2.0**2 + finest(fast) ** 2
    assert np.array_equal(best, cheek(ONLY_FACES))


def test_two_photos_at_once_never_mix() -> None:
    # Each photo has a level of its own; the network says which it saw by tagging it.
    tagging = PaintingNetwork(lambda face: np.asarray(face + 5.0, np.float32))
    engine = an_engine(FakeModels(network=tagging), a_face(0, 20, 20, 90), a_face(1, 120, 20, 90))
    options = replace(ONLY_FACES, colour="model", mode="fast")
    levels = [20, 70, 120, 170, 220]

    def restore(level: int) -> Restoration:
        photo = np.full((140, 240, 3), level, np.uint8)
        return engine.restore(SourcePhoto(pixels=photo), options, no_checkpoint)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(restore, levels))

    for level, result in zip(levels, results, strict=True):
        assert set(np.unique(result.image)) <= set(range(level, level + 6))
        assert all((crop.after == level + 5).all() for crop in result.crops)


def test_the_photo_itself_is_untouched() -> None:
    photo = a_portrait()

    restored(photo, RestoreOptions(scope="faces"), FakeModels(network=flipping()))

    assert np.array_equal(photo, a_portrait())


def test_the_number_of_threads_changes_no_pixel(threads: Callable[[int], None]) -> None:
    worn = to_bytes(with_grain(a_sepia_portrait(), 6.0))

    def with_threads(count: int) -> bytes:
        threads(count)
        return restored(worn, RestoreOptions()).image.tobytes()

    assert with_threads(1) == with_threads(3)


@pytest.mark.parametrize("shape", [(16, 16, 3), (17, 600, 3), (600, 17, 3)])
@pytest.mark.parametrize("background", ["gfpgan", "realesrgan", "none"])
def test_any_size_that_is_taken_can_be_restored(shape: tuple[int, int, int], background: str) -> None:
    photo = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    options = RestoreOptions(background=background)  # type: ignore[arg-type]  # parametrised
    half_outside = a_face(0, -20, -30, 60)

    result = an_engine(FakeModels(background=RepeatingEnlarger()), half_outside).restore(
        SourcePhoto(pixels=photo), options, no_checkpoint
    )

    assert result.image.shape == (shape[0] * 2, shape[1] * 2, 3)


def test_an_aligned_face_is_the_result_itself() -> None:
    result = restored(a_portrait(), RestoreOptions(), FakeModels(network=contrasting()), is_face_crop=True)

    assert result.image.shape == (512, 512, 3)
    assert (result.scale, result.notes) == (1, ("faces_restored",))
    assert np.array_equal(result.image, result.crops[0].after)
    assert result.faces[0].box == (0.0, 0.0, 256.0, 256.0)


def test_an_aligned_face_obeys_fidelity() -> None:
    models = FakeModels(network=flipping())

    result = restored(a_portrait(), RestoreOptions(fidelity=1.0), models, is_face_crop=True)

    assert np.array_equal(result.image, result.crops[0].before)


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        (RestoreOptions(face_ids=(0,)), "face_ids"),
        (RestoreOptions(background="realesrgan"), "background"),
        (RestoreOptions(upscale="4"), "upscale"),
        (RestoreOptions(scratches="strong"), "scratches"),
    ],
)
def test_what_means_nothing_for_an_aligned_face_is_refused(options: RestoreOptions, refused: str) -> None:
    with pytest.raises(InvalidOption) as refusal:
        restored(a_portrait(), options, is_face_crop=True)

    assert refusal.value.option == refused


def test_a_background_is_refused_where_only_the_faces_are_restored() -> None:
    with pytest.raises(InvalidOption) as refusal:
        restored(options=RestoreOptions(scope="faces", background="realesrgan"))

    assert refusal.value.option == "background"


def test_a_tint_is_not_taken_out_of_faces_alone() -> None:
    with pytest.raises(InvalidOption) as refusal:
        restored(options=RestoreOptions(scope="faces", colour="neutral"))

    assert refusal.value.option == "colour"


def test_a_missing_network_for_the_background_is_said_before_anything_is_done() -> None:
    def no_work(stage: Stage, fraction: float) -> None:
        raise AssertionError(stage)

    with pytest.raises(WeightsMissing):
        an_engine(FakeModels(), HER).restore(
            SourcePhoto(pixels=a_portrait()), RestoreOptions(background="realesrgan"), no_work
        )


def test_results_too_large_to_make_are_refused_at_once() -> None:
    with pytest.raises(InvalidOption) as refusal:
        restored(np.zeros((4000, 3000, 3), np.uint8), RestoreOptions(upscale="4"))

    assert refusal.value.option == "upscale"
