import io
import struct
import tracemalloc
import zlib

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.media.deep import eight_bits, with_finer_levels
from backend.media.images import decode_photo, encode_photo, resolve_format
from backend.media.metadata import Metadata
from tests.builders import a_photo
from tests.media.files import a_wide_gamut_profile, exif_with, saved, turned_for

TIFF_PLAIN, TIFF_DEFLATE = [cv2.IMWRITE_TIFF_COMPRESSION, 1], [cv2.IMWRITE_TIFF_COMPRESSION, 8]


def levels(
    height_px: int = 33, width_px: int = 47, channels: int = 3, seed: int = 0
) -> npt.NDArray[np.uint16]:
    return np.random.default_rng(seed).integers(0, 65536, (height_px, width_px, channels)).astype(np.uint16)


def a_deep_file(picture: npt.NDArray[np.uint16], suffix: str = ".png", how: list[int] | None = None) -> bytes:
    """Written by OpenCV, whose order of channels is B, G, R, A."""
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[picture.shape[2]]
    return cv2.imencode(suffix, picture[..., order], how or [])[1].tobytes()


@pytest.mark.parametrize(
    ("suffix", "how"), [(".png", []), (".tif", []), (".tif", TIFF_PLAIN), (".tif", TIFF_DEFLATE)]
)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_every_bit_of_a_deep_file_is_read(suffix: str, how: list[int], channels: int) -> None:
    picture = levels(channels=channels)
    picture[..., 3:] |= 0xFF00  # opaque enough to be seen

    photo = decode_photo(a_deep_file(picture, suffix, how))

    assert photo.deep is not None
    assert np.array_equal(photo.deep, np.broadcast_to(picture[..., :3], photo.deep.shape))
    assert np.array_equal(photo.pixels, eight_bits(photo.deep))


def test_an_interlaced_deep_file_is_read() -> None:
    """Adam7, made by hand: OpenCV writes none."""
    picture = levels(16, 16)
    photo = decode_photo(interlaced(picture))

    assert photo.deep is not None
    assert np.array_equal(photo.deep, picture)


def test_eight_bits_a_channel_are_not_deep() -> None:
    assert decode_photo(saved(Image.fromarray(a_photo()), "PNG")).deep is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_deep_picture_is_turned_as_its_copy_is(orientation: int) -> None:
    upright = a_photo().astype(np.uint16) * 257
    stored = np.asarray(turned_for(orientation)).astype(np.uint16) * 257
    plain = Image.open(io.BytesIO(a_deep_file(stored, ".tif", TIFF_PLAIN)))
    assert plain.mode == "RGB"
    deep_png = with_exif(a_deep_file(stored), exif_with(orientation).tobytes())

    photo = decode_photo(deep_png)

    assert photo.deep is not None
    assert np.array_equal(photo.deep, upright)
    assert np.array_equal(photo.pixels, a_photo())


def test_a_profile_moves_the_finer_levels_along() -> None:
    picture = (a_photo().astype(np.uint16) * 257).clip(0, 65000) + 100
    shown = saved(Image.fromarray(eight_bits(picture)), "PNG", icc_profile=a_wide_gamut_profile())

    photo = decode_photo(with_chunk(a_deep_file(picture), b"iCCP", iccp(a_wide_gamut_profile())))

    expected = decode_photo(shown).pixels
    assert photo.deep is not None
    # Pillow cuts 16 bits to 8 where `eight_bits` rounds: a level beside it, twice that after the profile.
    assert np.abs(eight_bits(photo.deep).astype(int) - expected).max() <= 4


@settings(max_examples=25, deadline=None)
@given(
    height_px=st.integers(16, 40),
    width_px=st.integers(16, 40),
    seed=st.integers(0, 2**16),
    has_alpha=st.booleans(),
)
def test_what_is_written_is_read_again(height_px: int, width_px: int, seed: int, has_alpha: bool) -> None:
    picture = levels(height_px, width_px, seed=seed)
    alpha = np.asarray(levels(height_px, width_px, 1, seed=seed + 1)[..., 0] // 257 | 1, np.uint8)
    meta = Metadata(taken_at="1962:05:01 12:30:00", dpi=(600, 600))

    file = encode_photo(eight_bits(picture), "png", meta, alpha=alpha if has_alpha else None, deep=picture)
    photo = decode_photo(file)

    assert photo.deep is not None
    assert np.array_equal(photo.deep, picture)
    assert photo.meta == meta
    assert Image.open(io.BytesIO(file)).info["icc_profile"]
    seen_by_others = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    assert seen_by_others is not None
    assert np.array_equal(seen_by_others[..., 2::-1], picture)
    assert (photo.alpha is not None) == (has_alpha and bool((alpha < 255).any()))
    if photo.alpha is not None:
        assert np.array_equal(photo.alpha, alpha)


def test_finer_levels_stay_where_nothing_was_done_and_move_along_where_something_was() -> None:
    deep = levels(20, 20) // 2 + 10_000
    before = eight_bits(deep)
    after = before.copy()
    after[5:10] += 3

    finer = with_finer_levels(deep, before, after)

    assert np.array_equal(finer[:5], deep[:5])
    assert np.array_equal(finer[10:], deep[10:])
    assert np.array_equal(finer[5:10], deep[5:10] + 3 * 257)


def test_a_large_deep_picture_takes_little_more_than_itself() -> None:
    deep = np.arange(2100 * 1000 * 3, dtype=np.uint32).astype(np.uint16).reshape(2100, 1000, 3)
    before = eight_bits(deep)
    after = np.maximum(before, 9)

    tracemalloc.start()
    finer, shown = with_finer_levels(deep, before, after), eight_bits(deep)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert np.array_equal(shown, before)
    assert np.array_equal(finer, np.where(before < 9, deep + (9 - before.astype(np.uint16)) * 257, deep))
    assert peak_bytes < 3 * deep.nbytes  # what 32 bits a value take would be six times


def test_transparency_stays_in_png_and_webp_and_is_white_in_jpeg() -> None:
    colours = a_photo()
    alpha = np.full(colours.shape[:2], 255, np.uint8)
    alpha[:, :10] = 0
    picture = Image.fromarray(colours)
    picture.putalpha(Image.fromarray(alpha))
    photo = decode_photo(saved(picture, "PNG"))

    png, jpeg = (encode_photo(photo.pixels, form, alpha=photo.alpha) for form in ("png", "jpeg"))

    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png)))[..., 3], alpha)
    assert np.asarray(Image.open(io.BytesIO(jpeg)))[:, :8].min() >= 250
    assert resolve_format("auto", photo) == "png"


def test_transparency_follows_an_enlarged_picture() -> None:
    alpha = np.full((20, 30), 255, np.uint8)
    alpha[:10] = 0
    large = np.full((40, 60, 3), 90, np.uint8)

    made = np.asarray(Image.open(io.BytesIO(encode_photo(large, "png", alpha=alpha))))

    assert made.shape == (40, 60, 4)
    assert made[:18, :, 3].max() == 0
    assert made[22:, :, 3].min() == 255


def with_chunk(png: bytes, name: bytes, content: bytes) -> bytes:
    header_end = 8 + 25
    chunk = struct.pack(">I", len(content)) + name + content
    return png[:header_end] + chunk + struct.pack(">I", zlib.crc32(name + content)) + png[header_end:]


def with_exif(png: bytes, exif: bytes) -> bytes:
    return with_chunk(png, b"eXIf", exif.removeprefix(b"Exif\0\0"))


def iccp(profile: bytes) -> bytes:
    return b"own\0\0" + zlib.compress(profile)


def interlaced(picture: npt.NDArray[np.uint16]) -> bytes:
    """A PNG of 16 x 16 pixels in the seven passes of Adam7, no filter."""
    passes = [
        (0, 0, 8, 8),
        (0, 4, 8, 8),
        (4, 0, 8, 4),
        (0, 2, 4, 4),
        (2, 0, 4, 2),
        (0, 1, 2, 2),
        (1, 0, 2, 1),
    ]
    rows = b""
    for top, left, down, right in passes:
        for row in picture[top::down, left::right]:
            rows += b"\0" + row.astype(">u2").tobytes()
    header = struct.pack(">IIBBBBB", 16, 16, 16, 2, 0, 0, 1)
    file = b"\x89PNG\r\n\x1a\n"
    for name, content in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        file += (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )
    return file
