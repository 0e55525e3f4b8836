"""From clips to motions, with networks without weights: what a trained one sees is another matter."""

import threading
import tracemalloc
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import InvalidOption, JobCancelled
from backend.domain.jobs import Stage
from backend.engines.animation_api import AnimateOptions, DrivingClip, MotionCurve
from backend.engines.api import Checkpoint, no_checkpoint
from backend.engines.builtin.animation.sample_clips import SampleStage
from backend.engines.faces.finding import FindFaces
from backend.engines.first_order.algebra import closed
from backend.engines.first_order.clip_measures import motion_checks
from backend.engines.first_order.crops import Square, cut_square
from backend.engines.first_order.driving import DrivenMotion, motion_of
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.moving import moved_keypoints
from backend.engines.first_order.relative import normalised
from backend.engines.first_order.seams import KeypointArrays, MotionNetwork
from backend.engines.first_order.templates import TemplateShelf
from backend.evaluation.following import as_clip
from backend.media.types import RgbImage
from backend.media.video import read_frames
from backend.services.driving_clips import open_driving
from tests.engines.first_order.drivers import Finder
from tests.engines.first_order.flow_network import FlowNetwork

SHIPPED = sorted((Path(__file__).resolve().parents[3] / "driving_videos").glob("*.mp4"))
HERE = Finder([(0.25, 0.28, 0.75, 0.78)])  # where our portrait's face is
SIDE = 64


@pytest.fixture(scope="module")
def stage() -> SampleStage:
    return SampleStage()


def acted(stage: SampleStage, count: int = 40, *, yaw: float = 0.15) -> list[RgbImage]:
    """Our portrait, turning its head to the side and back."""
    swing = yaw * np.sin(np.pi * np.arange(count) / count) ** 2
    curve = MotionCurve(fps=25.0, channels={"yaw": tuple(swing.tolist())})
    return [stage.frame(curve, index) for index in range(count)]


@pytest.fixture(scope="module")
def turning(stage: SampleStage) -> list[RgbImage]:
    return acted(stage)


def a_preset(path: Path, sha256: str | None = "ab" * 32) -> MotionCurve:
    clip = replace(open_driving(path), sha256=sha256)
    frame_count = round(clip.duration_s * clip.fps)
    return MotionCurve(fps=clip.fps, channels={"yaw": (0.0,) * frame_count}, open_clip=lambda: clip)


def motion(
    driving: MotionCurve | DrivingClip,
    *,
    network: MotionNetwork | None = None,
    find: FindFaces = HERE,
    shelf: TemplateShelf | None = None,
    checkpoint: Checkpoint = no_checkpoint,
) -> DrivenMotion:
    return motion_of(
        driving,
        network or FakeMotionNetwork(side_px=SIDE),
        find,
        shelf or TemplateShelf(None),
        checkpoint,
    )


def test_a_presets_template_is_what_the_detector_sees_in_its_clip() -> None:
    network = FakeMotionNetwork(side_px=SIDE)
    path = SHIPPED[0]

    driven = motion(a_preset(path), network=network)

    frames = [cut_square(frame, Square(x=0, y=0, side=256), SIDE) for frame in read_frames(path, fps=25.0)]
    seen = network.keypoints(frames)
    found = driven.template.keypoints()
    # 1e-5: float32 and an inverse there and back
    assert np.allclose(found.value, seen.value, atol=1e-5)
    assert np.allclose(found.jacobian, seen.jacobian, atol=1e-5)
    source = network.keypoints([frames[0][:, ::-1]])
    looping = closed(seen, rests=True)  # the one thing that is done to a preset
    expected = normalised(
        source,
        looping,
        looping.part(0, 1),
        relative_value=True,
        relative_jacobian=True,
        adapt_scale=True,
    )
    moved = moved_keypoints(driven, source, AnimateOptions())
    assert np.allclose(moved.to.value, expected.value, atol=1e-5)
    assert np.allclose(moved.to.jacobian, expected.jacobian, atol=1e-5)
    assert moved.notes == driven.notes == ()
    assert driven.checks == ()
    assert not driven.is_own


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.stem))
def test_our_own_clips_are_fit_to_drive_a_network(path: Path) -> None:
    network = FlowNetwork(side_px=64)

    driven = motion(a_preset(path), network=network)

    checks = motion_checks(driven.template.keypoints())
    assert [check.name for check in checks if not check.passed] == []


class CountingNetwork(FakeMotionNetwork):
    """Remembers how much it was shown."""

    def __init__(self, side_px: int = SIDE) -> None:
        super().__init__(side_px=side_px)
        self.shown: list[int] = []

    def keypoints(self, frames: Sequence[RgbImage]) -> KeypointArrays:
        self.shown.append(len(frames))
        return super().keypoints(frames)


def test_a_preset_is_looked_at_once(tmp_path: Path) -> None:
    network, shelf = CountingNetwork(), TemplateShelf(tmp_path)
    first = motion(a_preset(SHIPPED[0]), network=network, shelf=shelf)
    looked = sum(network.shown)

    again = motion(a_preset(SHIPPED[0]), network=network, shelf=shelf)
    elsewhere = motion(a_preset(SHIPPED[0]), network=network, shelf=TemplateShelf(tmp_path))

    assert sum(network.shown) == looked == len(first.template)
    assert again is first
    assert np.array_equal(elsewhere.template.turn, first.template.turn)


def test_a_preset_without_a_clip_cannot_be_followed() -> None:
    with pytest.raises(InvalidOption):
        motion(MotionCurve(fps=25.0, channels={"yaw": (0.0,)}))


def test_a_persons_own_clip_is_followed_and_never_kept(tmp_path: Path, turning: list[RgbImage]) -> None:
    shelf, network = TemplateShelf(tmp_path), CountingNetwork()

    driven = motion(as_clip(turning), shelf=shelf, network=network)
    motion(as_clip(turning), shelf=shelf, network=network)

    assert driven.is_own
    assert len(driven.template) == 40
    assert len(driven.checks) == 9
    assert sum(network.shown) == 80
    assert list(tmp_path.iterdir()) == []


def test_an_operators_clip_without_a_curve_is_followed_and_kept(
    tmp_path: Path, turning: list[RgbImage]
) -> None:
    clip = replace(as_clip(turning), sha256="cd" * 32)

    first = motion(clip, shelf=TemplateShelf(tmp_path))
    again = motion(clip, shelf=TemplateShelf(tmp_path), find=Finder([]))

    assert first.is_own
    assert again.checks == first.checks
    assert again.notes == first.notes


def test_how_large_the_batches_are_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, turning: list[RgbImage]
) -> None:
    network = CountingNetwork()
    large = motion(as_clip(turning), network=network)
    assert max(network.shown) > 3

    monkeypatch.setattr("backend.engines.first_order.driving._BATCH", 3)
    small = motion(as_clip(turning))

    assert np.array_equal(small.template.value, large.template.value)


def test_an_own_clip_of_few_frames_a_second_moves_smoothly(turning: list[RgbImage]) -> None:
    slow = replace(as_clip(turning[::2], own_fps=12.5))

    driven = motion(slow)

    assert driven.template.fps == 25.0
    assert len(driven.template) == 40


def test_a_phones_clip_is_cut_around_the_face(turning: list[RgbImage]) -> None:
    tall = [np.pad(frame, ((120, 200), (20, 20), (0, 0)), mode="edge") for frame in turning]
    face = Finder([tuple(edge / 576 for edge in (84, 192, 212, 320))])  # type: ignore[list-item]

    driven, square = motion(as_clip(tall), find=face), motion(as_clip(turning))

    assert "clip_cropped" in driven.notes
    assert "clip_cropped" not in square.notes
    apart = driven.template.value - square.template.value
    assert np.abs(apart).max() < 0.05  # the same square, to a pixel or two of 64


def test_the_way_from_clip_to_motion_can_be_cancelled(turning: list[RgbImage]) -> None:
    heard: list[float] = []

    def stop_late(stage: Stage, fraction: float) -> None:
        assert stage is Stage.MOTION
        heard.append(fraction)
        if fraction > 0.6:
            raise JobCancelled

    closed: list[bool] = []
    clip = as_clip(turning)

    def read(
        *, fps: float, start_s: float, seconds: float, long_side_px: int
    ) -> Generator[RgbImage, None, None]:
        try:
            yield from clip.read(fps=fps, start_s=start_s, seconds=seconds, long_side_px=long_side_px)
        finally:
            closed.append(True)

    with pytest.raises(JobCancelled) as cancelled:
        motion(replace(clip, read=read), checkpoint=stop_late)

    assert cancelled.tb is not None  # whoever keeps the traceback keeps what it names
    assert heard == sorted(heard)
    assert len(closed) == 3  # looked through, looked at, followed


def test_memory_does_not_grow_with_the_clip(turning: list[RgbImage]) -> None:
    def peak(count: int) -> int:
        frames = [turning[index % 40] for index in range(count)]
        clip = as_clip(frames, used_seconds=60.0)
        tracemalloc.start()
        try:
            motion(clip)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(20)  # what is loaded once

    # frames of 256 x 256 take 197 kB; eighty more of them would be 15 MB
    assert peak(120) - peak(40) < 3_000_000


def test_two_may_follow_clips_at_once(turning: list[RgbImage]) -> None:
    alone = motion(as_clip(turning[:20])).template.value
    network, found = FakeMotionNetwork(side_px=SIDE), []

    def follow() -> None:
        found.append(motion(as_clip(turning[:20]), network=network).template.value)

    threads = [threading.Thread(target=partial(follow)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(np.array_equal(value, alone) for value in found)
    assert len(found) == 2
