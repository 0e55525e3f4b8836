"""Layers in one file: every pair whole and in its place, within the sides that browsers draw."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.media.layer_atlas import encode_atlas, pack_pairs
from backend.media.types import RgbImage
from tests.builders import a_photo

SIZES = st.lists(st.tuples(st.integers(1, 300), st.integers(1, 300)), min_size=1, max_size=12)


def _pair(width_px: int, height_px: int, level: int) -> tuple[RgbImage, RgbImage]:
    before = np.full((height_px, width_px, 3), level, np.uint8)
    return before, before + 1


def test_pairs_that_fit_are_kept_pixel_for_pixel() -> None:
    pairs = [(a_photo(40, 30, 1), a_photo(40, 30, 2)), (a_photo(25, 50, 3), a_photo(25, 50, 4))]

    atlas = pack_pairs(pairs)

    assert atlas.scale == 1.0
    assert atlas.image.shape == (80, 80, 3)
    for row, (before, after) in zip(atlas.rows, pairs, strict=True):
        line = atlas.image[row.y_px : row.y_px + row.height_px]
        assert np.array_equal(line[:, : row.width_px], before)
        assert np.array_equal(line[:, row.width_px : 2 * row.width_px], after)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(SIZES)
def test_an_atlas_keeps_to_its_sides_and_mixes_no_pairs(sizes: list[tuple[int, int]]) -> None:
    """Pictures of one level stay of one level under any resizing, so a stray line would show."""
    pairs = [_pair(width, height, 10 * index) for index, (width, height) in enumerate(sizes)]

    atlas = pack_pairs(pairs, max_width_px=200, max_height_px=150)

    assert atlas.image.shape[0] <= 150
    assert atlas.image.shape[1] <= 200
    assert 0.0 < atlas.scale <= 1.0
    for index, row in enumerate(atlas.rows):
        line = atlas.image[row.y_px : row.y_px + row.height_px]
        assert (line[:, : row.width_px] == 10 * index).all()
        assert (line[:, row.width_px : 2 * row.width_px] == 10 * index + 1).all()
        width, height = sizes[index]
        assert abs(row.width_px - width * atlas.scale) <= 1
        assert abs(row.height_px - height * atlas.scale) <= 1


@pytest.mark.parametrize(
    ("size", "count", "scale"), [((4096, 10), 1, 0.5), ((10, 4096), 4, 0.5), ((2048, 8192), 1, 1.0)]
)
def test_larger_faces_shrink_all_alike(size: tuple[int, int], count: int, scale: float) -> None:
    atlas = pack_pairs([_pair(*size, 7)] * count)

    assert atlas.scale == scale
    assert {(row.width_px, row.height_px) for row in atlas.rows} == {
        (int(size[0] * scale), int(size[1] * scale))
    }


def test_the_file_shows_the_atlas() -> None:
    """Two levels on average: lossy, but far below what anybody sees through a slider."""
    atlas = pack_pairs([(a_photo(200, 160, 1), a_photo(200, 160, 2))])

    with Image.open(io.BytesIO(encode_atlas(atlas))) as picture:
        assert picture.format == "WEBP"
        shown = np.asarray(picture.convert("RGB"), int)

    assert np.abs(shown - atlas.image).mean() < 2.0
