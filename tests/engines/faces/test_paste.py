import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.api import FivePoints
from backend.engines.faces.align import TEMPLATE, Affine, crop_face, similarity
from backend.engines.faces.masks import geometric_mask, square_mask
from backend.engines.faces.paste import paste, to_scale
from backend.media.types import FloatImage, RgbImage
from tests.engines import alignment_fixtures as fixtures

_NOISE = np.random.default_rng(3).integers(0, 256, (512, 512, 3), dtype=np.uint8)


def _face_at(scale_ratio: float, x: float, y: float, degrees: float = 0.0) -> Affine:
    """Photo -> crop of a face that is `scale_ratio` times 512 pixels."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points: FivePoints = fixtures.five(np.array(TEMPLATE) @ turn * scale_ratio + (x, y))
    found = similarity(points)
    assert found is not None
    return found


def _ramp(height: int, width: int) -> FloatImage:
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.stack([rows / height, columns / width, (rows + columns) / (height + width)], axis=-1) * 240


def _pasted(base: RgbImage, face: RgbImage | FloatImage, to_base: Affine) -> RgbImage:
    patch = paste(base, face, to_base, square_mask())
    assert patch is not None
    canvas = base.copy()
    height, width = patch.after.shape[:2]
    canvas[patch.y : patch.y + height, patch.x : patch.x + width] = patch.after
    return canvas


@given(
    face_scale=st.floats(0.1, 1.5),
    degrees=st.floats(-180, 180),
    x=st.floats(-200, 300),
    y=st.floats(-200, 300),
    size=st.tuples(st.integers(1, 300), st.integers(1, 300)),
)
@settings(deadline=None, max_examples=40)
def test_a_mask_of_nothing_leaves_every_pixel(
    face_scale: float, degrees: float, x: float, y: float, size: tuple[int, int]
) -> None:
    base = np.random.default_rng(5).integers(0, 256, (*size, 3), dtype=np.uint8)
    given_base = base.copy()

    patch = paste(
        base, _NOISE, to_scale(_face_at(face_scale, x, y, degrees), 1), np.zeros_like(square_mask())
    )

    assert np.array_equal(base, given_base)
    if patch is not None:
        height, width = patch.before.shape[:2]
        assert np.array_equal(patch.before, base[patch.y : patch.y + height, patch.x : patch.x + width])
        assert np.array_equal(patch.after, patch.before)


@pytest.mark.parametrize("face_scale", [0.12, 0.5, 1.0, 1.9])
@pytest.mark.parametrize("degrees", [0.0, 17.0])
def test_a_face_that_nobody_changed_leaves_the_photo_as_it_was(face_scale: float, degrees: float) -> None:
    base = np.rint(_ramp(900, 1000)).astype(np.uint8)
    matrix = _face_at(face_scale, 100, 40, degrees)
    crop = crop_face(_ramp(900, 1000), matrix, border="reflect", antialias=True)

    result = _pasted(base, crop, to_scale(matrix, 1))

    # a ramp of 240 levels over 900 pixels is 0.27 a pixel: half a pixel aside would show in half of them
    changed = result.astype(int) - base
    assert np.abs(changed).max() <= 1
    assert (changed != 0).mean() < 0.05


@pytest.mark.parametrize("upscale", [2, 4])
def test_a_face_on_an_enlarged_photo_sits_exactly(upscale: int) -> None:
    small = _ramp(300, 300)
    matrix = _face_at(0.4, 40, 40)
    rows = (np.arange(300 * upscale) + 0.5) / upscale - 0.5  # middles of pixels, in pixels of the photo
    there = np.stack(np.meshgrid(rows / 300, rows / 300, indexing="ij"), axis=-1) * 240
    base = np.zeros((300 * upscale, 300 * upscale, 3), dtype=np.uint8)

    result = _pasted(base, crop_face(small, matrix), to_scale(matrix, upscale))

    inside = slice(75 * upscale, 200 * upscale)
    # rounding to whole levels, and to 1/32 of a pixel twice
    assert np.abs(result[inside, inside, :2] - there[inside, inside]).max() <= 0.56
    assert abs((result[inside, inside, :2] - there[inside, inside]).mean()) < 0.03


def test_scaling_keeps_the_middle_of_pixels() -> None:
    matrix = _face_at(0.5, 10, 20)

    to_base = to_scale(matrix, 3)

    middle = np.array([100.0, 200.0, 1.0])
    in_crop = np.append(matrix @ middle, 1.0)
    assert to_base @ in_crop == pytest.approx([301.0, 601.0], abs=1e-6)


def test_colours_are_rounded_and_never_wrap_around() -> None:
    base = np.full((512, 512, 3), 255, dtype=np.uint8)
    edges = np.zeros((512, 512, 3), dtype=np.float32)
    edges[:, ::2] = 255  # as hard as can be: cubic interpolation overshoots

    bright = _pasted(base, np.full((512, 512, 3), 99.5, dtype=np.float32), np.eye(2, 3))
    hard = _pasted(base, edges, np.array([[1.3, 0.0, -70.0], [0.0, 1.3, -70.0]]))

    assert (bright[200:300, 200:300] == 100).all()  # 99.5 is rounded to even, not cut off
    across = hard[256, 150:350, 0].astype(int)
    assert across.min() < 40 and across.max() > 215
    assert hard.dtype == np.uint8


def test_a_small_face_is_averaged_not_picked() -> None:
    base = np.full((100, 100, 3), 128, dtype=np.uint8)
    stripes = np.zeros((512, 512, 3), dtype=np.uint8)
    stripes[:, ::2] = 255

    result = _pasted(base, stripes, to_scale(_face_at(0.11, 20, 20), 1))

    # 9.14 stripes to a pixel leave up to 1 / 18 of their contrast; picked ones would leave it all, 127
    assert np.abs(result.astype(int) - 128).max() <= 9


def test_before_and_after_agree_along_the_edges_of_the_patch() -> None:
    base = np.random.default_rng(8).integers(0, 256, (400, 400, 3), dtype=np.uint8)

    patch = paste(base, _NOISE, to_scale(_face_at(0.5, 60, 50, 12), 1), geometric_mask())

    assert patch is not None
    assert (patch.before != patch.after).any()
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        assert np.array_equal(patch.before[edge], patch.after[edge])


def test_a_face_outside_the_photo_is_no_patch() -> None:
    base = np.zeros((50, 50, 3), dtype=np.uint8)

    assert paste(base, _NOISE, to_scale(_face_at(0.2, 400, 0), 1), square_mask()) is None


@pytest.mark.parametrize(("face_scale", "most_mb"), [(0.4, 30), (4.0, 160)])
def test_pasting_needs_memory_for_the_face_not_for_the_photo(face_scale: float, most_mb: int) -> None:
    base = np.zeros((6000, 8000, 3), dtype=np.uint8)  # 48 MP: one copy of it in float32 would be 576 MB
    to_base = to_scale(_face_at(face_scale, 500, 600), 1)

    tracemalloc.start()
    try:
        patch = paste(base, _NOISE, to_base, square_mask())
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert patch is not None
    assert patch.after.shape[0] == pytest.approx(face_scale * 512, abs=12)
    assert peak_bytes < most_mb * 1e6
