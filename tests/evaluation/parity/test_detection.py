import numpy as np

from backend.evaluation.parity.detection import _in_order_of
from backend.networks.retinaface.decode import Rows


def rows(*scores: float) -> Rows:
    """Rows of 15 that tell each other apart by their first number."""
    made = np.zeros((len(scores), 15), np.float32)
    made[:, 4] = scores
    made[:, 0] = np.round(np.array(scores) * 1e7) % 1000
    return made


def test_neighbours_of_practically_one_score_may_stand_the_other_way_round() -> None:
    expected = rows(0.9, 0.5000001, 0.5, 0.3)

    assert np.array_equal(_in_order_of(expected, expected[[0, 2, 1, 3]]), expected)


def test_rows_of_different_scores_keep_their_places() -> None:
    expected, mine = rows(0.9, 0.5, 0.3), rows(0.9, 0.3, 0.5)

    assert np.array_equal(_in_order_of(expected, mine), mine)
