from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import UnsupportedMedia
from backend.media.video import ClipLimits
from backend.services.driving_clips import open_driving
from tests.clips import a_clip, moving_frames


def test_a_clip_is_opened_at_its_own_rate(tmp_path: Path) -> None:
    clip = open_driving(a_clip(tmp_path / "clip.mp4"))

    assert (clip.fps, clip.duration_s, clip.frame_count) == (25.0, 1.0, 25)


def test_a_fast_clip_is_thinned_out_evenly(tmp_path: Path) -> None:
    clip = open_driving(a_clip(tmp_path / "clip.mp4", moving_frames(48), fps=48.0))

    assert clip.fps == 24.0
    assert clip.frame_count == 24


def test_of_a_long_clip_a_part_is_used(tmp_path: Path) -> None:
    clip = open_driving(a_clip(tmp_path / "clip.mp4", moving_frames(40)), ClipLimits(used_seconds=1.0))

    assert clip.frame_count == 25
    assert clip.duration_s == pytest.approx(1.6)


def test_any_part_can_be_read_again_and_again(tmp_path: Path) -> None:
    clip = open_driving(a_clip(tmp_path / "clip.mp4", moving_frames(50, 128, 96)))
    whole = list(clip.read(fps=25.0, start_s=0.0, seconds=2.0, long_side_px=128))

    part = list(clip.read(fps=25.0, start_s=1.0, seconds=0.4, long_side_px=128))

    assert len(part) == 10
    # the same pictures, decoded from a key frame elsewhere: equal
    assert all(np.array_equal(one, whole[25 + index]) for index, one in enumerate(part))


def test_pictures_are_as_small_as_asked_for(tmp_path: Path) -> None:
    clip = open_driving(a_clip(tmp_path / "clip.mp4", moving_frames(3, 640, 360)))

    assert next(clip.read(fps=25.0, start_s=0.0, seconds=0.1, long_side_px=320)).shape == (180, 320, 3)


def test_what_is_no_clip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"not a clip at all")

    with pytest.raises(UnsupportedMedia):
        open_driving(path)
