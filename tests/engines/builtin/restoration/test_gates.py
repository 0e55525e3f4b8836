import numpy as np
import pytest

from backend.engines.builtin.restoration.gates import error_of, fitted_gates
from backend.media.types import FloatImage

STEPS = (20,) * 64


def planes(count: int, *, sigma: float, mean: float = 0.0) -> FloatImage:
    return np.random.default_rng(5).normal(mean, sigma, (count, 64, 96)).astype(np.float32)


@pytest.mark.parametrize(("name", "seen", "mended"), [("luma", 1, 1), ("chroma", 3, 2)])
def test_flat_planes_have_no_error(name: str, seen: int, mended: int) -> None:
    flat = np.full((seen, 64, 96), 117.0, np.float32)

    error = error_of(flat, STEPS, fitted_gates(name), is_whole=False)

    assert error.shape == (mended, 64, 96)
    assert np.abs(error).max() < 1e-3  # a transform of 117 in float32 is exact to about 1e-5 times 8


@pytest.mark.parametrize(("name", "seen"), [("luma", 1), ("chroma", 3)])
@pytest.mark.parametrize("is_whole", [True, False])
def test_more_is_taken_from_what_is_smaller_than_the_steps(name: str, seen: int, is_whole: bool) -> None:
    def share_taken(sigma: float) -> float:
        noise = planes(seen, sigma=sigma)
        error = error_of(noise, STEPS, fitted_gates(name), is_whole=is_whole)
        return float(error[..., 8:-8, 8:-8].std() / sigma)

    assert share_taken(2.0) > 0.5
    assert share_taken(2.0) > 1.4 * share_taken(60.0)


def test_nothing_is_made_louder() -> None:
    noise = planes(1, sigma=15.0)

    kept = noise - error_of(noise, STEPS, fitted_gates("luma"), is_whole=False)

    inner = kept[..., 16:-16, 16:-16]
    assert np.square(inner).sum() < np.square(noise).sum()


def test_the_same_gates_serve_coarser_steps_with_more_error() -> None:
    noise = planes(1, sigma=10.0)

    taken = [
        float(np.abs(error_of(noise, (step,) * 64, fitted_gates("luma"), is_whole=False)).mean())
        for step in (4, 12, 40)
    ]

    assert taken == sorted(taken)


def test_large_planes_are_worked_in_strips_without_a_seam() -> None:
    tile = planes(1, sigma=10.0)[:, :64, :64]
    large = np.tile(tile, (1, 20, 20))  # more blocks than are worked at once

    error = error_of(large, STEPS, fitted_gates("luma"), is_whole=False)

    inner = error[:, 64:-64, 64:-64].reshape(1, 18, 64, 18, 64)
    assert np.abs(inner - inner[:, :1, :, :1]).max() < 1e-3  # float32 sums of other lengths
