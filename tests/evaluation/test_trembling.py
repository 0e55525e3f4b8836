import cv2
import numpy as np
import pytest

from backend.engines.builtin.animation.canonical import FaceFrame
from backend.evaluation.trembling import SkinTracker, asked_path, bending
from backend.media.types import RgbImage

FRAME = FaceFrame(origin=(120.0, 100.0), unit_px=64.0, roll=0.0)


def _skin(right_px: float) -> RgbImage:
    """Soft spots, moved to the right."""
    spots = np.random.default_rng(3).uniform(60, 200, (240, 240)).astype(np.float32)
    soft = cv2.GaussianBlur(spots, (0, 0), 5) * 5 - 520
    moved = cv2.warpAffine(soft, np.array([[1, 0, right_px], [0, 1, 0.0]]), (240, 240))
    return np.repeat(np.clip(moved, 0, 255)[..., None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("right_px", [-1.5, 0.25, 3.0])
def test_a_moved_skin_is_followed(right_px: float) -> None:
    right, down = SkinTracker(_skin(0.0), FRAME).moved(_skin(right_px))

    # 0.06 px: pictures are whole levels and warps go by 1/32 px
    assert right == pytest.approx(right_px, abs=0.06)
    assert down == pytest.approx(0.0, abs=0.06)


def test_a_straight_path_does_not_bend_and_a_trembling_one_does() -> None:
    straight = np.stack((np.arange(9.0), 2 * np.arange(9.0)), axis=1)
    trembling = straight + np.array([[0.1, 0.0], [-0.1, 0.0]] * 4 + [[0.1, 0.0]])

    assert bending(straight) == pytest.approx(0.0)
    assert bending(trembling) == pytest.approx(7 * 0.4)


def test_what_a_curve_asks_for_is_what_follows_its_channels() -> None:
    wave = np.sin(np.linspace(0, 3, 20))
    asked = np.stack((2 * wave, -wave), axis=1)
    noise = np.random.default_rng(1).normal(0, 0.01, asked.shape)

    found = asked_path(asked + noise, {"yaw": tuple(wave)})

    assert np.abs(found - asked).max() < 0.02
