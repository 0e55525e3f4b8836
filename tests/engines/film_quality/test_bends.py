"""What counts as trembling, and what does not, at every rate that films have."""

import numpy as np
import pytest

from backend.engines.film_quality.bends import Trembling
from backend.evaluation.film_rows import FILM_FIGURES

GOOD_PX = next(figure.good for figure in FILM_FIGURES if figure.name == "jitter")


def _px(path: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    trembling = Trembling()
    for x, y in path:
        trembling.add(np.array([[x, y], [x + 20, y], [x + 40, y]], np.float64))
    px = trembling.px()
    assert px is not None
    return px


def _nod(fps: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Three seconds, a nod of 12 px each second, of a face 256 px wide."""
    time = np.arange(round(3 * fps)) / fps
    return np.stack([np.zeros_like(time), 6.0 * np.sin(2 * np.pi * time)], axis=1)


@pytest.mark.parametrize("fps", [12.5, 25.0, 30.0])
def test_a_sound_nod_is_no_trembling_at_any_rate(fps: float) -> None:
    assert _px(_nod(fps)) < GOOD_PX / 3


@pytest.mark.parametrize("fps", [12.5, 25.0, 30.0])
def test_a_trembling_has_its_own_size_at_every_rate_whatever_the_head_does(fps: float) -> None:
    noise = np.random.default_rng(3).normal(0.0, 0.5, (round(3 * fps), 2))

    # root mean square of x and y together; a quarter either way, for it is told from some thirty frames
    assert _px(_nod(fps) + noise) == pytest.approx(0.5 * np.sqrt(2), rel=0.25)


def test_a_cubic_is_smooth_and_four_frames_say_nothing() -> None:
    time = np.arange(9.0)
    cubic = np.stack([0.1 * time**3 - time**2, 2 * time], axis=1)
    few = Trembling()
    for _ in range(4):
        few.add(np.zeros((3, 2)))

    assert _px(cubic) == pytest.approx(0.0, abs=1e-9)
    assert few.px() is None
