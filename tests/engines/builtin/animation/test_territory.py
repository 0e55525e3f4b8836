import numpy as np

from backend.engines.builtin.animation.canonical import Floats
from backend.engines.builtin.animation.grid import PatchGrid
from backend.engines.builtin.animation.territory import territory_of
from tests.engines.builtin.animation.known_faces import known_landmarks

LEFT, RIGHT = known_landmarks(origin=(300.0, 300.0)), known_landmarks(origin=(390.0, 310.0))
GRID = PatchGrid(LEFT.frame, 700, 700)


def _at(territory: Floats, x: float, y: float) -> float:
    row, column = int((y - GRID.top) / GRID.step_px), int((x - GRID.left) / GRID.step_px)
    return float(territory[row, column, 0])


def test_a_face_alone_moves_freely_and_is_still_at_the_edge_of_its_patch() -> None:
    territory = territory_of(GRID, LEFT, [])

    assert _at(territory, 300, 330) == 1.0
    assert not territory[0].any()
    assert not territory[-1].any()
    assert not territory[:, 0].any()
    assert not territory[:, -1].any()


def test_a_neighbours_face_is_left_alone() -> None:
    territory = territory_of(GRID, LEFT, [RIGHT])

    assert _at(territory, 390, 330) == 0.0
    assert _at(territory, 300, 330) == 1.0


def test_two_territories_never_overlap() -> None:
    ours = territory_of(GRID, LEFT, [RIGHT])
    other_grid = PatchGrid(RIGHT.frame, 700, 700)
    theirs = territory_of(other_grid, RIGHT, [LEFT])

    for x in range(310, 384, 4):
        row, column = (
            (330 - other_grid.top) // other_grid.step_px,
            (x - other_grid.left) // other_grid.step_px,
        )
        assert _at(ours, x, 330) * float(theirs[row, column, 0]) == 0.0


def test_territory_is_a_share() -> None:
    territory = territory_of(GRID, LEFT, [RIGHT])

    assert territory.dtype == np.float32
    assert territory.min() == 0.0
    assert territory.max() == 1.0
