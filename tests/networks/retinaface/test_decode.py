"""Decoding and overlaps, against numbers worked out by hand and a slow reading of the rules."""

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from backend.networks.retinaface.anchors import anchors
from backend.networks.retinaface.decode import Rows, candidates, without_overlaps
from backend.networks.retinaface.variants import OFFICIAL

SIZE_PX = (32, 64)  # height and width: 2 * (4 * 8 + 2 * 4 + 1 * 2) = 84 anchors
ANCHORS = 84


def of_one_anchor(index: int, loc: list[float], landmarks: list[float]) -> Rows:
    """The rows where only this anchor sees a face."""
    scores, locs, points = np.zeros(ANCHORS), np.zeros((ANCHORS, 4)), np.zeros((ANCHORS, 10))
    scores[index], locs[index], points[index] = 0.9, loc, landmarks
    return candidates(
        locs.astype(np.float32),
        scores.astype(np.float32),
        points.astype(np.float32),
        size_px=SIZE_PX,
        sizes=OFFICIAL.anchor_sizes,
        threshold=0.5,
    )


def test_an_anchor_that_says_nothing_more_is_its_own_box() -> None:
    (row,) = of_one_anchor(0, [0, 0, 0, 0], [0] * 10)

    # cell (0, 0) of stride 8: middle 4, 4; side 16
    np.testing.assert_allclose(row, [-4, -4, 12, 12, 0.9, *[4.0] * 10], atol=1e-5)


def test_offsets_are_tenths_and_sizes_fifths_in_the_exponent() -> None:
    (row,) = of_one_anchor(0, [1, -1, 5, 0], [1, 2, 0, 0, 0, 0, 0, 0, -1, 0])

    # middle 4 + 0.1 * 16 and 4 - 0.1 * 16; width 16 * e
    np.testing.assert_allclose(row[:4], [5.6 - 8 * np.e, 2.4 - 8, 5.6 + 8 * np.e, 2.4 + 8], atol=1e-4)
    np.testing.assert_allclose(row[5:], [5.6, 7.2, 4, 4, 4, 4, 4, 4, 2.4, 4], atol=1e-5)


def test_the_threshold_itself_is_too_little_and_the_best_comes_first() -> None:
    scores = np.zeros(ANCHORS, np.float32)
    scores[[3, 10, 50]] = [0.6, 0.5, 0.7]

    rows = candidates(
        np.zeros((ANCHORS, 4), np.float32),
        scores,
        np.zeros((ANCHORS, 10), np.float32),
        size_px=SIZE_PX,
        sizes=OFFICIAL.anchor_sizes,
        threshold=0.5,
    )

    np.testing.assert_array_equal(rows[:, 4], np.array([0.7, 0.6], np.float32))
    centre_px = (rows[:, :2] + rows[:, 2:4]) / 2
    expected = anchors(*SIZE_PX, OFFICIAL.anchor_sizes)[[50, 3], :2] * [64, 32]
    np.testing.assert_allclose(centre_px, expected, atol=1e-4)


def test_nothing_above_the_threshold_is_no_rows() -> None:
    zeros = np.zeros((ANCHORS, 10), np.float32)

    rows = candidates(
        zeros[:, :4], zeros[:, 0], zeros, size_px=SIZE_PX, sizes=OFFICIAL.anchor_sizes, threshold=0.02
    )

    assert rows.shape == (0, 15)
    assert without_overlaps(rows, most_iou=0.4).shape == (0, 15)


boxes = arrays.arrays(np.float32, st.tuples(st.integers(0, 12), st.just(4)), elements=st.integers(0, 20))


@settings(max_examples=60)
@given(boxes)
def test_what_stays_is_what_the_rule_says(corners: npt.NDArray[np.float32]) -> None:
    rows = np.zeros((len(corners), 15), np.float32)
    rows[:, :2] = corners[:, :2]
    rows[:, 2:4] = corners[:, :2] + corners[:, 2:] + 1
    rows[:, 4] = -np.arange(len(corners))

    kept = without_overlaps(rows, most_iou=0.4)

    expected: list[int] = []
    for index in range(len(rows)):
        if all(iou(rows[index], rows[other]) <= 0.4 for other in expected):
            expected.append(index)
    assert [int(-row[4]) for row in kept] == expected


def iou(a: Rows, b: Rows) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    # float32, as the code reckons: a share of exactly 0.4 must fall to the same side
    return 0.0 if width * height <= np.float32(0.4) * (both - width * height) else 1.0
