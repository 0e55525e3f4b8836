import numpy as np
import pytest

from backend.engines.builtin.restoration.across import fill_across
from backend.media.types import FloatImage


def test_an_edge_goes_on_under_a_scratch_that_crosses_it() -> None:
    photo = _edge()
    damaged = np.zeros((40, 40), bool)
    damaged[:, 18:22] = True  # the edge runs along the rows, the scratch along the columns
    scratched = photo.copy()
    scratched[damaged] = 255

    filled = fill_across(scratched, damaged, 8)

    # A rim's colour is a mean over about a pixel: only the rows at the edge may differ much.
    assert np.abs(filled - photo)[[*range(18), *range(22, 40)]].max() < 2
    assert np.abs(filled - photo).max() < 60


def test_what_is_whole_stays_bit_by_bit() -> None:
    photo = np.random.default_rng(0).uniform(0, 255, (30, 30, 3)).astype(np.float32)
    damaged = np.zeros((30, 30), bool)
    damaged[10:13] = True

    filled = fill_across(photo, damaged, 8)

    assert np.array_equal(filled[~damaged], photo[~damaged])


@pytest.mark.parametrize("where", [(slice(None), slice(0, 6)), (slice(0, 3), slice(0, 3))])
def test_damage_at_the_border_takes_the_colour_beside_it(where: tuple[slice, slice]) -> None:
    photo = np.full((30, 30, 3), 90, np.float32)
    damaged = np.zeros((30, 30), bool)
    damaged[where] = True
    photo[damaged] = 255

    filled = fill_across(photo, damaged, 8)

    assert np.allclose(filled, 90, atol=1e-2)


def test_a_picture_that_is_damaged_all_over_stays() -> None:
    photo = np.full((8, 8, 3), 90, np.float32)

    assert np.array_equal(fill_across(photo, np.ones((8, 8), bool), 8), photo)


def _edge() -> FloatImage:
    photo = np.full((40, 40, 3), 50, np.float32)
    photo[20:] = 200
    return photo
