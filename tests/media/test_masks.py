"""A person's mask: what counts as marked, and which pictures can be a photo's mask at all."""

import io
import tracemalloc

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from backend.domain.errors import InvalidOption
from backend.media.images import encode_mask
from backend.media.masks import decode_mask, marked_share, probe_mask

SIZE_PX = (40, 30)


def encoded(picture: Image.Image, image_format: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, image_format, **options)
    return target.getvalue()


def marked(width_px: int = 40, height_px: int = 30) -> npt.NDArray[np.uint8]:
    """White where x < 10 and y < 5, else black."""
    mask = np.zeros((height_px, width_px), np.uint8)
    mask[:5, :10] = 255
    return mask


@pytest.mark.parametrize("image_format", ["PNG", "BMP", "GIF", "TIFF"])
def test_white_is_marked_in_every_lossless_type(image_format: str) -> None:
    mask = decode_mask(encoded(Image.fromarray(marked()), image_format), SIZE_PX)

    assert mask.dtype == np.float32
    assert np.array_equal(mask, marked() / 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16"])
def test_white_is_marked_in_every_mode(mode: str) -> None:
    deep = Image.fromarray(marked().astype(np.uint16) * 257)
    picture = deep if mode == "I;16" else Image.fromarray(marked()).convert(mode)

    assert np.array_equal(decode_mask(encoded(picture), SIZE_PX), marked() / 255)


def test_what_is_transparent_is_not_marked() -> None:
    """A canvas exports white strokes on nothing; on white they would mark the whole photo."""
    strokes = np.full((30, 40, 4), 255, np.uint8)
    strokes[..., 3] = marked()

    assert np.array_equal(decode_mask(encoded(Image.fromarray(strokes)), SIZE_PX), marked() / 255)


def test_half_white_is_marked_and_less_is_not() -> None:
    gray = np.full((30, 40), 127, np.uint8)
    gray[:, 20:] = 128

    mask = decode_mask(encoded(Image.fromarray(gray)), SIZE_PX)

    assert (mask[:, :20].max(), mask[:, 20:].min()) == (0.0, 1.0)


def test_our_own_mask_comes_back_as_it_was() -> None:
    mask = (marked() / 255).astype(np.float32)

    assert np.array_equal(decode_mask(encode_mask(mask), SIZE_PX), mask)


def test_a_mask_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # shown turned to the right by a quarter
    stored = np.rot90(marked())  # to the left, so that it comes out as it was

    data = encoded(Image.fromarray(np.ascontiguousarray(stored)), exif=exif)

    assert probe_mask(io.BytesIO(data), SIZE_PX).width_px == 40
    assert np.array_equal(decode_mask(data, SIZE_PX), marked() / 255)


@given(
    width_px=st.integers(1, 60),
    height_px=st.integers(1, 60),
    block_px=st.integers(1, 6),
    seed=st.integers(0, 99),
)
def test_a_coarser_mask_marks_blocks_of_the_photo(
    width_px: int, height_px: int, block_px: int, seed: int
) -> None:
    coarse_px = (-(-width_px // block_px), -(-height_px // block_px))
    # The smallest whole number that fits is meant; of small masks a smaller one may fit as well.
    block_px = max(-(-width_px // coarse_px[0]), -(-height_px // coarse_px[1]))
    coarse = np.random.default_rng(seed).integers(0, 2, coarse_px[::-1]).astype(np.uint8) * 255

    mask = decode_mask(encoded(Image.fromarray(coarse)), (width_px, height_px))

    assert mask.shape == (height_px, width_px)
    rows, columns = np.mgrid[0:height_px, 0:width_px] // block_px
    assert np.array_equal(mask, coarse[rows, columns] / 255)


@pytest.mark.parametrize(
    "size_px",
    [(41, 30), (40, 29), (30, 40), (80, 60), (20, 14), (39, 30), (4000, 3000)],
    ids=["wider", "lower", "turned", "twice", "not a half", "narrower", "huge"],
)
def test_another_size_is_no_mask_of_this_photo(size_px: tuple[int, int]) -> None:
    data = encoded(Image.new("1", size_px))

    for read in (lambda: probe_mask(io.BytesIO(data), SIZE_PX), lambda: decode_mask(data, SIZE_PX)):
        with pytest.raises(InvalidOption, match="40 x 30") as refused:
            read()
        assert refused.value.option == "mask"


@pytest.mark.parametrize("image_format", ["JPEG", "WEBP"])
def test_a_lossy_picture_is_no_mask(image_format: str) -> None:
    data = encoded(Image.fromarray(marked()).convert("RGB"), image_format)

    for read in (lambda: probe_mask(io.BytesIO(data), SIZE_PX), lambda: decode_mask(data, SIZE_PX)):
        with pytest.raises(InvalidOption, match="PNG"):
            read()


@pytest.mark.parametrize("data", [b"", b"<svg/>", encoded(Image.fromarray(marked()))[:60]])
def test_a_broken_file_is_refused_as_a_mask(data: bytes) -> None:
    with pytest.raises(InvalidOption) as refused:
        decode_mask(data, SIZE_PX)

    assert refused.value.option == "mask"


@pytest.mark.parametrize(("until_px", "share"), [(0, 0.0), (15, 0.5), (30, 1.0)])
def test_the_share_is_of_the_whole_picture(until_px: int, share: float) -> None:
    mask = np.zeros((30, 40), np.float32)
    mask[:until_px] = 1.0

    assert marked_share(mask) == share


def test_one_pixel_for_a_long_strip_takes_no_more_memory_than_the_strip() -> None:
    data, strip_px = encoded(Image.new("1", (1, 1), 1)), (12_000, 20)
    decode_mask(data, strip_px)  # what loads lazily is there now

    tracemalloc.start()
    mask = decode_mask(data, strip_px)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert mask.shape == (20, 12_000)
    assert mask.all()
    assert peak_bytes < 10 * mask.size  # the mask itself has 4 bytes a pixel; a square would be 600 times it
