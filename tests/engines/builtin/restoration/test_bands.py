import cv2
import numpy as np
import pytest

from backend.domain.errors import JobCancelled
from backend.engines.builtin.restoration import bands
from backend.engines.builtin.restoration.bands import MARGIN_ROWS, band_rows, by_bands, change_by_bands
from backend.engines.builtin.restoration.enlarge import REACH_ROWS, enlarge_twice
from backend.media.types import FloatImage
from tests.builders import a_photo


@pytest.fixture(autouse=True)
def small_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bands, "_BAND_PIXELS", 40 * 4 * 96)


def test_bands_leave_no_seams() -> None:
    photo = a_photo(40, 3 * band_rows(160) + 20).astype(np.float32)

    def enlarge(rows: FloatImage) -> FloatImage:
        return enlarge_twice(enlarge_twice(rows, noise=0.0), noise=0.0)

    in_bands = by_bands(photo, enlarge, lambda share: None, scale=4, margin_rows=REACH_ROWS)

    assert np.allclose(in_bands, enlarge(photo), atol=1e-3)


def test_a_photo_changed_in_place_is_seen_as_it_was() -> None:
    photo = a_photo(160, 3 * band_rows(160) + 20).astype(np.float32)

    def smooth(rows: FloatImage, first_row: int) -> FloatImage:
        return np.asarray(cv2.blur(rows, (1, 2 * MARGIN_ROWS + 1)), np.float32)

    whole = smooth(photo, 0)
    change_by_bands(photo, smooth, margin_rows=MARGIN_ROWS)

    assert np.allclose(photo, whole, atol=1e-3)


def test_a_step_is_told_where_its_rows_are() -> None:
    photo = np.zeros((3 * band_rows(160) + 20, 160, 3), np.float32)

    def numbered(rows: FloatImage, first_row: int) -> FloatImage:
        numbers = np.arange(first_row, first_row + rows.shape[0], dtype=np.float32)
        return np.broadcast_to(numbers[:, None, None], rows.shape)

    change_by_bands(photo, numbered, margin_rows=8)

    assert np.array_equal(photo[:, 0, 0], np.arange(photo.shape[0]))


def test_progress_is_told_and_may_stop_the_work() -> None:
    photo = a_photo(160, 3 * band_rows(160)).astype(np.float32)
    told: list[float] = []

    def stop_halfway(share: float) -> None:
        told.append(share)
        if share > 0.5:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        by_bands(photo, np.copy, stop_halfway)
    with pytest.raises(JobCancelled):
        change_by_bands(photo, lambda rows, _: rows, stop_halfway)

    assert told == pytest.approx([0.0, 1 / 3, 2 / 3] * 2)
