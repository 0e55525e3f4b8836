"""Clips as people have them: each drives a film, with a note where one is due, or is refused by name.

Both engines are asked, by the part of each that follows a clip.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import AppError, NoFaceFound, NoMotionFound, UnreadableVideo
from backend.engines.animation_api import DrivingClip
from backend.engines.api import no_checkpoint
from backend.engines.builtin.animation.clip_fit import fit_clip
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.detector import find_faces
from backend.engines.first_order.driving import motion_of
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.templates import TemplateShelf
from backend.evaluation.following import as_clip
from backend.media.types import RgbImage
from backend.media.video import read_frames
from backend.services.driving_clips import open_driving
from tests.clips import a_clip, moving_frames, run_ffmpeg

NOD = Path(__file__).resolve().parents[2] / "driving_videos" / "nod.mp4"

Follow = Callable[[DrivingClip], tuple[int, tuple[str, ...]]]
"""Frames of the film, and notes."""


class LookingOnce:
    """A finder for clips whose people stay: it looks once at each size of picture, for a look is slow."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, ...], tuple[FoundFace, ...]] = {}

    def __call__(self, photo: RgbImage) -> tuple[FoundFace, ...]:
        if photo.shape not in self._found:
            self._found[photo.shape] = find_faces(photo)
        return self._found[photo.shape]


def by_builtin(clip: DrivingClip) -> tuple[int, tuple[str, ...]]:
    curve, _, notes = fit_clip(clip, no_checkpoint, LookingOnce())
    return curve.frame_count, notes


def by_first_order(clip: DrivingClip) -> tuple[int, tuple[str, ...]]:
    network = FakeMotionNetwork(side_px=32)
    motion = motion_of(clip, network, LookingOnce(), TemplateShelf(None), no_checkpoint)
    return len(motion.template), motion.notes


@pytest.fixture(params=[by_builtin, by_first_order], ids=["builtin", "first_order"])
def follow(request: pytest.FixtureRequest) -> Follow:
    chosen: Follow = request.param
    return chosen


@pytest.fixture(scope="module")
def nodding() -> list[RgbImage]:
    """A second of a nod, 25 pictures."""
    return list(read_frames(NOD, fps=25.0))[15:40]


def refused(follow: Follow, clip: DrivingClip) -> type[AppError]:
    with pytest.raises(AppError) as error:
        follow(clip)
    return type(error.value)


def test_nobody_to_follow(follow: Follow) -> None:
    assert refused(follow, as_clip(moving_frames(20, 128, 96))) is NoFaceFound


@pytest.mark.parametrize("fps", [25.0, 30.0])
def test_one_picture_drives_nothing(
    follow: Follow, tmp_path: Path, nodding: list[RgbImage], fps: float
) -> None:
    clip = open_driving(a_clip(tmp_path / "one.mp4", nodding[:1], fps=fps))

    assert refused(follow, clip) is NoMotionFound


def test_a_still_picture_that_was_saved_as_a_film_drives_nothing(
    follow: Follow, tmp_path: Path, nodding: list[RgbImage]
) -> None:
    random = np.random.default_rng(0)
    grain = [random.normal(0.0, 5.0, nodding[0].shape) for _ in range(20)]
    still = [np.clip(nodding[0] + noise, 0, 255).astype(np.uint8) for noise in grain]

    assert refused(follow, open_driving(a_clip(tmp_path / "still.mp4", still))) is NoMotionFound


def test_a_glimpse_is_too_short(follow: Follow, nodding: list[RgbImage]) -> None:
    assert refused(follow, as_clip(nodding[::3])) is NoMotionFound  # a third of a second


def test_of_several_people_the_largest_is_followed_and_that_is_told(
    follow: Follow, nodding: list[RgbImage]
) -> None:
    pairs = [np.concatenate([frame, frame[:, ::-1]], axis=1) for frame in nodding]

    frame_count, notes = follow(as_clip(pairs))

    assert frame_count > 20
    assert "clip_several_faces" in notes


def test_one_person_is_not_several(follow: Follow, nodding: list[RgbImage]) -> None:
    _, notes = follow(as_clip(nodding))

    assert set(notes) <= {"clip_beta", "natural_blinks"}


def test_after_a_cut_the_longer_shot_drives(follow: Follow, nodding: list[RgbImage]) -> None:
    nobody: list[RgbImage] = moving_frames(12, 256, 256)

    _, notes = follow(as_clip([*nobody, *nodding]))

    assert "clip_cut_used_later_shot" in notes


def test_of_a_minute_the_best_seconds_drive(follow: Follow, nodding: list[RgbImage]) -> None:
    there_and_back = [*nodding[::2], *nodding[::-2]]
    minute = [there_and_back[index % 26] for index in range(60)]

    frame_count, notes = follow(as_clip(minute, own_fps=1.0, used_seconds=10.0))

    assert frame_count in (10, 40)  # as many as there are, or four times as many that lie between
    assert "clip_trimmed" in notes


def test_odd_sides_are_followed(follow: Follow, tmp_path: Path, nodding: list[RgbImage]) -> None:
    odd = tmp_path / "odd.mp4"
    a_clip(tmp_path / "even.mp4", nodding)
    run_ffmpeg(
        *("-i", str(tmp_path / "even.mp4"), "-vf", "scale=251:247"),
        *("-c:v", "libx264", "-pix_fmt", "yuv444p", str(odd)),
    )

    frame_count, _ = follow(open_driving(odd))

    assert frame_count == 25


def test_a_variable_rate_becomes_an_even_one(follow: Follow, tmp_path: Path, nodding: list[RgbImage]) -> None:
    uneven = tmp_path / "uneven.mp4"
    a_clip(tmp_path / "even.mp4", nodding)
    run_ffmpeg(
        *(
            "-i",
            str(tmp_path / "even.mp4"),
            "-vf",
            "select='not(eq(n,4)+eq(n,9)+eq(n,10))'",
            "-fps_mode",
            "vfr",
        ),
        *("-c:v", "libx264", "-pix_fmt", "yuv420p", str(uneven)),
    )

    clip = open_driving(uneven)
    frame_count, _ = follow(clip)

    assert frame_count == 25  # those left out are there again: time is kept
    assert clip.duration_s == pytest.approx(1.0, abs=0.05)


def test_sound_alone_is_no_clip(tmp_path: Path) -> None:
    sound = tmp_path / "sound.mp4"
    run_ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-c:a", "aac", str(sound))

    with pytest.raises(UnreadableVideo):
        open_driving(sound)
