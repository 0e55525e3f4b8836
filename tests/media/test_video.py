from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import UnreadableVideo, UnsupportedMedia, VideoTooLong
from backend.media.video import ClipLimits, fitted_size, probe_clip, read_frames, sampling_rate
from tests.clips import a_clip, a_tone_clip, moving_frames, run_ffmpeg

TEST_PICTURE = ("-f", "lavfi", "-i", "testsrc=size=96x64:rate=25:duration=1")
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")


def test_probe_says_what_a_clip_is(tmp_path: Path) -> None:
    facts = probe_clip(a_clip(tmp_path / "clip.mp4"))

    assert (facts.width_px, facts.height_px) == (64, 48)
    assert (facts.fps, facts.duration_s, facts.frame_count_estimate) == (25.0, 1.0, 25)
    assert (facts.mime, facts.has_audio, facts.is_constant_rate) == ("video/mp4", False, True)


def test_probe_goes_by_content_not_by_name(tmp_path: Path) -> None:
    path = a_clip(tmp_path / "clip.mp4").rename(tmp_path / "clip.avi")

    assert probe_clip(path).mime == "video/mp4"


def test_probe_hears_sound(tmp_path: Path) -> None:
    assert probe_clip(a_tone_clip(tmp_path / "clip.mp4")).has_audio


def test_probe_measures_a_webm_that_does_not_say_how_long_it_is(tmp_path: Path) -> None:
    path = tmp_path / "recorded.webm"
    run_ffmpeg(
        *TEST_PICTURE, "-c:v", "libvpx", "-deadline", "realtime", "-live", "1", "-f", "webm", str(path)
    )

    facts = probe_clip(path)

    assert facts.duration_s == pytest.approx(1.0, abs=0.05)
    assert facts.fps == 25.0


@pytest.mark.parametrize("content", [b"", b"#EXTM3U\nfile:///etc/passwd\n", b"\xff\xd8\xff\xe0 a picture"])
def test_probe_refuses_what_is_no_clip(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)

    with pytest.raises(UnsupportedMedia):
        probe_clip(path)


def test_probe_refuses_a_clip_without_its_index(tmp_path: Path) -> None:
    whole = a_clip(tmp_path / "whole.mp4").read_bytes()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(whole[:200])

    with pytest.raises(UnreadableVideo):
        probe_clip(broken)


def test_probe_refuses_sound_without_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    run_ffmpeg("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", str(path))

    with pytest.raises(UnreadableVideo):
        probe_clip(path)


def test_probe_refuses_a_clip_over_the_limit_of_time(tmp_path: Path) -> None:
    path = a_clip(tmp_path / "clip.mp4", moving_frames(50))

    with pytest.raises(VideoTooLong) as refused:
        probe_clip(path, ClipLimits(max_seconds=1.0))

    assert refused.value.params == {"max_seconds": 1.0}


def test_probe_refuses_a_clip_over_the_limit_of_size(tmp_path: Path) -> None:
    path = a_clip(tmp_path / "clip.mp4")

    with pytest.raises(VideoTooLong):
        probe_clip(path, ClipLimits(max_side_px=60))


def test_read_frames_gives_every_frame_once(tmp_path: Path) -> None:
    drawn = moving_frames(25)
    path = a_clip(tmp_path / "clip.mp4", drawn)

    read = list(read_frames(path, fps=25.0))

    assert len(read) == 25
    # H.264 with half the colours: the square is where it was, give or take its edges
    for expected, frame in zip(drawn, read, strict=True):
        assert np.mean(np.abs(expected.astype(int) - frame)) < 4.0


@pytest.mark.parametrize(
    ("clip_fps", "frame_count"), [(120.0, 30), (60.0, 30), (50.0, 25), (30.0, 30), (12.0, 12)]
)
def test_read_frames_at_the_sampling_rate_keeps_time(
    tmp_path: Path, clip_fps: float, frame_count: int
) -> None:
    path = a_clip(tmp_path / "clip.mp4", moving_frames(round(clip_fps)), fps=clip_fps)
    fps = sampling_rate(clip_fps, max_fps=30.0)

    frames = list(read_frames(path, fps=fps))

    assert len(frames) == frame_count
    assert len(frames) / fps == pytest.approx(1.0)


def test_read_frames_fills_the_waits_of_a_variable_clip(tmp_path: Path) -> None:
    path = tmp_path / "variable.mp4"
    run_ffmpeg(*TEST_PICTURE, "-vf", "select='lt(n,8)+not(mod(n,4))'", "-fps_mode", "vfr", *H264, str(path))

    facts = probe_clip(path)
    frames = list(read_frames(path, fps=25.0))

    assert not facts.is_constant_rate
    assert len(frames) == pytest.approx(25, abs=1)


@pytest.mark.parametrize("file", ["long_groups.mp4", "uneven.mp4", "clip.webm", "clip.mkv", "clip.avi"])
def test_a_part_of_a_clip_is_the_same_part_of_the_whole(tmp_path: Path, file: str) -> None:
    path = tmp_path / file
    codecs = {
        "long_groups.mp4": (*H264, "-g", "250", "-bf", "3"),
        # every second one picture is shown for half of it
        "uneven.mp4": ("-vf", "select='gt(mod(n,25),12)+not(mod(n,25))'", "-fps_mode", "vfr", *H264),
        "clip.webm": ("-c:v", "libvpx", "-deadline", "realtime"),
        "clip.mkv": H264,
        "clip.avi": ("-c:v", "mpeg4", "-q:v", "2"),
    }
    run_ffmpeg("-f", "lavfi", "-i", "testsrc=size=96x64:rate=25:duration=3", *codecs[file], str(path))
    whole = list(read_frames(path, fps=25.0))

    for first in (3, 10, 26, 35, 58):
        part = list(read_frames(path, fps=25.0, start_s=first / 25, seconds=0.4))

        assert len(part) == 10
        assert all(np.array_equal(a, b) for a, b in zip(part, whole[first:], strict=False))


def test_a_clip_of_which_only_the_order_of_decoding_is_kept_has_its_length(tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    run_ffmpeg(*TEST_PICTURE, "-c:v", "mpeg4", "-bf", "2", str(path))

    facts = probe_clip(path)

    assert facts.duration_s == pytest.approx(1.0, abs=0.05)
    assert facts.fps == pytest.approx(25.0)


def test_read_frames_turns_a_phone_clip_upright(tmp_path: Path) -> None:
    stored, turned = tmp_path / "stored.mp4", tmp_path / "turned.mp4"
    run_ffmpeg(*TEST_PICTURE, *H264, str(stored))
    run_ffmpeg("-display_rotation", "90", "-i", str(stored), "-c", "copy", str(turned))

    facts = probe_clip(turned)
    lying = next(read_frames(stored, fps=25.0))
    upright = next(read_frames(turned, fps=25.0))

    assert (facts.width_px, facts.height_px) == (64, 96)
    # colours are stored at half size along both sides and are not halved alike when turned; the wrong
    # direction differs by more than 60
    assert np.mean(np.abs(np.rot90(lying).astype(int) - upright)) < 10.0


def test_read_frames_makes_pixels_square(tmp_path: Path) -> None:
    path = tmp_path / "wide.mp4"
    run_ffmpeg(*TEST_PICTURE, "-vf", "setsar=2/1", *H264, str(path))

    assert next(read_frames(path, fps=25.0)).shape == (64, 192, 3)


def test_read_frames_shrinks_to_the_long_side(tmp_path: Path) -> None:
    assert next(read_frames(a_clip(tmp_path / "clip.mp4"), fps=25.0, long_side_px=32)).shape == (24, 32, 3)


def test_read_frames_stops_at_the_limit(tmp_path: Path) -> None:
    path = a_clip(tmp_path / "clip.mp4", moving_frames(50))

    assert len(list(read_frames(path, fps=25.0, seconds=1.0))) == 25


def test_read_frames_can_be_left_early(tmp_path: Path) -> None:
    frames = read_frames(a_clip(tmp_path / "clip.mp4"), fps=25.0)

    next(frames)
    frames.close()

    assert list(frames) == []


@pytest.mark.parametrize(
    ("size", "expected"), [((540, 960), (288, 512)), ((100, 50), (100, 50)), ((4096, 1), (512, 1))]
)
def test_fitted_size_keeps_the_shape_and_never_enlarges(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert fitted_size(*size, long_side_px=512) == expected
