from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.errors import JobCancelled
from backend.engines.gfpgan.seams import Enlarger
from backend.engines.gfpgan.tiles import enlarge_by_tiles
from backend.media.types import FloatImage, RgbImage
from tests.builders import a_photo
from tests.engines.gfpgan.fake_models import RepeatingEnlarger


@dataclass
class Smooth:
    """Enlarges twice by straight lines between pixels; remembers its tiles' shapes."""

    scale: int = 2
    model: str = "smooth"
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def __call__(self, tile: FloatImage) -> FloatImage:
        self.shapes.append(tile.shape)
        size_px = 2 * tile.shape[1], 2 * tile.shape[0]
        return np.asarray(cv2.resize(tile, size_px, interpolation=cv2.INTER_LINEAR), np.float32)


@dataclass
class EdgeSpoiling:
    """Does nothing but blacken the outer 8 pixels of a tile, as padding does."""

    scale: int = 1
    model: str = "spoiling"

    def __call__(self, tile: FloatImage) -> FloatImage:
        spoiled = np.zeros_like(tile)
        spoiled[8:-8, 8:-8] = tile[8:-8, 8:-8]
        return spoiled


def ignore(fraction: float) -> None:
    pass


def enlarged(
    photo: RgbImage,
    enlarger: Enlarger,
    scale: int = 2,
    tile_px: int = 128,
    before: Callable[[float], None] = ignore,
) -> RgbImage:
    return enlarge_by_tiles(photo, enlarger, scale, tile_px, before)


@settings(max_examples=25, deadline=None)
@given(
    width_px=st.integers(1, 400),
    height_px=st.integers(1, 400),
    level=st.integers(0, 255),
    scale=st.sampled_from((1, 2, 4)),
)
def test_an_even_picture_of_any_size_stays_even(
    width_px: int, height_px: int, level: int, scale: int
) -> None:
    photo = np.full((height_px, width_px, 3), level, np.uint8)

    result = enlarged(photo, Smooth(), scale)

    assert result.shape == (scale * height_px, scale * width_px, 3)
    assert (result == level).all()


def test_a_slope_has_no_seams() -> None:
    slope = np.linspace(10, 240, 700, dtype=np.float32)
    photo = np.repeat(np.rint(slope)[None, :, None], 300, 0).repeat(3, 2).astype(np.uint8)

    result = enlarged(photo, Smooth()).astype(int)

    assert np.diff(result[:, 2:-2, 0], axis=1).min() >= 0
    assert np.abs(result - enlarged(photo, Smooth(), tile_px=2048)).max() <= 1


@pytest.mark.parametrize("tile_px", [128, 176, 256])
def test_the_number_of_tiles_does_not_show(tile_px: int) -> None:
    photo = a_photo(500, 330)

    assert (
        np.abs(enlarged(photo, Smooth(), 2, tile_px).astype(int) - enlarged(photo, Smooth(), 2, 1024)).max()
        <= 1
    )


def test_every_tile_has_one_shape() -> None:
    enlarger = Smooth()

    enlarged(a_photo(500, 330), enlarger)

    assert set(enlarger.shapes) == {(128, 128, 3)}


def test_what_padding_spoils_between_tiles_is_not_used() -> None:
    photo = a_photo(300, 280)

    result = enlarged(photo, EdgeSpoiling(), 1)

    assert np.array_equal(result[8:-24, 8:-24], photo[8:-24, 8:-24])


@pytest.mark.parametrize(("network_scale", "scale"), [(4, 1), (4, 2), (2, 1), (2, 4), (1, 2)])
def test_the_result_has_the_wanted_size_whatever_the_networks_scale(network_scale: int, scale: int) -> None:
    photo = a_photo(150, 140)

    result = enlarged(photo, RepeatingEnlarger(network_scale), scale)

    size_px = (150, 140)
    small = cv2.resize(result, size_px, interpolation=cv2.INTER_AREA)
    assert result.shape == (140 * scale, 150 * scale, 3)
    assert np.abs(small.astype(int) - photo).mean() < 2.0


def test_what_overshoots_is_cut_off() -> None:
    assert enlarged(np.full((20, 20, 3), 250, np.uint8), RepeatingEnlarger(2, lift=0.2)).min() == 255


def test_progress_grows_and_a_cancelled_job_stops() -> None:
    told: list[float] = []

    def stop(fraction: float) -> None:
        told.append(fraction)
        if len(told) == 4:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        enlarged(a_photo(500, 330), Smooth(), before=stop)

    assert told[0] == 0.0
    assert told == sorted(set(told))
    assert told[-1] < 1.0
