import numpy as np
import pytest

from backend.engines.builtin.restoration.neutral import balanced, grey_balance, without_tint
from backend.engines.builtin.restoration.planes import luma
from tests.engines.builtin.restoration.pictures import a_float_portrait, a_sepia_portrait


def test_a_sepia_print_becomes_grey_and_keeps_its_tones() -> None:
    sepia = a_sepia_portrait()

    grey = without_tint(sepia)

    assert np.ptp(grey, axis=2).max() == 0
    assert luma(grey) == pytest.approx(luma(sepia), abs=0.01)


@pytest.mark.parametrize("cast", [(1.0, 0.85, 0.75), (0.8, 1.0, 0.9), (0.75, 0.9, 1.0)])
def test_a_cast_is_balanced(cast: tuple[float, float, float]) -> None:
    photo = np.asarray(a_float_portrait() * np.array(cast, np.float32), np.float32)
    usual = grey_balance(a_float_portrait())

    gains = grey_balance(photo)

    left = gains / usual * cast
    # 0.7 of a cast is taken back, so that 0.3 of it stays; some more for pixels that are too dark to count.
    assert np.ptp(np.log(left)) < 0.4 * np.ptp(np.log(cast))


def test_balance_keeps_the_brightness_and_the_whites() -> None:
    photo = a_float_portrait()
    photo[:20] = 255.0
    gains = np.array([1.2, 1.0, 0.8], np.float32)

    result = balanced(photo, gains)

    assert (result[:20] == 255.0).all()
    assert luma(balanced(photo, grey_balance(photo))).mean() == pytest.approx(luma(photo).mean(), rel=0.03)


def test_a_picture_with_nothing_to_go_by_is_left_alone() -> None:
    assert grey_balance(np.zeros((40, 40, 3), np.float32)).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(("green", "gain_over_red"), [(1.04, 1.0), (1.25, 1.25**-0.7)])
def test_a_trace_of_green_is_the_scenes_and_a_lot_of_it_a_cast(green: float, gain_over_red: float) -> None:
    grey = np.random.default_rng(0).uniform(60, 180, (64, 64, 1)).astype(np.float32)
    photo = np.asarray(grey * np.array([1.0, green, 1.0], np.float32), np.float32)

    gains = grey_balance(photo)

    assert gains[1] / gains[0] == pytest.approx(gain_over_red, abs=0.005)  # float32, and what is too dark
