import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.lighting import evened, measure_light
from backend.media.types import FloatImage
from tests.engines.builtin.restoration.pictures import a_float_portrait, with_grain

MARGIN_PX = 24


def a_print() -> tuple[FloatImage, npt.NDArray[np.bool_]]:
    """A portrait with a white margin, and where the margin is."""
    size_px = 256 + 2 * MARGIN_PX
    photo = np.full((size_px, size_px, 3), 225.0, np.float32)
    photo[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX] = a_float_portrait()
    is_paper = np.ones((size_px, size_px), np.bool_)
    is_paper[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX] = False
    return photo, is_paper


def lamp(size_px: int) -> FloatImage:
    """Light from the upper left, twice as strong there as in the far corner."""
    y, x = np.mgrid[0:size_px, 0:size_px] / size_px
    return np.asarray((1.0 - 0.35 * (0.6 * x + 0.4 * y) - 0.15 * x * y)[..., None], np.float32)


def test_a_lamp_on_one_side_is_evened() -> None:
    photo, is_paper = a_print()
    lit = with_grain(photo * lamp(photo.shape[0]), 2.0)

    field = measure_light(lit, is_paper)

    assert field is not None
    even = evened(lit, field, 0, lit.shape[0])
    ratio = (even / np.maximum(photo, 1))[(photo.min(axis=2) > 40)]
    before = (lit / np.maximum(photo, 1))[(photo.min(axis=2) > 40)]
    assert ratio.std() < 0.35 * before.std()  # what is left is grain, and the lamp's own shape


def test_even_paper_is_left_alone() -> None:
    photo, is_paper = a_print()

    assert measure_light(with_grain(photo, 3.0), is_paper) is None


def test_a_lower_gate_evens_less_uneven_paper() -> None:
    photo, is_paper = a_print()
    lit = np.asarray(photo * lamp(photo.shape[0]) ** 0.15, np.float32)

    assert measure_light(lit, is_paper) is None
    assert measure_light(lit, is_paper, least_range=0.02) is not None


def test_what_is_no_even_paper_tells_nothing() -> None:
    photo, is_paper = a_print()
    patchy = photo * np.random.default_rng(0).choice([0.7, 1.0], (76, 76, 1)).repeat(4, 0).repeat(4, 1)

    assert measure_light(patchy.astype(np.float32), is_paper) is None


def test_bands_meet_without_a_seam() -> None:
    photo, is_paper = a_print()
    lit = np.asarray(photo * lamp(photo.shape[0]), np.float32)
    field = measure_light(lit, is_paper)
    assert field is not None

    whole = evened(lit, field, 0, lit.shape[0])
    parts = np.concatenate([evened(lit[:100], field, 0, len(lit)), evened(lit[100:], field, 100, len(lit))])

    assert np.array_equal(whole, parts)
