import cv2
import numpy as np
import pytest

from backend.engines.faces.align import crop_face, similarity
from backend.engines.gfpgan.cropping import cut_face
from backend.media.types import RgbImage
from tests.builders import a_portrait
from tests.engines.gfpgan.fake_models import points_at


def a_large_photo() -> RgbImage:
    return np.asarray(cv2.resize(a_portrait(), (1100, 900), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.mark.parametrize(
    ("x", "y", "side_px"), [(300, 200, 300), (100, 50, 700), (-80, -60, 500), (700, 600, 600)]
)
def test_a_part_of_the_picture_gives_the_crop_of_the_whole(x: float, y: float, side_px: float) -> None:
    photo = a_large_photo().astype(np.float32)
    matrix = similarity(points_at(x, y, side_px))
    assert matrix is not None
    of_all = crop_face(photo, matrix, border="reflect", antialias=True)

    crop = cut_face(photo, matrix)

    # Averaged down from a part, pixels begin elsewhere by fractions: only large faces differ, and by little.
    difference = np.abs(crop - of_all)
    assert difference.mean() < (1e-6 if side_px < 512 else 0.5)
    assert crop.dtype == np.float32


def test_a_face_beyond_the_picture_is_its_mirror_image() -> None:
    matrix = similarity(points_at(3000, 3000, 300))
    assert matrix is not None

    assert cut_face(a_large_photo(), matrix).std() > 1.0
