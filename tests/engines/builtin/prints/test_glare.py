import numpy as np
import pytest

from backend.engines.builtin.prints.glare import has_glare
from backend.media.images import decode_photo
from backend.media.types import RgbImage
from tests.engines.builtin.prints.scenes import a_picture
from tests.shared_data import SHARED, needs_shared


def test_a_soft_burnt_spot_is_glare() -> None:
    assert has_glare(_lit_by_a_lamp(a_picture()))


def test_a_white_thing_with_an_edge_is_none() -> None:
    picture = a_picture()
    picture[200:280, 250:330] = 255

    assert not has_glare(picture)


@pytest.mark.parametrize("side_px", [1, 16, 300])
def test_a_white_picture_has_none(side_px: int) -> None:
    assert not has_glare(np.full((side_px, side_px, 3), 255, np.uint8))


@needs_shared("data/photos")
def test_white_dresses_and_skies_are_no_glare() -> None:
    for path in sorted((SHARED / "data" / "photos").glob("0[1-8]*")):
        assert not has_glare(decode_photo(path.read_bytes()).pixels), path.name


def _lit_by_a_lamp(print_: RgbImage) -> RgbImage:
    """Light is added where it falls, in linear light."""
    height_px, width_px = print_.shape[:2]
    y, x = np.mgrid[:height_px, :width_px]
    lamp = 1.6 * np.exp(-((x - 0.45 * width_px) ** 2 + (y - 0.6 * height_px) ** 2) / (2 * 40**2))
    light = (print_ / 255) ** 2.2 + lamp[..., None]
    return np.asarray(np.rint(255 * np.clip(light, 0, 1) ** (1 / 2.2)), np.uint8)
