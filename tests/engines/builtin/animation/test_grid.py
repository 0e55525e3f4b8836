import numpy as np
import pytest

from backend.engines.builtin.animation.canonical import FaceFrame
from backend.engines.builtin.animation.grid import PatchGrid


def _grid() -> PatchGrid:
    return PatchGrid(FaceFrame(origin=(160.0, 130.0), unit_px=48.0, roll=0.2), 321, 363)


def test_patch_stays_inside_the_photo() -> None:
    grid = _grid()

    assert (grid.left, grid.top) >= (0, 0)
    assert grid.left + grid.width_px <= 321
    assert grid.top + grid.height_px <= 363


def test_a_move_of_one_unit_along_the_eyes_is_a_unit_of_pixels() -> None:
    pixels = _grid().to_pixels(np.array([1.0, 0.0], np.float32))

    assert np.hypot(*pixels) == pytest.approx(48.0, abs=1e-4)
    assert pixels[1] > 0  # a clockwise tilt: along the eyes is also a little downwards


def test_a_field_is_looked_up_where_a_move_leads() -> None:
    grid = _grid()
    moves = np.full((*grid.shape, 2), (0.25, -0.5), np.float32)

    inner = (slice(40, 60), slice(40, 60))
    assert np.allclose(grid.at(grid.u, moves)[inner], grid.u[inner] + 0.25, atol=1e-3)
    assert np.allclose(grid.at(grid.v, moves)[inner], grid.v[inner] - 0.5, atol=1e-3)


def test_a_window_enlarges_to_the_same_values_as_the_whole() -> None:
    grid = _grid()
    whole = grid.enlarged(grid.u, (0, 0, *grid.shape))
    window = (11, 20, 33, 47)

    rows, columns = grid.pixel_slices(window)
    assert np.array_equal(grid.enlarged(grid.u, window), whole[rows, columns])


def test_enlarged_face_coordinates_are_those_of_the_pixels() -> None:
    grid = _grid()
    window = (20, 20, 60, 60)
    x, y = grid.pixel_places(window)

    u, v = FaceFrame(origin=(160.0, 130.0), unit_px=48.0, roll=0.2).face_grids(
        np.broadcast_to(x, (y.size, x.size)), np.broadcast_to(y, (y.size, x.size))
    )
    assert np.allclose(grid.enlarged(grid.u, window), u, atol=1e-4)
    assert np.allclose(grid.enlarged(grid.v, window), v, atol=1e-4)


def test_no_window_where_no_cell_is_chosen() -> None:
    grid = _grid()

    assert grid.window_of(np.zeros(grid.shape, np.bool_)) is None
