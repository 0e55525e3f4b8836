from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.faces.align import similarity
from backend.engines.faces.masks import geometric_mask, square_mask
from backend.engines.gfpgan.choice import ChosenFace
from backend.engines.gfpgan.composition import LaidFace, between, compose, lay_face
from backend.media.types import FloatImage, Mask, RgbImage
from tests.builders import a_photo
from tests.engines.gfpgan.fake_models import points_at

RED = np.full((512, 512, 3), (250.0, 20.0, 20.0), np.float32)
BLUE = np.full((512, 512, 3), (20.0, 20.0, 250.0), np.float32)


def a_choice(id: int, x: float, y: float, side_px: float) -> ChosenFace:
    points = points_at(x, y, side_px)
    matrix = similarity(points)
    assert matrix is not None
    return ChosenFace(id=id, matrix=matrix, points=points)


def laid(
    base: RgbImage,
    chosen: ChosenFace,
    face: FloatImage = RED,
    mask: Mask | None = None,
    scale: int = 1,
    finer_share: float = 0.0,
) -> LaidFace:
    one = lay_face(
        base, chosen, face, square_mask() if mask is None else mask, scale, finer_share=finer_share
    )
    assert one is not None
    return one


def test_a_face_outside_the_picture_is_not_drawn() -> None:
    assert lay_face(a_photo(), a_choice(0, 500, 500, 60), RED, square_mask(), 1, finer_share=0.0) is None


def test_with_an_empty_mask_there_is_nothing_to_draw() -> None:
    empty = np.zeros((512, 512), np.float32)

    assert lay_face(a_photo(300, 200), a_choice(0, 40, 30, 120), RED, empty, 1, finer_share=0.0) is None


def test_where_the_mask_is_0_the_picture_stays_to_the_last_bit() -> None:
    base = a_photo(300, 200)
    before = base.copy()
    left_half = np.zeros((512, 512), np.float32)
    left_half[20:490, 20:250] = 1.0

    compose(base, [laid(base, a_choice(0, 40, 30, 120), mask=left_half)], 0.0)

    assert (base[90, 70] == (250, 20, 20)).all()
    assert np.array_equal(base[:, 100:], before[:, 100:])  # 250 of 512 lies at 40 + 59


def test_the_face_shows_inside_and_the_picture_outside() -> None:
    base = a_photo(300, 200)
    before = base.copy()

    (layer,) = compose(base, [laid(base, a_choice(4, 40, 30, 120))], 0.0)

    assert (base[90, 100] == (250, 20, 20)).all()
    outside = np.ones((200, 300), bool)
    outside[30:150, 40:160] = False
    assert np.array_equal(base[outside], before[outside])
    assert layer.face_id == 4
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        assert np.array_equal(layer.before[edge], layer.after[edge])


@settings(max_examples=20, deadline=None)
@given(x=st.floats(-60, 250), y=st.floats(-60, 150), side_px=st.floats(30, 400), fidelity=st.floats(0.0, 1.0))
def test_a_slider_can_draw_the_result_from_the_layers(
    x: float, y: float, side_px: float, fidelity: float
) -> None:
    base = a_photo(260, 180)
    before, result = base.copy(), base.copy()
    one = lay_face(base, a_choice(0, x, y, side_px), RED, geometric_mask(), 1, finer_share=0.0)
    other = laid(base, a_choice(1, 90, 40, 110), BLUE)
    faces = [other] if one is None else [one, other]

    layers = compose(result, faces, fidelity)

    drawn = before.copy()
    for layer in layers:
        height_px, width_px = layer.before.shape[:2]
        part = drawn[layer.y : layer.y + height_px, layer.x : layer.x + width_px]
        mixed = (1.0 - fidelity) * layer.after.astype(float) + fidelity * layer.before
        part[:] = np.rint(mixed).astype(np.uint8)
    # A half may be rounded either way: OpenCV counts in other steps than numpy.
    assert np.abs(drawn.astype(int) - result).max() <= 1


def test_a_layer_is_only_as_large_as_what_the_mask_shows() -> None:
    base = a_photo(300, 200)

    (layer,) = compose(base, [laid(base, a_choice(0, 40, 30, 120), mask=geometric_mask())], 0.0)

    shown = np.argwhere((layer.after != layer.before).any(axis=2))
    assert (shown.min(axis=0) >= 1).all()
    assert (shown.max(axis=0) < np.array(layer.after.shape[:2]) - 1).all()
    assert layer.after.shape[1] < 110  # of the crop's 120: the egg is narrower


def test_full_fidelity_is_the_picture_to_the_last_bit() -> None:
    base = a_photo(300, 200)
    before = base.copy()
    faces = [laid(base, a_choice(0, 40, 30, 120)), laid(base, a_choice(1, 90, 30, 120), BLUE)]

    compose(base, faces, 1.0)

    assert np.array_equal(base, before)


def test_where_faces_overlap_the_order_does_not_matter() -> None:
    first, second = a_photo(300, 200), a_photo(300, 200)
    faces = [
        laid(first, a_choice(0, 40, 30, 120), mask=geometric_mask()),
        laid(first, a_choice(1, 90, 40, 130), BLUE, mask=geometric_mask()),
    ]

    compose(first, faces, 0.0)
    compose(second, faces[::-1], 0.0)

    assert np.abs(first.astype(int) - second).max() <= 1  # sums in another order


def test_a_neighbours_soft_edge_does_not_paint_over_a_face() -> None:
    base = a_photo(300, 200)
    left, right = a_choice(0, 20, 30, 120), a_choice(1, 90, 30, 120)
    faces = [
        laid(base, left, mask=geometric_mask()),
        laid(base, right, BLUE, mask=geometric_mask()),
    ]

    compose(base, faces, 0.0)

    assert (np.abs(base[95, 80].astype(int) - (250, 20, 20)) <= 1).all()
    assert (np.abs(base[95, 150].astype(int) - (20, 20, 250)) <= 1).all()


def test_a_large_face_that_is_its_own_crop_changes_nothing() -> None:
    base = np.random.default_rng(0).integers(60, 200, (900, 900, 3), np.uint8)
    before = base.copy()
    chosen = a_choice(0, 40, 30, 800)
    one = laid(base, chosen, finer_share=1.0)
    assert one.finer is not None

    compose(base, [replace(one, face=one.finer)], 0.0)

    assert np.array_equal(base, before)  # noise of single pixels, which the crop cannot hold


def test_grain_is_added_where_the_face_is_and_nowhere_else() -> None:
    base = np.full((200, 300, 3), 100, np.uint8)
    flat = np.full((512, 512, 3), 100.0, np.float32)
    one = laid(base, a_choice(0, 40, 30, 120), flat)
    grain = np.full((one.region.height, one.region.width), 5.0, np.float32)

    compose(base, [replace(one, grain=grain)], 0.0)

    assert (base[90, 100] == 105).all()
    assert (base[:, 165:] == 100).all() and (base[:29] == 100).all()


@pytest.mark.parametrize("scale", [2, 4])
def test_faces_lie_where_they_were_in_an_enlarged_picture(scale: int) -> None:
    photo = a_photo(100, 90)
    base = np.repeat(np.repeat(photo, scale, 0), scale, 1)
    chosen = a_choice(0, 10, 10, 64)

    (layer,) = compose(base, [laid(base, chosen, scale=scale)], 0.0)

    middle = np.argwhere((layer.after != layer.before).any(axis=2)).mean(axis=0)
    in_photo = 10 + 255.5 * 64 / 512  # the middle of the crop, counted in middles of pixels
    expected = (in_photo + 0.5) * scale - 0.5
    assert middle + np.array([layer.y, layer.x]) == pytest.approx(np.full(2, expected), abs=0.5)


def test_blending_is_exact_at_both_ends() -> None:
    one, other = a_photo(seed=1), a_photo(seed=2)

    assert np.array_equal(between(one, other, 0.0), one)
    assert np.array_equal(between(one, other, 1.0), other)
