"""Following a clip from its pictures to a curve, on clips whose truth is known and on real ones."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from backend.domain.errors import AppError, JobCancelled, NoFaceFound, NoMotionFound, UnreadableVideo
from backend.domain.jobs import Stage
from backend.engines.animation_api import MotionCurve
from backend.engines.api import no_checkpoint
from backend.engines.builtin.animation.clip_fit import fit_clip
from backend.engines.builtin.animation.coefficients import LIMITS
from backend.engines.builtin.animation.sample_clips import SampleStage
from backend.engines.clips.stretch import Stretch
from backend.evaluation.following import as_clip
from backend.media.types import RgbImage
from backend.services.driving_clips import open_driving
from tests.clips import moving_frames
from tests.shared_data import SHARED, needs_shared

Fitted = tuple[MotionCurve, Stretch, tuple[str, ...]]
Track = npt.NDArray[np.float64]
EXPRESSIONS = ("smile", "pucker", "brow_left", "brow_right", "open")


@pytest.fixture(scope="module")
def stage() -> SampleStage:
    return SampleStage()


def wave(count: int = 40, rest: int = 6) -> Track:
    """Up and back with a rest at both ends."""
    part = np.linspace(0.0, 1.0, count - 2 * rest)
    return np.concatenate((np.zeros(rest), np.sin(np.pi * part) ** 2, np.zeros(rest)))


def moved(stage: SampleStage, **amounts: float) -> list[RgbImage]:
    """The sample portrait with these channels going up and back."""
    channels = {name: tuple((amount * wave()).tolist()) for name, amount in amounts.items()}
    curve = MotionCurve(fps=25.0, channels=channels)
    return [stage.frame(curve, index) for index in range(curve.frame_count)]


@cache
def fitted(stage: SampleStage, **amounts: float) -> Fitted:
    return fit_clip(as_clip(moved(stage, **amounts)), no_checkpoint)


def leaks(curve: MotionCurve, *driven: str) -> dict[str, float]:
    """Every other expression's greatest value, as a share of what it can reach."""
    return {
        name: float(np.abs(curve.channels[name]).max()) / LIMITS[name][1]
        for name in EXPRESSIONS
        if name not in driven
    }


@pytest.mark.parametrize(
    ("channel", "amount", "shift"),
    [("pitch", 0.16, "shift_y"), ("yaw", 0.18, "shift_x"), ("roll", 0.15, None)],
)
def test_a_moving_head_moves_the_head_and_no_face(
    stage: SampleStage, channel: str, amount: float, shift: str | None
) -> None:
    curve, _, _ = fitted(stage, **{channel: amount})

    # a turn and a shift look alike from the front; what counts is where the face goes
    followed = np.array(curve.channels[channel])
    if shift is not None:
        followed = followed + np.array(curve.channels[shift]) / 1.15
    assert np.corrcoef(followed, wave())[0, 1] > 0.97
    assert 0.6 < followed.max() / amount < 1.3
    assert max(leaks(curve).values()) <= 0.1


@pytest.mark.parametrize(
    ("channels", "amount"),
    [
        (("smile",), 0.9),
        (("smile",), -0.9),
        (("pucker",), 0.9),
        (("brow_left", "brow_right"), 0.9),
        (("open",), 0.7),
    ],
)
def test_an_expression_is_followed_and_stays_alone(
    stage: SampleStage, channels: tuple[str, ...], amount: float
) -> None:
    curve, _, _ = fitted(stage, **dict.fromkeys(channels, amount))

    for channel in channels:
        followed = np.array(curve.channels[channel])
        assert np.corrcoef(followed, wave() * amount)[0, 1] > 0.9
        assert np.abs(followed).max() > 0.4 * abs(amount)
    assert max(leaks(curve, *channels).values()) <= 0.1


def test_a_wink_is_one_eye_and_a_blink_is_both(stage: SampleStage) -> None:
    wink, _, _ = fitted(stage, blink_left=1.0)
    blink, _, _ = fitted(stage, blink_left=1.0, blink_right=1.0)

    assert max(wink.channels["blink_left"]) > 0.9
    assert max(wink.channels["blink_right"]) == 0.0
    assert min(max(blink.channels["blink_left"]), max(blink.channels["blink_right"])) > 0.9
    assert max(leaks(blink).values()) <= 0.1


def test_a_side_glance_is_no_blink(stage: SampleStage) -> None:
    curve, _, _ = fitted(stage, gaze_x=1.0)

    assert max(curve.channels["blink_left"]) == max(curve.channels["blink_right"]) == 0.0


def test_a_film_starts_and_ends_as_the_photo_is_and_stays_within_limits(stage: SampleStage) -> None:
    curve, stretch, notes = fitted(stage, open=0.7)

    assert (curve.fps, curve.frame_count) == (25.0, 40)
    assert (stretch.start_s, notes) == (0.0, ("clip_beta",))
    for name, values in curve.channels.items():
        assert values[0] == 0.0, name
        assert abs(values[-1]) < 0.02 * LIMITS[name][1], name
        assert LIMITS[name][0] <= min(values) <= max(values) <= LIMITS[name][1], name


def test_rest_is_found_wherever_it_is(stage: SampleStage) -> None:
    frames = moved(stage, open=0.7)
    begun_in_a_word = as_clip([*[frames[20]] * 20, *frames[20:], *frames[:6]])

    curve, _, _ = fit_clip(begun_in_a_word, no_checkpoint)

    followed = np.array(curve.channels["open"])
    # the film itself begins as the photo; the mouth is open soon after, and shut as soon as it was
    assert followed[12:20].min() > 0.2
    assert followed[36:].max() < 0.05


def test_a_fit_is_the_same_every_time(stage: SampleStage) -> None:
    frames = moved(stage, yaw=0.1)[:12]

    assert fit_clip(as_clip(frames), no_checkpoint) == fit_clip(as_clip(frames), no_checkpoint)


def test_eyes_that_stare_too_long_blink_on_their_own(stage: SampleStage) -> None:
    looks = moved(stage, yaw=0.1)

    curve, _, notes = fit_clip(as_clip([*looks, *looks[-1:] * 130]), no_checkpoint)

    assert max(curve.channels["blink_left"]) == pytest.approx(1.0, abs=0.01)
    assert "natural_blinks" in notes


def test_only_the_shot_with_a_face_is_used(stage: SampleStage) -> None:
    nobody = moving_frames(25, 256, 256)

    curve, stretch, notes = fit_clip(as_clip([*nobody, *moved(stage, yaw=0.1)]), no_checkpoint)

    assert stretch.start_s == pytest.approx(1.0, abs=0.1)
    assert curve.frame_count == pytest.approx(40, abs=2)
    assert "clip_cut_used_later_shot" in notes


def test_of_a_long_clip_a_part_is_used_and_said(stage: SampleStage) -> None:
    clip = as_clip(moved(stage, yaw=0.1), used_seconds=1.0)

    curve, _, notes = fit_clip(clip, no_checkpoint)

    assert curve.frame_count == 25
    assert "clip_trimmed" in notes


@pytest.mark.parametrize("count", [1, 30])
def test_a_clip_that_holds_still_is_refused(stage: SampleStage, count: int) -> None:
    with pytest.raises(NoMotionFound):
        fit_clip(as_clip(moved(stage, yaw=0.0)[:1] * count), no_checkpoint)


def test_a_clip_without_anybody_is_refused() -> None:
    with pytest.raises(NoFaceFound):
        fit_clip(as_clip(moving_frames(10, 128, 128)), no_checkpoint)


def test_a_clip_without_frames_is_refused() -> None:
    with pytest.raises(UnreadableVideo):
        fit_clip(as_clip([]), no_checkpoint)


def test_following_stops_when_asked(stage: SampleStage) -> None:
    told: list[float] = []

    def stop(stage: Stage, fraction: float) -> None:
        assert stage is Stage.MOTION
        assert fraction >= max(told, default=0.0)
        told.append(fraction)
        if fraction >= 0.7:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        fit_clip(as_clip(moved(stage, yaw=0.1)), stop)


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
        ("hostile/videos/cuts.mp4", 25, False),
    ],
)
def test_a_real_clip_is_followed(file: str, frame_count: int, opens: bool) -> None:
    curve, _, notes = fit_clip(open_driving(SHARED / "data" / file), no_checkpoint)

    assert abs(curve.frame_count - frame_count) <= 2  # how a container rounds its length
    assert "clip_beta" in notes
    assert "clip_face_lost" not in notes
    if opens:
        assert max(curve.channels["open"]) > 0.15  # the least of them; closed mouths stay below 0.05


@needs_shared("data/driving")
@pytest.mark.parametrize(
    ("file", "shut_at"),
    [
        ("v01_man_frontal_256.mp4", [75]),  # seen by eye: once, for half a second
        ("v02_woman_audio_512.mp4", []),  # light irises, two long side glances, no blink
        ("v03_man_phone_portrait_540x960.mp4", [29, 65, 88]),
    ],
)
def test_real_blinks_are_seen_and_side_glances_are_not(file: str, shut_at: list[int]) -> None:
    curve, _, _ = fit_clip(open_driving(SHARED / "data" / "driving" / file), no_checkpoint)

    is_shut = np.array(curve.channels["blink_left"]) > 0.9
    begins = np.flatnonzero(is_shut[1:] & ~is_shut[:-1]) + 1
    assert len(begins) == len(shut_at)
    assert all(is_shut[frame] for frame in shut_at)


@needs_shared("data/hostile")
@pytest.mark.parametrize(("name", "refusal"), [("no_face", NoFaceFound), ("frames_1", NoMotionFound)])
def test_a_real_clip_with_nothing_to_follow_is_refused(name: str, refusal: type[AppError]) -> None:
    with pytest.raises(refusal):
        fit_clip(open_driving(SHARED / "data" / f"hostile/videos/{name}.mp4"), no_checkpoint)
