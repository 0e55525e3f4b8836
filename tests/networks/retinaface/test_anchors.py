"""Anchors: exact places, all levels; and which file wants which."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.networks.retinaface.anchors import anchors
from backend.networks.retinaface.variants import OFFICIAL, SMALL, variant_of

sides_px = st.integers(1, 300)


def test_the_first_cell_holds_two_anchors_around_its_middle() -> None:
    table = anchors(64, 128, OFFICIAL.anchor_sizes)

    np.testing.assert_array_equal(table[0], np.array([4 / 128, 4 / 64, 16 / 128, 16 / 64], np.float32))
    np.testing.assert_array_equal(table[1], np.array([4 / 128, 4 / 64, 32 / 128, 32 / 64], np.float32))
    np.testing.assert_array_equal(table[2], np.array([12 / 128, 4 / 64, 16 / 128, 16 / 64], np.float32))


@given(sides_px, sides_px)
def test_every_level_has_two_anchors_a_cell_and_a_begun_cell_counts(height_px: int, width_px: int) -> None:
    table = anchors(height_px, width_px, SMALL.anchor_sizes)

    cells = sum(-(-height_px // stride) * -(-width_px // stride) for stride in (8, 16, 32))
    assert table.shape == (2 * cells, 4)
    np.testing.assert_array_equal(
        table[-1, 2:],
        np.array([256 / width_px, 256 / height_px], np.float32),
        err_msg="the last one is the largest",
    )


def test_a_shared_table_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        anchors(32, 32, OFFICIAL.anchor_sizes)[0, 0] = 1.0


def test_only_the_known_file_is_read_in_its_own_way() -> None:
    known = "ed6fa7d45a5179f03cb5ce82c73b0c6711372968e53782e88395acee88d319e1"

    assert variant_of(known) == SMALL
    assert variant_of("0" * 64) == OFFICIAL
