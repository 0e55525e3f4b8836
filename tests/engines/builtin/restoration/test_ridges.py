import numpy as np
import pytest

from backend.engines.builtin.restoration.ridges import beside, line_means, measurements


@pytest.mark.parametrize(
    ("angle", "rows", "columns"), [(0.0, 20, slice(8, 32)), (np.pi / 2, slice(8, 32), 20)]
)
def test_the_mean_along_a_line_is_the_line(angle: float, rows: int | slice, columns: int | slice) -> None:
    plane = np.zeros((40, 40), np.float32)
    plane[rows, columns] = 8

    means = list(line_means(plane, angle, 4))

    assert [mean.shape for mean in means] == [(40, 40)] * 4
    assert means[2][20, 20] == 8  # all 8 pixels
    assert means[2].max() == 8
    across = list(line_means(plane, (angle + np.pi / 2) % np.pi, 4))
    assert across[2][20, 20] == 1  # one of 8


@pytest.mark.parametrize("angle", np.linspace(0, np.pi, 16, endpoint=False))
def test_a_line_through_a_pixel_has_it_in_its_middle(angle: float) -> None:
    plane = np.zeros((81, 81), np.float32)
    plane[40, 40] = 32

    last = list(line_means(plane, angle, 5))[-1]

    y, x = np.nonzero(last)
    assert last.sum() == pytest.approx(32)
    assert abs(y.mean() - 40) <= 1  # an even number of pixels has no middle one
    assert abs(x.mean() - 40) <= 1


def test_the_sides_of_a_line_lie_across_it() -> None:
    plane = np.tile(np.arange(20, dtype=np.float32), (10, 1))

    left, right = beside(plane, np.pi / 2, 3.0)

    assert sorted((left[5, 10], right[5, 10])) == [7, 13]


def test_bright_and_dark_marks_are_measured_alike() -> None:
    brightness = np.random.default_rng(0).uniform(0, 255, (50, 60)).astype(np.float32)

    bright, dark = measurements(brightness)
    of_negative_bright, of_negative_dark = measurements(255 - brightness)

    # The same sums in another order: float32 of values up to 100.
    assert np.allclose(bright, of_negative_dark, atol=1e-3)
    assert np.allclose(dark, of_negative_bright, atol=1e-3)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (7, 5), (90, 3)])
def test_the_smallest_pictures_are_measured(shape: tuple[int, int]) -> None:
    bright, dark = measurements(np.full(shape, 128, np.float32))

    assert bright.shape[1:] == dark.shape[1:] == shape
    assert np.isfinite(bright).all()
