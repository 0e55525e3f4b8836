"""The smoke test of weights, with networks that draw well, badly, or the source as it is."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import pytest

from backend.domain.errors import UnreadableVideo
from backend.engines.animation_api import AnimateOptions, Animation, Driving
from backend.engines.api import Checkpoint
from backend.engines.first_order.engine import FirstOrderAnimator
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.seams import MotionNetwork
from backend.engines.first_order.templates import TemplateShelf
from backend.evaluation.following import as_clip
from backend.evaluation.reconstruction import (
    Reconstruction,
    measure_reconstruction,
    reconstruction_lines,
)
from backend.media.types import RgbImage
from tests.builders import a_portrait


def _clip(count: int = 5) -> list[RgbImage]:
    """The portrait in 64 pixels, wandering to the right."""
    small = np.asarray(cv2.resize(a_portrait(), (64, 64), interpolation=cv2.INTER_AREA), np.uint8)
    return [np.roll(small, 2 * index, axis=1) for index in range(count)]


class _Drawing:
    """Draws the driving frames themselves, so much too light."""

    name, version = "drawing", "1"

    def __init__(self, frames: Sequence[RgbImage], levels: int = 0) -> None:
        self._frames, self._levels = frames, levels
        self.options: AnimateOptions | None = None

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        assert np.array_equal(portrait, self._frames[0])
        self.options = options

        def drawn() -> Iterator[RgbImage]:
            for frame in self._frames:
                yield np.clip(frame.astype(np.int16) + self._levels, 0, 255).astype(np.uint8)

        return Animation(
            width_px=64, height_px=64, fps=25.0, frame_count=len(self._frames), frames=drawn(), faces=()
        )


def _measured(frames: Sequence[RgbImage], levels: int = 0) -> Reconstruction:
    clips = {"clip": as_clip(frames)}
    (result,) = measure_reconstruction(clips, _Drawing(frames, levels), lambda *_: None)
    return result


def test_the_mean_difference_is_of_pictures_from_0_to_1() -> None:
    grey = [np.full((64, 64, 3), level, np.uint8) for level in (100, 110, 120)]

    result = _measured(grey, levels=5)

    assert result.l1 == pytest.approx(5 / 255)
    assert result.still_l1 == pytest.approx((0 + 10 + 20) / 3 / 255)
    assert result.frame_count == 3


def test_the_published_protocol_is_asked_for() -> None:
    animator = _Drawing(_clip())

    measure_reconstruction({"clip": as_clip(_clip())}, animator, lambda *_: None)

    asked = animator.options
    assert asked is not None
    assert (asked.mode, asked.relative, asked.best_frame) == ("parity", False, "first")


@pytest.mark.parametrize(
    ("l1", "still_l1", "is_passed"), [(0.042, 0.08, True), (0.07, 0.08, False), (0.042, 0.04, False)]
)
def test_passing_takes_a_small_difference_and_one_smaller_than_doing_nothing_leaves(
    l1: float, still_l1: float, is_passed: bool
) -> None:
    result = Reconstruction(name="a.mp4", frame_count=9, l1=l1, still_l1=still_l1)

    lines = reconstruction_lines([result], "vox-cpk")

    assert result.is_passed is is_passed
    assert lines[0].startswith(f"a.mp4: L1 {l1:.4f} (9 frames")
    assert "0.041 to 0.043" in lines[-2]
    assert lines[-1].startswith("pass" if is_passed else "FAIL")


def test_a_network_that_is_none_fails_through_the_real_engine() -> None:
    class Models:
        def network(self, mode: str) -> MotionNetwork:
            return FakeMotionNetwork(side_px=64)

    animator = FirstOrderAnimator(Models(), lambda _: (), TemplateShelf(None))
    frames = _clip()

    (result,) = measure_reconstruction({"clip": as_clip(frames)}, animator, lambda *_: None)

    assert result.frame_count == len(frames)
    assert result.l1 > 0.0
    assert not result.is_passed


def test_a_clip_of_one_frame_is_no_test() -> None:
    with pytest.raises(UnreadableVideo, match="one frame"):
        _measured(_clip(1))
