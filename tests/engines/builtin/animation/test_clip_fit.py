from collections.abc import Iterator

import numpy as np
import pytest

from backend.domain.errors import JobCancelled, NoFaceFound, UnreadableVideo
from backend.domain.jobs import Stage
from backend.engines.api import DrivingClip, MotionCurve, no_checkpoint
from backend.engines.builtin.animation.clip_fit import fit_clip
from backend.engines.builtin.animation.coefficients import LIMITS
from backend.engines.builtin.animation.presets import RECIPES
from backend.engines.builtin.animation.sample_clips import SampleStage
from backend.media.types import RgbImage
from backend.services.driving_clips import open_driving
from tests.clips import moving_frames
from tests.shared_data import SHARED, needs_shared

EVERY = 3  # frames of a preset that are used: a third of the work, the same motion


@pytest.fixture(scope="module")
def stage() -> SampleStage:
    return SampleStage()


def preset_curve(slug: str) -> MotionCurve:
    return next(recipe for recipe in RECIPES if recipe.slug == slug).curve()


def played(stage: SampleStage, slug: str, count: int = 25) -> list[RgbImage]:
    curve = preset_curve(slug)
    return [stage.frame(curve, EVERY * index) for index in range(count)]


def driven(slug: str, channel: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(preset_curve(slug).channels[channel])[::EVERY]


def a_driving_clip(frames: list[RgbImage], fps: float = 25.0, notes: tuple[str, ...] = ()) -> DrivingClip:
    return DrivingClip(fps=fps, frame_count=len(frames), frames=iter(frames), notes=notes)


def test_a_nod_is_followed_and_stays_a_nod(stage: SampleStage) -> None:
    curve, notes = fit_clip(a_driving_clip(played(stage, "nod")), no_checkpoint)

    # pitch and shift_y look alike from the front; what counts is where the face goes
    followed = np.array(curve.channels["pitch"]) + np.array(curve.channels["shift_y"]) / 1.15
    meant = driven("nod", "pitch") + driven("nod", "shift_y") / 1.15
    assert np.corrcoef(followed, meant)[0, 1] > 0.95
    assert 0.5 < np.ptp(followed) / np.ptp(meant) < 1.3
    assert max(curve.channels["open"]) < 0.12
    assert notes == ("clip_beta",)


def test_a_shake_is_followed_and_stays_a_shake(stage: SampleStage) -> None:
    curve, _ = fit_clip(a_driving_clip(played(stage, "shake")), no_checkpoint)

    followed = np.array(curve.channels["yaw"]) + np.array(curve.channels["shift_x"]) / 1.15
    meant = driven("shake", "yaw") + driven("shake", "shift_x") / 1.15
    assert np.corrcoef(followed, meant)[0, 1] > 0.95
    assert np.ptp(curve.channels["pitch"]) < 0.5 * np.ptp(curve.channels["yaw"])
    assert max(curve.channels["open"]) < 0.12


def test_an_opened_mouth_opens_the_mouth(stage: SampleStage) -> None:
    curve, _ = fit_clip(a_driving_clip(played(stage, "surprise")), no_checkpoint)

    followed, meant = np.array(curve.channels["open"]), driven("surprise", "open")
    assert np.corrcoef(followed, meant)[0, 1] > 0.9
    assert followed.max() > 0.2


@pytest.mark.parametrize("slug", ["smile", "puzzled"])
def test_a_closed_mouth_stays_closed_whatever_it_does(stage: SampleStage, slug: str) -> None:
    curve, _ = fit_clip(a_driving_clip(played(stage, slug)), no_checkpoint)

    assert max(curve.channels["open"]) < 0.05


def test_a_fit_starts_as_the_photo_is_and_stays_within_limits(stage: SampleStage) -> None:
    curve, _ = fit_clip(a_driving_clip(played(stage, "surprise")), no_checkpoint)

    assert curve.frame_count == 25
    assert curve.fps == 25.0
    for name, values in curve.channels.items():
        assert values[0] == 0.0, name
        assert LIMITS[name][0] <= min(values) <= max(values) <= LIMITS[name][1], name


def test_a_fit_is_the_same_every_time(stage: SampleStage) -> None:
    frames = played(stage, "nod", 8)

    assert fit_clip(a_driving_clip(frames), no_checkpoint) == fit_clip(a_driving_clip(frames), no_checkpoint)


def test_eyes_blink_on_their_own(stage: SampleStage) -> None:
    still = played(stage, "nod", 1) * 50

    curve, _ = fit_clip(a_driving_clip(still), no_checkpoint)

    assert max(curve.channels["blink_left"]) == pytest.approx(1.0, abs=0.01)


def test_a_face_may_come_late(stage: SampleStage) -> None:
    black = [np.zeros((256, 256, 3), np.uint8)] * 5
    fading = [
        (frame * (step / 10)).astype(np.uint8) for step, frame in enumerate(played(stage, "nod", 1) * 10)
    ]

    curve, _ = fit_clip(a_driving_clip([*black, *fading, *played(stage, "nod", 10)]), no_checkpoint)

    assert curve.frame_count == 25


def test_only_the_first_shot_of_a_cut_clip_is_used(stage: SampleStage) -> None:
    clip = a_driving_clip([*played(stage, "nod"), *moving_frames(25, 256, 256)])

    curve, notes = fit_clip(clip, no_checkpoint)

    assert curve.frame_count == 25
    assert notes == ("clip_beta", "clip_cut_used_first_shot")


def test_a_shot_of_a_moment_is_passed_over(stage: SampleStage) -> None:
    clip = a_driving_clip([*moving_frames(6, 256, 256), *played(stage, "nod")])

    curve, notes = fit_clip(clip, no_checkpoint)

    assert curve.frame_count == 25
    assert "clip_cut_used_later_shot" in notes


def test_what_was_done_to_the_clip_before_is_passed_on(stage: SampleStage) -> None:
    clip = a_driving_clip(played(stage, "nod", 2), notes=("clip_trimmed",))

    assert fit_clip(clip, no_checkpoint)[1] == ("clip_beta", "clip_trimmed")


def test_one_frame_is_a_still(stage: SampleStage) -> None:
    curve, _ = fit_clip(a_driving_clip(played(stage, "nod", 1)), no_checkpoint)

    assert all(values == (0.0,) for values in curve.channels.values())


def test_a_clip_without_anybody_is_refused() -> None:
    with pytest.raises(NoFaceFound):
        fit_clip(a_driving_clip(moving_frames(10, 128, 128)), no_checkpoint)


def test_a_clip_without_frames_is_refused() -> None:
    with pytest.raises(UnreadableVideo):
        fit_clip(a_driving_clip([]), no_checkpoint)


def test_a_fit_stops_when_asked(stage: SampleStage) -> None:
    read: list[int] = []

    def frames() -> Iterator[RgbImage]:
        for index, frame in enumerate(played(stage, "nod", 10)):
            read.append(index)
            yield frame

    def stop(stage: Stage, fraction: float) -> None:
        assert stage is Stage.MOTION
        if fraction >= 0.3:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        fit_clip(DrivingClip(fps=25.0, frame_count=10, frames=frames()), stop)

    assert read == [0, 1, 2, 3]


@needs_shared("data/driving")
@needs_shared("data/hostile")
@pytest.mark.parametrize(
    ("file", "frame_count", "opens"),
    [
        ("driving/v01_man_frontal_256.mp4", 120, True),
        ("driving/v02_woman_audio_512.mp4", 120, True),
        ("driving/v03_man_phone_portrait_540x960.mp4", 120, False),
        ("hostile/videos/rotate_90_metadata.mp4", 75, True),
        ("hostile/videos/odd_255x253_yuv444.mp4", 50, True),
        ("hostile/videos/vfr.mp4", 90, True),
        ("hostile/videos/frames_1.mp4", 1, False),
        ("hostile/videos/cuts.mp4", 25, False),
    ],
)
def test_a_real_clip_is_followed(file: str, frame_count: int, opens: bool) -> None:
    curve, notes = fit_clip(open_driving(SHARED / "data" / file), no_checkpoint)

    assert curve.frame_count == frame_count
    assert "clip_beta" in notes
    assert "clip_face_lost" not in notes
    if opens:
        assert max(curve.channels["open"]) > 0.2


@needs_shared("data/hostile")
def test_a_real_clip_without_a_face_is_refused() -> None:
    with pytest.raises(NoFaceFound):
        fit_clip(open_driving(SHARED / "data" / "hostile/videos/no_face.mp4"), no_checkpoint)
