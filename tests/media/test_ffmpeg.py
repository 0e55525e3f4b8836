from pathlib import Path

import pytest

from backend.media.ffmpeg import RunningFfmpeg, ffmpeg_output, running_ffmpeg

ENDLESS = [
    "-loglevel",
    "error",
    "-re",
    "-f",
    "lavfi",
    "-i",
    "testsrc=size=16x16:rate=1",
    "-f",
    "rawvideo",
    "pipe:1",
]


def test_output_is_returned_with_the_exit_status() -> None:
    status, printed = ffmpeg_output(["-version"], limit_s=20)

    assert status == 0
    assert printed.startswith("ffmpeg version")


def test_a_failure_is_a_status_and_a_reason(tmp_path: Path) -> None:
    with running_ffmpeg(["-i", f"file:{tmp_path / 'missing.mp4'}"]) as ffmpeg:
        status = ffmpeg.finish()
        errors = ffmpeg.errors()

    assert status != 0
    assert "No such file" in errors


def test_a_read_that_takes_too_long_kills_the_program() -> None:
    with running_ffmpeg(ENDLESS) as ffmpeg:
        content = ffmpeg.read(1_000_000_000, limit_s=0.2)
        status = ffmpeg.finish()

    assert len(content) < 1_000_000_000
    assert status != 0


def test_the_program_is_gone_when_the_block_is_left_by_an_error() -> None:
    started: list[RunningFfmpeg] = []

    with pytest.raises(KeyError), running_ffmpeg(ENDLESS) as ffmpeg:
        started.append(ffmpeg)
        raise KeyError

    assert started[0].process.poll() is not None


def test_writing_to_a_program_that_has_ended_is_a_broken_pipe() -> None:
    with running_ffmpeg(["-version"], takes_input=True) as ffmpeg:
        ffmpeg.process.wait()
        with pytest.raises(BrokenPipeError):
            ffmpeg.write(memoryview(bytes(1_000_000)))
