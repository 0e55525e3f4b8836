import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.gfpgan.whole_picture import add_light, measure_light
from backend.media.types import FloatImage
from tests.builders import a_photo
from tests.engines.gfpgan.fake_models import PaintingNetwork, contrasting, copying


def lighter_to_the_right() -> PaintingNetwork:
    return PaintingNetwork(lambda box: np.asarray(box + 30.0 * _slope(box), np.float32))


def _slope(box: FloatImage) -> FloatImage:
    return np.linspace(-1.0, 1.0, box.shape[1], dtype=np.float32)[None, :, None]


def test_a_network_that_changes_nothing_changes_nothing() -> None:
    assert measure_light(a_photo(300, 200), copying(), with_colour=False) is None


def test_a_shift_of_the_whole_is_not_taken() -> None:
    brighter = PaintingNetwork(lambda box: box + 12.0)

    assert measure_light(a_photo(300, 200) // 2 + 30, brighter, with_colour=False) is None


def test_detail_is_not_taken() -> None:
    assert measure_light(a_photo(300, 200), contrasting(), with_colour=False) is None


def test_slow_light_is_taken_in_part_and_within_limits() -> None:
    light = measure_light(np.full((300, 400, 3), 128, np.uint8), lighter_to_the_right(), with_colour=False)

    assert light is not None and light.shape == (384, 512, 3)
    assert light[:, :64].mean() == pytest.approx(-6.0, abs=0.1)  # half of at most 12
    assert light[:, -64:].mean() == pytest.approx(6.0, abs=0.1)


def test_colours_change_only_where_the_network_may_decide_them() -> None:
    reddening = PaintingNetwork(
        lambda box: np.asarray(box + 40.0 * _slope(box) * (1.0, 0.0, 0.0), np.float32)
    )
    photo = np.full((200, 300, 3), 128, np.uint8)

    plain, coloured = (measure_light(photo, reddening, with_colour=asked) for asked in (False, True))

    assert plain is not None and np.ptp(plain, axis=2).max() == 0.0
    assert coloured is not None and np.ptp(coloured, axis=2).max() > 5.0


@settings(max_examples=20, deadline=None)
@given(height_px=st.integers(1, 90), width_px=st.integers(1, 90))
def test_nothing_to_add_leaves_a_picture_of_any_size_as_it_is(height_px: int, width_px: int) -> None:
    photo = a_photo(width_px, height_px)
    changed = photo.copy()

    add_light(changed, np.zeros((7, 5, 3), np.float32))

    assert np.array_equal(changed, photo)


def test_grey_stays_grey_and_the_ends_of_the_scale_stay() -> None:
    grey = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, 2).repeat(4, 0)
    changed = grey.copy()

    add_light(changed, np.full((2, 2, 3), 6.0, np.float32))

    assert np.ptp(changed, axis=2).max() == 0
    assert (changed[:, 0] == 0).all() and (changed[:, 255] == 255).all()
    assert (changed[:, 60:180] == grey[:, 60:180] + 6).all()


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 900, 3), (900, 3, 3)])
def test_a_picture_of_any_shape_fits_the_network(shape: tuple[int, int, int]) -> None:
    network = lighter_to_the_right()

    measure_light(np.full(shape, 100, np.uint8), network, with_colour=False)

    assert network.batches == [1]
