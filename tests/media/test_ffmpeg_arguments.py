from pathlib import Path

import pytest

from backend.media.ffmpeg_arguments import (
    FilmFormat,
    first_frame_arguments,
    packet_list_arguments,
    read_frames_arguments,
    write_film_arguments,
)

CLIP = Path("/clips/a:b.mp4")


def film_arguments(
    film_format: FilmFormat, sound: tuple[Path, str] | None = None, size: tuple[int, int] = (64, 48)
) -> list[str]:
    return write_film_arguments(
        Path("/films/out"),
        film_format,
        width_px=size[0],
        height_px=size[1],
        written_size=size,
        fps=25.0,
        metadata={"title": "外婆"},
        sound=sound,
    )


def frame_arguments(start_s: float) -> list[str]:
    return read_frames_arguments(
        CLIP, "mov", 100, fps=12.5, start_s=start_s, seconds=10.0, width_px=64, height_px=48
    )


def after(arguments: list[str], option: str) -> str:
    return arguments[arguments.index(option) + 1]


@pytest.mark.parametrize(
    "arguments",
    [
        first_frame_arguments(CLIP, "mov", 100),
        packet_list_arguments(CLIP, "mov", 100, max_seconds=61.0),
        frame_arguments(start_s=0.0),
        frame_arguments(start_s=2.5),
        film_arguments("mp4", sound=(CLIP, "mov")),
    ],
)
def test_a_clip_is_opened_as_one_format_from_a_local_file_only(arguments: list[str]) -> None:
    opened = arguments[: arguments.index("file:/clips/a:b.mp4")]

    assert opened[-1] == "-i"
    assert after(opened, "-protocol_whitelist") == "file,pipe"
    assert "mov" in opened
    assert "-max_pixels" in opened


def test_read_frames_keeps_time_and_asks_for_rgb() -> None:
    arguments = frame_arguments(start_s=0.0)

    assert after(arguments, "-vf").startswith("fps=12.5")
    assert after(arguments, "-pix_fmt") == "rgb24"
    assert after(arguments, "-t") == "10"
    assert "-ss" not in arguments


def test_a_part_of_a_clip_is_found_before_it_is_opened() -> None:
    arguments = frame_arguments(start_s=2.5)

    # a second early, because the picture shown then may have come before
    assert after(arguments, "-ss") == "1.500"
    assert ":start_time=1.000," in after(arguments, "-vf")
    assert after(arguments, "-t") == "11"
    assert arguments.index("-ss") < arguments.index("-i")


def test_an_mp4_plays_in_every_browser() -> None:
    arguments = film_arguments("mp4")

    assert after(arguments, "-c:v") == "libx264"
    assert "format=yuv420p" in after(arguments, "-vf")
    assert after(arguments, "-movflags") == "+faststart"


def test_the_encoder_holds_few_frames_of_a_large_film() -> None:
    assert (
        after(film_arguments("mp4", size=(4000, 3000)), "-x264-params") == "rc-lookahead=5:sync-lookahead=0"
    )
    assert "-x264-params" not in film_arguments("mp4", size=(1920, 1080))


@pytest.mark.parametrize("film_format", ["mp4", "webm", "gif"])
def test_nothing_that_changes_from_run_to_run_is_written(film_format: FilmFormat) -> None:
    arguments = film_arguments(film_format)

    assert after(arguments, "-fflags") == "+bitexact"
    assert after(arguments, "-threads") == "2"
    assert after(arguments, "-map_metadata") == "-1"


def test_metadata_is_written_as_given() -> None:
    assert after(film_arguments("mp4"), "-metadata") == "title=外婆"


def test_sound_is_padded_so_that_it_never_shortens_the_film() -> None:
    arguments = film_arguments("webm", sound=(CLIP, "mov"))

    assert after(arguments, "-af") == "apad"
    assert "-shortest" in arguments
    assert after(arguments, "-c:a") == "libopus"
