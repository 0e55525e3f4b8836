import numpy as np
import pytest

from backend.domain.errors import JobCancelled
from backend.engines.builtin.restoration.bands import BAND_ROWS, by_bands
from backend.engines.builtin.restoration.enlarge import enlarge_twice
from backend.media.types import FloatImage
from tests.builders import a_photo


def test_bands_leave_no_seams() -> None:
    photo = a_photo(40, BAND_ROWS + 300).astype(np.float32)

    def enlarge(rows: FloatImage) -> FloatImage:
        return enlarge_twice(rows, noise=0.0)

    in_bands = by_bands(photo, enlarge, lambda share: None, scale=2)

    assert np.allclose(in_bands, enlarge(photo), atol=1e-3)


def test_progress_is_told_and_may_stop_the_work() -> None:
    photo = a_photo(20, 3 * BAND_ROWS).astype(np.float32)
    told: list[float] = []

    def stop_halfway(share: float) -> None:
        told.append(share)
        if share > 0.5:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        by_bands(photo, np.copy, stop_halfway)

    assert told == pytest.approx([0.0, 1 / 3, 2 / 3])
