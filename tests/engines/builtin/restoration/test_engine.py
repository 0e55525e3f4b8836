import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from backend.domain.errors import InvalidOption, JobCancelled
from backend.domain.jobs import Stage
from backend.engines.api import Restoration, RestoreOptions, Restorer, SourcePhoto, no_checkpoint
from backend.engines.builtin.restoration.analyse import is_mono
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.engines.builtin.restoration.planes import luma, to_bytes
from backend.media.deep import eight_bits
from backend.media.images import decode_photo, encode_photo
from backend.media.types import FloatImage
from tests.builders import a_portrait
from tests.engines.builtin.restoration.pictures import (
    a_float_portrait,
    a_sepia_portrait,
    blurred,
    faded,
    psnr,
    with_grain,
    with_scratches,
)
from tests.shared_data import SHARED, needs_shared

AS_IS = RestoreOptions(upscale="1")


def a_jpeg(quality: int) -> SourcePhoto:
    file = io.BytesIO()
    Image.fromarray(a_portrait()).save(file, "JPEG", quality=quality)
    photo = decode_photo(file.getvalue())
    return SourcePhoto(pixels=photo.pixels, jpeg=photo.jpeg)


def restored(photo: FloatImage, options: RestoreOptions = AS_IS) -> Restoration:
    restorer: Restorer = BuiltinRestorer()
    return restorer.restore(SourcePhoto(pixels=to_bytes(photo)), options, no_checkpoint)


def test_a_sound_photo_comes_back_as_it_was() -> None:
    result = restored(a_float_portrait())

    assert np.array_equal(result.image, a_portrait())
    assert result.notes == ("nothing_to_repair",)
    assert result.scratch_mask is None


def a_deep_portrait() -> npt.NDArray[np.uint16]:
    finer = np.random.default_rng(5).integers(-128, 129, a_portrait().shape)
    return np.asarray(np.clip(a_portrait().astype(np.int32) * 257 + finer, 0, 65535), np.uint16)


def test_a_sound_photo_of_16_bits_keeps_every_one_of_them() -> None:
    deep = a_deep_portrait()

    result = BuiltinRestorer().restore(
        SourcePhoto(pixels=eight_bits(deep), deep=deep), RestoreOptions(upscale="1"), no_checkpoint
    )

    assert result.deep is not None
    assert np.array_equal(result.deep, deep)
    assert np.array_equal(result.image, eight_bits(deep))


def test_an_enlarged_photo_of_16_bits_has_levels_that_8_bits_have_not() -> None:
    deep = a_deep_portrait()

    result = BuiltinRestorer().restore(
        SourcePhoto(pixels=eight_bits(deep), deep=deep), RestoreOptions(upscale="2"), no_checkpoint
    )

    assert result.deep is not None
    assert result.deep.shape == result.image.shape
    assert (result.deep % 257 != 0).mean() > 0.9
    assert np.array_equal(result.image, eight_bits(result.deep))


def test_every_fault_is_repaired_and_named() -> None:
    scratched, _ = with_scratches(a_sepia_portrait())
    worn = with_grain(faded(scratched, (55.0, 55.0, 55.0)), 6.0)

    result = restored(worn)

    assert result.notes == ("scratches_repaired", "denoised", "contrast_restored")
    assert result.scratch_mask is not None
    assert result.scratch_mask.shape == worn.shape[:2]


def test_a_soft_photo_is_sharpened() -> None:
    soft = blurred(a_float_portrait(), 1.8)

    result = restored(soft)

    assert result.notes == ("deblurred",)
    assert psnr(result.image, a_portrait()) > psnr(soft, a_portrait()) + 1


def test_a_jpeg_is_mended_with_its_own_quantiser_and_only_once() -> None:
    photo = a_jpeg(30)

    result = BuiltinRestorer().restore(photo, AS_IS, no_checkpoint)

    assert result.notes == ("jpeg_mended",)
    assert psnr(result.image, a_portrait()) > psnr(photo.pixels, a_portrait()) + 0.6
    saved = decode_photo(encode_photo(result.image, "jpeg"))
    again = BuiltinRestorer().restore(SourcePhoto(pixels=saved.pixels, jpeg=saved.jpeg), AS_IS, no_checkpoint)
    assert psnr(again.image, result.image) > 40


def test_a_jpeg_of_high_quality_is_left_alone() -> None:
    photo = a_jpeg(92)

    result = BuiltinRestorer().restore(photo, AS_IS, no_checkpoint)

    assert np.array_equal(result.image, photo.pixels)


def test_keep_mends_the_brightness_of_a_jpeg_and_no_colour() -> None:
    photo = a_jpeg(30)

    kept = BuiltinRestorer().restore(photo, RestoreOptions(upscale="1", colour="keep"), no_checkpoint)

    assert kept.notes == ("jpeg_mended",)
    image, before = kept.image.astype(np.float32), photo.pixels.astype(np.float32)
    inner = (before.min(2) > 20) & (before.max(2) < 235)  # clipping aside
    change = (image - luma(image)[..., None]) - (before - luma(before)[..., None])
    assert np.abs(change[inner]).max() < 1.01  # rounding


def test_a_photo_blurred_beyond_repair_is_said_to_be() -> None:
    assert "too_blurred" in restored(blurred(a_float_portrait(), 6.0)).notes


@pytest.mark.parametrize(("upscale", "scale"), [("auto", 2), ("1", 1), ("2", 2), ("4", 4)])
def test_upscale_sets_the_size(upscale: str, scale: int) -> None:
    result = restored(a_float_portrait(), RestoreOptions(upscale=upscale))  # type: ignore[arg-type]  # parametrised

    assert result.scale == scale
    assert result.image.shape == (256 * scale, 256 * scale, 3)
    assert (f"enlarged_{scale}x" in result.notes) == (scale > 1)


def test_scratches_off_leaves_them() -> None:
    scratched, _ = with_scratches(a_sepia_portrait())

    result = restored(scratched, RestoreOptions(upscale="1", scratches="off"))

    assert "scratches_repaired" not in result.notes
    assert result.scratch_mask is None


def test_strong_repairs_what_auto_lets_be() -> None:
    colour = a_float_portrait()
    colour[10:90, 20:22] = 235

    strong = restored(colour, RestoreOptions(upscale="1", scratches="strong"))

    assert "scratches_repaired" in strong.notes
    assert restored(colour).scratch_mask is None


def test_keep_touches_no_colour_and_no_tone() -> None:
    worn = to_bytes(with_grain(faded(a_float_portrait(), (40.0, 75.0, 60.0)), 4.0)).astype(np.float32)

    kept = restored(worn, RestoreOptions(upscale="1", colour="keep"))
    corrected = restored(worn)

    assert kept.notes == ("denoised",)
    assert corrected.notes == ("denoised", "contrast_restored", "cast_removed")
    image = kept.image.astype(np.float32)
    inner = (worn.min(2) > 30) & (worn.max(2) < 225)  # clipping and rounding aside
    change = (image - luma(image)[..., None]) - (worn - luma(worn)[..., None])
    assert np.abs(change[inner]).max() < 1.01


def test_neutral_takes_the_tint_out() -> None:
    neutral = restored(a_sepia_portrait(), RestoreOptions(upscale="1", colour="neutral"))

    assert neutral.notes == ("tint_removed",)
    assert np.ptp(neutral.image, axis=2).max() == 0


def test_a_toned_print_on_a_card_of_another_tint_is_still_a_print_of_one() -> None:
    card = np.full((336, 304, 3), (120.0, 80.0, 50.0), np.float32)
    card[24:280, 24:280] = a_sepia_portrait()
    assert not is_mono(card)

    neutral = restored(card, RestoreOptions(upscale="1", colour="neutral"))

    assert "tint_removed" in neutral.notes
    assert np.ptp(neutral.image, axis=2).max() == 0


def test_yellowed_edges_are_evened_unless_colour_is_kept() -> None:
    y, x = np.mgrid[0:256, 0:256] / 128 - 1
    stain = 0.35 * np.clip(np.hypot(x, y) - 0.5, 0.0, 1.0)[..., None]
    yellowed = np.asarray(a_sepia_portrait() * (1 - stain * np.array([0.0, 0.4, 1.0])), np.float32)

    assert restored(yellowed).notes == ("yellowing_evened",)
    assert restored(yellowed, RestoreOptions(upscale="1", colour="keep")).notes == ("nothing_to_repair",)


def test_colour_by_a_network_is_refused() -> None:
    with pytest.raises(InvalidOption) as refused:
        restored(a_float_portrait(), RestoreOptions(colour="model"))

    assert refused.value.option == "colour"


def test_results_too_large_to_make_are_refused_at_once() -> None:
    photo = np.zeros((4000, 3000, 3), np.uint8)

    with pytest.raises(InvalidOption) as refused:
        BuiltinRestorer().restore(SourcePhoto(pixels=photo), RestoreOptions(upscale="4"), no_checkpoint)

    assert refused.value.option == "upscale"


def test_the_same_photo_gives_the_same_pixels() -> None:
    worn = with_grain(with_scratches(a_sepia_portrait())[0], 6.0)

    assert np.array_equal(restored(worn, RestoreOptions()).image, restored(worn, RestoreOptions()).image)


def test_the_number_of_threads_changes_no_pixel(threads: Callable[[int], None]) -> None:
    worn = with_grain(blurred(with_scratches(a_sepia_portrait())[0], 1.5), 6.0)

    def with_threads(count: int) -> bytes:
        threads(count)
        return restored(worn, RestoreOptions(scratches="strong")).image.tobytes()

    assert with_threads(1) == with_threads(3)


def test_the_photo_itself_is_untouched() -> None:
    photo = to_bytes(with_grain(a_float_portrait(), 8.0))
    before = photo.copy()

    BuiltinRestorer().restore(SourcePhoto(pixels=photo), RestoreOptions(scratches="strong"), no_checkpoint)

    assert np.array_equal(photo, before)


def test_progress_is_told_in_order() -> None:
    told: list[Stage] = []

    def tell(stage: Stage, fraction: float) -> None:
        told.append(stage)

    photo = to_bytes(with_grain(a_float_portrait(), 8.0))
    BuiltinRestorer().restore(SourcePhoto(pixels=photo), RestoreOptions(), tell)

    order = list(Stage)
    assert told == sorted(told, key=order.index)
    assert set(told) == set(order[order.index(Stage.ANALYSE) : order.index(Stage.ENLARGE) + 1])


@pytest.mark.parametrize("last", [Stage.ANALYSE, Stage.DENOISE, Stage.ENLARGE])
def test_a_cancelled_job_stops(last: Stage) -> None:
    def cancel(stage: Stage, fraction: float) -> None:
        if stage is last:
            raise JobCancelled

    photo = to_bytes(with_grain(a_float_portrait(), 8.0))
    with pytest.raises(JobCancelled):
        BuiltinRestorer().restore(SourcePhoto(pixels=photo), RestoreOptions(), cancel)


@pytest.mark.parametrize("shape", [(16, 16, 3), (16, 1200, 3), (1200, 16, 3), (17, 33, 3)])
@pytest.mark.parametrize("scratches", ["auto", "strong"])
def test_any_size_that_is_taken_can_be_restored(shape: tuple[int, int, int], scratches: str) -> None:
    photo = with_grain(np.full(shape, 120, np.float32), 20.0)

    result = restored(photo, RestoreOptions(scratches=scratches))  # type: ignore[arg-type]  # parametrised

    assert result.image.shape == (shape[0] * 2, shape[1] * 2, 3)


@needs_shared("data/clean")
def test_clean_photos_are_left_alone() -> None:
    for path in sorted((SHARED / "data" / "clean").glob("*.jpg")):
        photo = np.asarray(Image.open(path).convert("RGB"))

        assert psnr(restored(photo.astype(np.float32)).image, photo) >= 45, path.stem


@needs_shared("data/degraded")
@pytest.mark.parametrize(("level", "gain_db"), [("mild", 1.0), ("medium", 0.8), ("severe", 0.2)])
def test_degraded_photos_come_closer_to_the_truth(level: str, gain_db: float) -> None:
    gains = []
    for path in sorted((SHARED / "data" / "degraded" / level).glob("*.png")):
        photo = np.asarray(Image.open(path).convert("RGB")).astype(np.float32)
        truth = np.asarray(Image.open(SHARED / "data" / "degraded" / "gt" / path.name).convert("RGB"))
        gains.append(psnr(restored(photo).image, truth) - psnr(photo, truth))

    assert np.mean(gains) >= gain_db
    assert min(gains) > -0.05


def test_the_owners_mask_says_what_is_repaired() -> None:
    photo = to_bytes(a_float_portrait())
    damage = np.zeros(photo.shape[:2], np.float32)
    damage[20:30, 20:60] = 1.0

    result = BuiltinRestorer().restore(SourcePhoto(pixels=photo, damage=damage), AS_IS, no_checkpoint)

    is_changed = (result.image != photo).any(axis=2)
    assert is_changed[20:30, 20:60].any()
    assert not is_changed[:, 100:].any()
    assert result.notes == ("mask_repaired",)
    assert result.scratch_mask is damage


def test_a_mask_that_leaves_nothing_whole_is_an_invalid_option() -> None:
    photo = to_bytes(a_float_portrait())
    whole = SourcePhoto(pixels=photo, damage=np.ones(photo.shape[:2], np.float32))

    with pytest.raises(InvalidOption) as refusal:
        BuiltinRestorer().restore(whole, AS_IS, no_checkpoint)

    assert refusal.value.option == "mask"


def test_a_mask_of_another_size_is_an_invalid_option() -> None:
    photo = SourcePhoto(pixels=to_bytes(a_float_portrait()), damage=np.ones((8, 8), np.float32))

    with pytest.raises(InvalidOption):
        BuiltinRestorer().restore(photo, AS_IS, no_checkpoint)
