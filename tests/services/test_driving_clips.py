from pathlib import Path

import pytest

from backend.domain.errors import UnsupportedMedia
from backend.media.video import ClipLimits
from backend.services.driving_clips import open_driving
from tests.clips import a_clip, moving_frames


def test_a_clip_is_opened_at_its_own_rate(tmp_path: Path) -> None:
    clip = open_driving(a_clip(tmp_path / "clip.mp4"))

    assert (clip.fps, clip.frame_count, clip.notes) == (25.0, 25, ())
    assert len(list(clip.frames)) == 25


def test_a_fast_clip_is_thinned_out_evenly(tmp_path: Path) -> None:
    clip = open_driving(a_clip(tmp_path / "clip.mp4", moving_frames(48), fps=48.0))

    assert clip.fps == 24.0
    assert len(list(clip.frames)) == clip.frame_count == 24


def test_a_long_clip_is_cut_and_says_so(tmp_path: Path) -> None:
    limits = ClipLimits(used_seconds=1.0)

    clip = open_driving(a_clip(tmp_path / "clip.mp4", moving_frames(40)), limits)

    assert clip.notes == ("clip_trimmed",)
    assert len(list(clip.frames)) == clip.frame_count == 25


def test_a_large_clip_is_made_smaller(tmp_path: Path) -> None:
    clip = open_driving(a_clip(tmp_path / "clip.mp4", moving_frames(3, 640, 360)))

    assert next(clip.frames).shape == (288, 512, 3)


def test_what_is_no_clip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"not a clip at all")

    with pytest.raises(UnsupportedMedia):
        open_driving(path)
