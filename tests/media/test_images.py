import io
import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.domain.errors import AppError, InvalidInput, InvalidOption, UnreadableImage
from backend.media.images import (
    PhotoFormat,
    decode_photo,
    encode_mask,
    encode_photo,
    encode_poster,
    encode_preview,
    resolve_format,
)
from backend.media.metadata import Metadata
from tests.builders import a_photo
from tests.media.files import (
    SECRET,
    TAKEN_AT,
    a_file,
    a_heic,
    a_wide_gamut_profile,
    difference,
    exif_with,
    one_of_each,
    saved,
    turned_for,
)
from tests.shared_data import SHARED, needs_shared

HOSTILE = SHARED / "data" / "hostile"

LOSSLESS = {"image/png", "image/bmp", "image/tiff", "image/gif"}


@pytest.mark.parametrize("mime", one_of_each())
def test_every_type_decodes_to_the_same_picture(mime: str) -> None:
    photo = decode_photo(one_of_each()[mime]())

    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.shape == (64, 96, 3)
    assert difference(photo.pixels, a_photo()) < 4  # lossy coding and, for GIF, a palette
    assert photo.is_lossless == (mime in LOSSLESS)
    assert not photo.is_gray


def test_lossless_webp_is_told_from_lossy() -> None:
    assert decode_photo(a_file("WEBP", lossless=True)).is_lossless
    assert decode_photo(a_file("WEBP", lossless=True, exif=exif_with())).is_lossless
    assert not decode_photo(a_file("WEBP", exif=exif_with())).is_lossless
    assert not decode_photo(a_file("TIFF", compression="jpeg")).is_lossless


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
def test_photos_are_shown_upright(format: str, orientation: int) -> None:
    a_heic()  # teaches Pillow to write HEIC
    data = saved(turned_for(orientation), format, exif=exif_with(orientation).tobytes(), quality=95)

    photo = decode_photo(data)

    assert photo.pixels.shape == (64, 96, 3)
    assert difference(photo.pixels, a_photo()) < 3


def test_embedded_profile_is_applied() -> None:
    swapped = a_photo()[..., [1, 0, 2]]  # the profile's red is sRGB's green

    photo = decode_photo(saved(Image.fromarray(swapped), "PNG", icc_profile=a_wide_gamut_profile()))

    assert difference(photo.pixels, a_photo()) < 1


def test_a_broken_profile_is_ignored() -> None:
    photo = decode_photo(a_file("PNG", icc_profile=b"no profile at all"))

    assert np.array_equal(photo.pixels, a_photo())


def test_cmyk_keeps_its_colours() -> None:
    cmyk = Image.fromarray(a_photo()).convert("CMYK")
    inverted_as_adobe_does = saved(cmyk, "JPEG", quality=95)

    assert b"Adobe" in inverted_as_adobe_does
    assert difference(decode_photo(inverted_as_adobe_does).pixels, a_photo()) < 6
    assert difference(decode_photo(saved(cmyk, "TIFF")).pixels, a_photo()) < 6


def test_sixteen_bit_gray_is_scaled() -> None:
    gray = a_photo()[..., 0]
    deep = Image.fromarray(gray.astype(np.uint16) * 257)

    photo = decode_photo(saved(deep, "PNG"))

    assert photo.is_gray
    assert np.array_equal(photo.pixels[..., 0], gray)


def test_a_dark_sixteen_bit_picture_stays_dark() -> None:
    deep = Image.fromarray(np.full((20, 20), 200, np.uint16))

    assert decode_photo(saved(deep, "PNG")).pixels.max() == 1


@pytest.mark.parametrize(("values", "shown"), [((0.0, 1.0), 255), ((0.0, 200.0), 200), ((0.0, 65535.0), 255)])
def test_floating_point_gray_is_scaled_by_its_range(values: tuple[float, float], shown: int) -> None:
    plane = np.full((20, 20), values[0], np.float32)
    plane[10:] = values[1]

    pixels = decode_photo(saved(Image.fromarray(plane), "TIFF")).pixels

    assert (pixels[0, 0, 0], pixels[-1, 0, 0]) == (0, shown)


@pytest.mark.parametrize("mode", ["1", "L"])
def test_gray_modes_become_rgb(mode: str) -> None:
    photo = decode_photo(saved(Image.fromarray(a_photo()).convert(mode), "PNG"))

    assert photo.is_gray
    assert photo.pixels.shape == (64, 96, 3)
    assert np.array_equal(photo.pixels[..., 0], photo.pixels[..., 2])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparency_is_shown_on_white(mode: str) -> None:
    picture = Image.fromarray(a_photo()).convert("RGBA")
    picture.putalpha(Image.fromarray(np.repeat(np.array([[0], [255]], np.uint8), 32, 0).repeat(96, 1)))
    picture = picture.convert("P" if mode == "PA" else mode)

    pixels = decode_photo(saved(picture, "PNG")).pixels

    assert (pixels[:30] == 255).all()
    assert pixels[34:].mean() < 250


def test_a_transparent_palette_entry_is_white() -> None:
    indexed = Image.new("P", (20, 20), 0)
    indexed.putpalette([10, 20, 30, 200, 100, 50])
    indexed.paste(1, (0, 10, 20, 20))

    pixels = decode_photo(saved(indexed, "PNG", transparency=0)).pixels

    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[-1, 0].tolist() == [200, 100, 50]


@pytest.mark.parametrize("format", ["GIF", "TIFF"])
def test_the_first_frame_is_used(format: str) -> None:
    first, second = Image.new("RGB", (20, 20), "navy"), Image.new("RGB", (20, 20), "gold")

    pixels = decode_photo(saved(first, format, save_all=True, append_images=[second])).pixels

    assert pixels[5, 5].tolist() == [0, 0, 128]


@pytest.mark.parametrize("mime", one_of_each())
def test_a_truncated_file_is_unreadable(mime: str) -> None:
    data = one_of_each()[mime]()

    with pytest.raises(UnreadableImage):
        decode_photo(data[: len(data) * 6 // 10])


@given(mime=st.sampled_from(sorted(one_of_each())), data=st.data())
@settings(max_examples=120, deadline=None)
@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's remarks on damaged metadata
def test_damage_of_any_kind_is_a_typed_error_or_a_picture(mime: str, data: st.DataObject) -> None:
    file = bytearray(one_of_each()[mime]())
    for _ in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(0, len(file) - 1))] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(len(file) // 2, len(file)))

    try:
        photo = decode_photo(bytes(file[:cut]))
    except AppError as error:
        assert isinstance(error, InvalidInput)
    else:
        assert photo.pixels.ndim == 3


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_only_date_and_resolution_are_read(format: str) -> None:
    data = a_file(format, exif=exif_with(), dpi=(300, 300))

    photo = decode_photo(data)

    assert photo.taken_at == TAKEN_AT
    assert photo.dpi == ((300, 300) if format != "WEBP" else None)


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_results_carry_date_and_profile_and_no_secrets(format: PhotoFormat) -> None:
    source = a_file("JPEG", exif=exif_with(), comment=SECRET.encode(), dpi=(300, 300))
    photo = decode_photo(source)

    result = encode_photo(photo.pixels, format, photo.meta)

    assert SECRET.encode() not in result
    with Image.open(io.BytesIO(result)) as reopened:
        exif = reopened.getexif()
        assert not exif.get_ifd(0x8825)  # GPS
        assert dict(exif.get_ifd(0x8769)) == {0x9003: TAKEN_AT}
        assert reopened.info["icc_profile"]
        assert "comment" not in reopened.info


@pytest.mark.parametrize("format", ["png", "jpeg"])
def test_results_keep_their_resolution(format: PhotoFormat) -> None:
    result = encode_photo(a_photo(), format, Metadata(dpi=(300, 300)).scaled(2))

    assert decode_photo(result).dpi == (600, 600)


@pytest.mark.parametrize(("format", "loss"), [("png", 0.0), ("jpeg", 1.0), ("webp", 3.0)])
def test_encoding_keeps_the_pixels(format: PhotoFormat, loss: float) -> None:
    assert difference(decode_photo(encode_photo(a_photo(), format)).pixels, a_photo()) <= loss


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_the_same_pixels_give_the_same_bytes(format: PhotoFormat) -> None:
    meta = Metadata(taken_at=TAKEN_AT, dpi=(300, 300))

    assert encode_photo(a_photo(), format, meta) == encode_photo(a_photo(), format, meta)


def test_jpeg_results_keep_full_colour_resolution() -> None:
    with Image.open(io.BytesIO(encode_photo(a_photo(), "jpeg"))) as reopened:
        assert [layer[1:3] for layer in reopened.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]  # JPEG only


def test_webp_says_when_a_picture_is_too_large_for_it() -> None:
    with pytest.raises(InvalidOption) as refused:
        encode_photo(np.zeros((16, 16_384, 3), np.uint8), "webp")

    assert refused.value.option == "format"


def test_auto_format_is_lossless_for_lossless_uploads() -> None:
    png, jpeg = decode_photo(a_file("PNG")), decode_photo(a_file("JPEG"))

    assert resolve_format("auto", png) == "png"
    assert resolve_format("auto", jpeg) == "jpeg"
    assert resolve_format("webp", png) == "webp"


def test_previews_are_shrunk_and_never_enlarged() -> None:
    large, small = encode_preview(a_photo(300, 200), max_side_px=150), encode_preview(a_photo())

    assert decode_photo(large).pixels.shape == (100, 150, 3)
    assert decode_photo(small).pixels.shape == (64, 96, 3)


def test_posters_and_masks_are_plain_pictures() -> None:
    mask = np.zeros((20, 30), np.float32)
    mask[5:] = 1.0

    shown = decode_photo(encode_mask(mask))

    assert difference(decode_photo(encode_poster(a_photo())).pixels, a_photo()) < 3
    assert shown.is_gray
    assert (shown.pixels[..., 0] == mask * 255).all()


@needs_shared("data/hostile")
def test_hostile_files_are_taken_or_refused_as_expected() -> None:
    expected = json.loads((HOSTILE / "expected.json").read_text("utf-8"))
    on_disk = {unicodedata.normalize("NFC", path.name): path for path in (HOSTILE / "images").iterdir()}

    wrong = []
    for item in expected["items"]:
        if item["kind"] != "image" or item["expect"]["accept"] is None:
            continue
        path = on_disk[unicodedata.normalize("NFC", Path(item["file"]).name)]
        try:
            decode_photo(path.read_bytes())
            is_taken = True
        except InvalidInput:
            is_taken = False
        if is_taken != item["expect"]["accept"]:
            wrong.append(item["id"])

    assert wrong == []
