"""The smoke test of weights, with networks that draw well, badly, or the source as it is."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import pytest

from backend.domain.errors import NoFaceFound, UnreadableVideo
from backend.engines.animation_api import AnimateOptions, Animation, Driving
from backend.engines.api import Checkpoint
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.detector import find_faces
from backend.engines.first_order.engine import FirstOrderAnimator
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.seams import MotionNetwork
from backend.engines.first_order.templates import TemplateShelf
from backend.evaluation.following import as_clip
from backend.evaluation.reconstruction import (
    Reconstruction,
    framed_as_training,
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


def _nobody(photo: RgbImage) -> tuple[FoundFace, ...]:
    return ()


def _measured(frames: Sequence[RgbImage], levels: int = 0) -> Reconstruction:
    clips = {"clip": as_clip(frames)}
    (result,) = measure_reconstruction(clips, _Drawing(frames, levels), _nobody, lambda *_: None)
    return result


def test_the_mean_difference_is_of_pictures_from_0_to_1() -> None:
    grey = [np.full((64, 64, 3), level, np.uint8) for level in (100, 110, 120)]

    result = _measured(grey, levels=5)

    assert result.l1 == pytest.approx(5 / 255)
    assert result.still_l1 == pytest.approx((0 + 10 + 20) / 3 / 255)
    assert result.frame_count == 3


def test_the_published_protocol_is_asked_for() -> None:
    animator = _Drawing(_clip())

    measure_reconstruction({"clip": as_clip(_clip())}, animator, _nobody, lambda *_: None)

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

    (result,) = measure_reconstruction({"clip": as_clip(frames)}, animator, _nobody, lambda *_: None)

    assert result.frame_count == len(frames)
    assert result.l1 > 0.0
    assert not result.is_passed


def test_a_clip_of_one_frame_is_no_test() -> None:
    with pytest.raises(UnreadableVideo, match="one frame"):
        _measured(_clip(1))


def _wide(frames: int = 12) -> list[RgbImage]:
    """The portrait at the right of a wide picture, going up and down a little."""
    picture = np.pad(a_portrait(), ((0, 0), (300, 0), (0, 0)), mode="edge")
    return [np.roll(picture, index % 3, axis=0) for index in range(frames)]


def test_a_clip_that_is_no_square_is_cut_around_its_face() -> None:
    clip = as_clip(_wide())

    framed = framed_as_training(clip, find_faces)
    frames = list(framed.read(fps=clip.fps, start_s=0.0, seconds=framed.duration_s, long_side_px=4096))

    assert {frame.shape for frame in frames} == {(256, 256, 3)}
    assert len(frames) == len(_wide())
    (face,) = find_faces(frames[0])
    # in the middle and about half of the square, as the networks' training crops have it
    assert (face.box[0] + face.box[2]) / 512 == pytest.approx(0.5, abs=0.08)
    assert (face.box[2] - face.box[0]) / 256 == pytest.approx(0.5, abs=0.1)


def test_a_clip_that_is_framed_already_is_taken_as_it_is() -> None:
    face = a_portrait()[10:190, 38:218]
    clip = as_clip([np.roll(face, index % 2, axis=0) for index in range(8)])

    assert framed_as_training(clip, find_faces) is clip


def test_a_wide_clip_of_nobody_is_no_test() -> None:
    with pytest.raises(NoFaceFound):
        framed_as_training(as_clip([np.full((64, 128, 3), 128, np.uint8)] * 8), find_faces)


def test_what_was_cut_is_told() -> None:
    frames = _wide()
    (result,) = measure_reconstruction({"wide": as_clip(frames)}, _Anything(), find_faces, lambda *_: None)

    assert result.is_cropped
    assert reconstruction_lines([result], "vox-cpk")[0].endswith("; cut around the face)")


class _Anything:
    """Draws the portrait it is given, for as long as the clip lasts."""

    name, version = "anything", "1"

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        assert portrait.shape == (256, 256, 3)
        count = driving.frame_count
        return Animation(
            width_px=256,
            height_px=256,
            fps=25.0,
            frame_count=count,
            frames=iter([portrait] * count),
            faces=(),
        )
