import numpy as np
import pytest

from backend.engines.builtin.animation.coefficients import Coefficients
from backend.engines.builtin.animation.grid import PatchGrid
from backend.engines.builtin.animation.head import HeadTurn
from backend.engines.builtin.animation.silhouette import outside_head
from backend.media.types import RgbImage
from tests.engines.builtin.animation.known_faces import drawn_face, known_landmarks

FACE = known_landmarks(origin=(200.0, 190.0))
GRID = PatchGrid(FACE.frame, 400, 420)


def _on_a_line_grid(hair_half_width: float = 1.3, hair_half_height: float = 1.8) -> RgbImage:
    """The known face in dark hair before a light wall with grey lines, 20 px apart."""
    photo = drawn_face(FACE, 400, 420)
    y, x = np.indices((420, 400), dtype=np.float32)
    u, v = FACE.frame.face_grids(x, y)
    wall = np.full(photo.shape, 225, np.uint8)
    wall[::20] = wall[:, ::20] = 150
    is_face = (u / 0.9) ** 2 + ((v - 0.4) / 1.25) ** 2 < 1
    is_hair = (u / hair_half_width) ** 2 + ((v - 0.1) / hair_half_height) ** 2 < 1
    is_body = (v > 1.6) & (np.abs(u) < 0.6 + 1.5 * (v - 1.6))
    wall[is_body] = (60, 70, 110)
    wall[is_hair] = (70, 50, 40)
    wall[is_face] = photo[is_face]
    return wall


def test_hair_belongs_to_the_head_and_the_wall_does_not() -> None:
    outside = outside_head(_on_a_line_grid(), GRID)

    hair = (GRID.u / 1.3) ** 2 + ((GRID.v - 0.1) / 1.8) ** 2 < 0.95
    far = ((GRID.u / 1.3) ** 2 + ((GRID.v - 0.1) / 1.8) ** 2 > 2.0) & (GRID.v < 0.8)
    assert (outside[hair & (GRID.v < 0.9)] < 0.05).all()  # 0.05 D: the smoothing of one cell
    assert (outside[far] > 0.2).all()


@pytest.mark.parametrize("roll", [0.03, 0.06, 0.12])
def test_the_wall_behind_a_tilting_head_hardly_moves(roll: float) -> None:
    outside = outside_head(_on_a_line_grid(), GRID)
    wall = ((GRID.u / 1.3) ** 2 + ((GRID.v - 0.1) / 1.8) ** 2 > 1.1) & (GRID.v < 1.2)

    known, unknown = (
        np.hypot(*np.moveaxis(HeadTurn(GRID, each).moves(Coefficients(roll=roll)), -1, 0))[wall].mean()
        for each in (outside, np.zeros_like(outside))
    )

    # 2/3: on real portraits 0.4 for a small tilt and 0.6 for the largest of the presets
    assert known < unknown * 2 / 3


def test_a_face_that_fills_the_photo_has_nothing_outside() -> None:
    face = known_landmarks(origin=(60.0, 55.0), unit_px=60.0)
    photo = np.full((120, 120, 3), 180, np.uint8)

    assert not outside_head(photo, PatchGrid(face.frame, 120, 120)).any()


def test_the_same_photo_gives_the_same_head() -> None:
    photo = _on_a_line_grid()

    assert np.array_equal(outside_head(photo, GRID), outside_head(photo, GRID))
