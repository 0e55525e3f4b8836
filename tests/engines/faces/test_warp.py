import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.faces.align import Affine
from backend.engines.faces.warp import Region, region_of, surrounding, warp_region

_NOISE = np.random.default_rng(7).integers(0, 256, (512, 512, 3), dtype=np.uint8)


def _turned(scale_ratio: float, degrees: float, x: float, y: float) -> Affine:
    angle = np.radians(degrees)
    c, s = scale_ratio * np.cos(angle), scale_ratio * np.sin(angle)
    return np.array([[c, -s, x], [s, c, y]])


@given(
    scale_ratio=st.floats(0.02, 3.0),
    degrees=st.floats(-180, 180),
    x=st.floats(-400, 700),
    y=st.floats(-400, 700),
    width=st.integers(1, 700),
    height=st.integers(1, 500),
    dtype=st.sampled_from([np.uint8, np.float32, np.float64]),
)
@settings(deadline=None, max_examples=60)
def test_a_region_holds_the_bits_of_the_whole_warped_frame_and_misses_none(
    scale_ratio: float, degrees: float, x: float, y: float, width: int, height: int, dtype: type
) -> None:
    face: npt.NDArray[np.uint8 | np.float32 | np.float64] = _NOISE.astype(dtype)
    matrix = _turned(scale_ratio, degrees, x, y)
    whole = cv2.warpAffine(face, matrix, (width, height))

    region = region_of(matrix, width, height)

    rest = whole.copy()
    if region is not None:
        assert np.array_equal(warp_region(face, matrix, region), whole[region.slices])
        rest[region.slices] = 0
    assert not rest.any()


def test_a_flat_matrix_covers_nothing_and_breaks_nothing() -> None:
    region = region_of(np.zeros((2, 3)), 40, 30)

    assert region == Region(x=0, y=0, width=3, height=3)
    assert warp_region(_NOISE, np.zeros((2, 3)), region).shape == (3, 3, 3)


@pytest.mark.parametrize("place", [(-520.0, 0.0), (0.0, -520.0), (110.0, 0.0), (0.0, 90.0)])
def test_a_face_outside_the_picture_has_no_region(place: tuple[float, float]) -> None:
    assert region_of(_turned(1, 0, *place), 100, 80) is None


def test_bands_cover_a_huge_region_once_from_top_to_bottom() -> None:
    region = Region(x=5, y=7, width=3000, height=1001)

    bands = list(region.bands())

    assert [band.y for band in bands] == [7, 356, 705]
    assert sum(band.height for band in bands) == 1001
    assert {(band.x, band.width) for band in bands} == {(5, 3000)}


def test_regions_meet_where_both_are() -> None:
    one, other = Region(x=0, y=0, width=10, height=8), Region(x=6, y=5, width=10, height=10)

    met = one.meet(other)

    assert met == Region(x=6, y=5, width=4, height=3)
    assert met.within(other) == (slice(0, 3), slice(0, 4))
    assert one.meet(Region(x=10, y=0, width=3, height=3)) is None


def test_surrounding_holds_every_region() -> None:
    one, other = Region(x=8, y=1, width=10, height=8), Region(x=6, y=5, width=4, height=10)

    assert surrounding([one, other]) == Region(x=6, y=1, width=12, height=14)
    assert surrounding([one]) == one
