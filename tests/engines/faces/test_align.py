from typing import Literal

import numpy as np
import pytest

from backend.engines.api import FivePoints
from backend.engines.faces.align import TEMPLATE, crop_face, moved, scale_of, similarity
from tests.engines import alignment_fixtures as fixtures
from tests.shared_data import needs_shared


def _template(scale_ratio: float, right: float = 0.0, down: float = 0.0) -> FivePoints:
    return fixtures.five(np.array(TEMPLATE) * scale_ratio + (right, down))


def _matrix(points: FivePoints) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    found = similarity(points)
    assert found is not None
    return found


@needs_shared("parity")
def test_similarity_is_the_official_matrix_for_400_faces() -> None:
    table = fixtures.arrays("affine_table")

    found = np.array([_matrix(fixtures.five(points)) for points in table["landmarks"]])

    # OpenCV 4.10 to 4.14 agree to 1e-6; a least-squares fit misses one noisy face in eight by pixels
    assert np.abs(found - table["affine"]).max() <= 1e-6


def test_similarity_of_the_template_is_nothing() -> None:
    # 1e-4: the points go through float32
    assert _matrix(TEMPLATE) == pytest.approx(np.eye(2, 3), abs=1e-4)


def test_similarity_undoes_size_and_place() -> None:
    found = _matrix(_template(0.25, 40, 60))

    assert found == pytest.approx(np.array([[4.0, 0.0, -160.0], [0.0, 4.0, -240.0]]), abs=2e-3)
    assert scale_of(found) == pytest.approx(4.0, abs=1e-5)


@pytest.mark.parametrize("place", [0.0, 5.0, float("nan"), float("inf")])
def test_points_in_one_place_or_none_have_no_similarity(place: float) -> None:
    assert similarity(fixtures.five(np.full((5, 2), place))) is None


def test_moved_points_lie_on_the_template_when_they_fit_it() -> None:
    points = _template(0.3, 11, 17)

    there = moved(points, _matrix(points))

    assert np.array(there) == pytest.approx(np.array(TEMPLATE), abs=2e-3)


@needs_shared("parity")
@pytest.mark.parametrize(
    ("case", "index"),
    [("boy", 0), ("couple", 0), ("couple", 1), ("family", 0), ("family", 1), ("edge_x1", 0)],
)
def test_crops_are_the_official_ones(case: str, index: int) -> None:
    name = case.split("_")[0]
    points = fixtures.points_of("edge_x1_parse" if name == "edge" else name)[index]

    crop = crop_face(fixtures.picture(f"input_{name}").astype(np.uint8), _matrix(points))

    assert np.array_equal(crop, fixtures.picture(f"{name}_crop_{index}"))


@needs_shared("parity")
def test_a_photo_of_16_bits_is_cropped_in_fractions() -> None:
    photo = fixtures.picture("input_16bit") / 65535 * 255
    points = fixtures.points_of("16bit_x1_parse")[0]

    crop = crop_face(photo, _matrix(points))

    stored = fixtures.arrays("face_alignment_paste")["16bit_crop_0"][::-1]  # stored as B, G, R
    sample = crop.transpose(2, 0, 1)[:, 3::7, 3::7]
    assert crop.dtype == np.float64
    assert np.abs(sample - stored).max() <= 1e-9


def test_beyond_the_photo_is_the_official_grey_in_rgb() -> None:
    white = np.full((100, 100, 3), 255, dtype=np.uint8)

    crop = crop_face(white, _matrix(_template(0.25, 60, 60)))

    assert crop[0, 0].tolist() == [255, 255, 255]
    assert crop[-1, -1].tolist() == [132, 133, 135]


def test_beyond_the_photo_may_be_the_photo_mirrored() -> None:
    stripes = np.zeros((128, 128, 3), dtype=np.uint8)
    stripes[:, 100:] = 200

    crop = crop_face(stripes, _matrix(_template(0.25, 60, 0)), border="reflect")

    # x = 127 of the photo is x = 268 of the crop; 28 of its pixels lie on either side, 4 times as wide
    assert crop[256, 270 - 80].tolist() == crop[256, 270 + 80].tolist() == [200, 200, 200]
    assert crop[256, 270 + 140].tolist() == [0, 0, 0]


@pytest.mark.parametrize(("antialias", "least", "most"), [(False, 60, 192), (True, 0, 3)])
def test_only_an_antialiased_crop_averages_fine_detail(antialias: bool, least: float, most: float) -> None:
    photo = np.zeros((2048, 2048, 3), dtype=np.uint8)
    photo[:, ::4] = 255  # one column in four, which is one pixel of the crop

    crop = crop_face(photo, _matrix(_template(4.0)), antialias=antialias)

    assert least <= np.abs(crop[100:400, 100:400] - 255 / 4).mean() <= most


def test_an_antialiased_crop_lies_where_the_other_does() -> None:
    rows, columns = np.mgrid[0:1400, 0:1400] / 1400 * 200
    photo = np.stack([rows, columns, rows], axis=-1).astype(np.float32)
    matrix = _matrix(_template(2.3, 77, 45))

    plain, averaged = crop_face(photo, matrix), crop_face(photo, matrix, antialias=True)

    # a slope of 200 / 1400 levels a pixel: a tenth of a crop pixel would be 0.03 levels
    assert np.abs(plain - averaged)[5:-5, 5:-5].max() < 0.03


def test_a_face_smaller_than_the_crop_is_the_same_with_antialias() -> None:
    photo = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    matrix = _matrix(_template(0.3, 20, 20))

    assert np.array_equal(crop_face(photo, matrix), crop_face(photo, matrix, antialias=True))


@pytest.mark.parametrize("face_scale", [0.2, 0.9])
@pytest.mark.parametrize("antialias", [False, True])
def test_a_face_in_a_panorama_wider_than_opencv_warps_is_cropped(face_scale: float, antialias: bool) -> None:
    photo = np.zeros((400, 40000, 3), dtype=np.uint8)
    part = np.random.default_rng(5).integers(0, 256, (400, 600, 3), dtype=np.uint8)
    photo[:, 39000:39600] = part

    crop = crop_face(photo, _matrix(_template(face_scale, 39060, -20)), antialias=antialias)

    alone = crop_face(part, _matrix(_template(face_scale, 60, -20)), antialias=antialias)
    far = np.abs(crop.astype(int) - alone)[150:350, 150:350]
    # 1/32 of a pixel aside in noise of 256 levels; the float32 points at x = 39000 are as coarse
    assert far.max() <= 24


@pytest.mark.parametrize("border", ["gray", "reflect"])
def test_an_antialiased_crop_over_the_edge_shows_the_border_of_the_other(
    border: Literal["gray", "reflect"],
) -> None:
    rows, columns = np.mgrid[0:900, 0:1500] / 1500 * 200
    photo = np.stack([rows, columns, rows], axis=-1).astype(np.float32)
    matrix = _matrix(_template(2.0, -300, -250))  # 300 of 1024 pixels beyond the left, 250 the top

    plain, averaged = (crop_face(photo, matrix, border=border, antialias=each) for each in (False, True))

    difference = np.abs(plain - averaged)
    # away from the photo's own edge, which the average spreads over a pixel of the crop
    assert difference[:120, :145].max() < 0.3
    assert difference[130:, 155:].max() < 0.3
