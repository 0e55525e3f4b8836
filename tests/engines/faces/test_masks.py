import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.api import FivePoints
from backend.engines.faces.align import TEMPLATE
from backend.engines.faces.masks import (
    NOT_PASTED,
    FaceClass,
    geometric_mask,
    official_parse_mask,
    parse_mask,
    square_mask,
)
from backend.media.types import Mask


def _all_of(one: FaceClass) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.full((512, 512), one, dtype=np.uint8)


def _largest_step(mask: Mask) -> float:
    return float(max(np.abs(np.diff(mask, axis=0)).max(), np.abs(np.diff(mask, axis=1)).max()))


def _is_nothing_at_the_edge(mask: Mask) -> bool:
    return not (mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())


@pytest.mark.parametrize("one", FaceClass)
def test_the_official_mask_shows_face_hair_and_earrings_only(one: FaceClass) -> None:
    mask = official_parse_mask(_all_of(one))

    assert mask[256, 256] == pytest.approx(0.0 if one in (0, 14, 16, 17, 18) else 1.0, abs=1e-12)
    assert (one in NOT_PASTED) == (mask[256, 256] == 0)


def test_the_official_mask_has_a_hard_frame_of_ten_pixels() -> None:
    mask = official_parse_mask(_all_of(FaceClass.HAIR))

    assert mask.dtype == np.float64
    assert not mask[:10].any() and not mask[:, -10:].any()
    assert mask[10:-10, 10:-10].min() == pytest.approx(1.0, abs=1e-12)


def test_the_official_blur_is_two_of_sigma_11() -> None:
    classes = _all_of(FaceClass.BACKGROUND)
    classes[:, 256:] = FaceClass.SKIN

    mask = official_parse_mask(classes)

    # a Gaussian of sigma 11 * sqrt 2 reaches 0.8413 after one sigma; 0.002: its tail ends after 50 px
    assert mask[256, 255:257].mean() == pytest.approx(0.5, abs=1e-12)
    assert np.interp(255.5 + 11 * 2**0.5, np.arange(512), mask[256]) == pytest.approx(0.8413, abs=0.002)


def test_our_mask_fades_where_hair_meets_the_edge_of_the_crop() -> None:
    classes = _all_of(FaceClass.HAIR)

    ours, official = parse_mask(classes), official_parse_mask(classes).astype(np.float32)

    assert _largest_step(official) == pytest.approx(1.0, abs=1e-6)  # the line people complain of
    assert _largest_step(ours) < 0.06
    assert _is_nothing_at_the_edge(ours)
    assert ours.dtype == np.float32
    assert np.array_equal(ours, square_mask())


def test_our_mask_is_the_official_one_inside() -> None:
    classes = _all_of(FaceClass.BACKGROUND)
    classes[150:350, 170:330] = FaceClass.SKIN

    assert parse_mask(classes) == pytest.approx(official_parse_mask(classes), abs=1e-6)


def test_the_square_is_whole_in_the_middle_and_cannot_be_changed() -> None:
    mask = square_mask()

    assert mask.dtype == np.float32
    assert mask[256, 256] == pytest.approx(1.0, abs=1e-6)
    assert mask[52:-52, 52:-52].min() > 0.999
    assert _is_nothing_at_the_edge(mask)
    with pytest.raises(ValueError, match="read-only"):
        mask[0, 0] = 1


def test_the_egg_shows_the_whole_face_and_not_what_is_around_it() -> None:
    mask = geometric_mask()

    for x, y in TEMPLATE:
        assert mask[round(y), round(x)] > 0.99
    assert mask[150, 256] > 0.99  # forehead
    assert mask[440, 256] > 0.75  # chin
    assert max(mask[60, 60], mask[60, 450], mask[460, 60], mask[460, 450]) == 0.0
    assert _largest_step(mask) < 0.04


def test_a_turned_face_has_less_of_its_far_cheek_shown() -> None:
    eye, other, nose, *mouth = TEMPLATE
    turned: FivePoints = (eye, other, (nose[0] + 35, nose[1]), mouth[0], mouth[1])
    mirrored: FivePoints = (eye, other, (nose[0] - 35, nose[1]), mouth[0], mouth[1])

    straight, right, left = (geometric_mask(points)[300] for points in (TEMPLATE, turned, mirrored))

    assert right[256:].sum() < 0.85 * straight[256:].sum()
    assert left[:256].sum() < 0.85 * straight[:256].sum()
    assert left[256:].sum() > straight[256:].sum()


def test_a_long_face_has_a_lower_chin() -> None:
    eye, other, nose, *mouth = TEMPLATE
    long: FivePoints = (eye, other, nose, (mouth[0][0], 395.0), (mouth[1][0], 395.0))

    assert geometric_mask(long)[470, 256] > geometric_mask()[470, 256] + 0.2


def test_points_in_one_place_give_the_square() -> None:
    assert np.array_equal(geometric_mask(((9.0, 9.0),) * 5), square_mask())


@given(st.lists(st.tuples(st.floats(-600, 1100), st.floats(-600, 1100)), min_size=5, max_size=5))
@settings(deadline=None, max_examples=40)
def test_the_egg_is_a_mask_whatever_the_points(points: list[tuple[float, float]]) -> None:
    a, b, c, d, e = points

    mask = geometric_mask((a, b, c, d, e))

    assert mask.shape == (512, 512) and mask.dtype == np.float32
    assert np.isfinite(mask).all() and mask.min() >= 0 and mask.max() <= 1 + 1e-6
    assert _is_nothing_at_the_edge(mask)
