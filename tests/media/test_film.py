from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.domain.errors import AppError, InvalidOption
from backend.media.ffmpeg_arguments import FilmFormat
from backend.media.film import FilmWriter
from backend.media.video import probe_clip, read_frames
from tests.clips import a_clip, a_tone_clip, moving_frames, run_ffmpeg


@pytest.mark.parametrize("film_format", ["mp4", "webm"])
def test_a_film_holds_every_frame_at_its_rate(tmp_path: Path, film_format: FilmFormat) -> None:
    path = a_clip(tmp_path / "film", moving_frames(40), fps=25.0, film_format=film_format)

    facts = probe_clip(path)

    assert (facts.width_px, facts.height_px, facts.fps, facts.frame_count_estimate) == (64, 48, 25.0, 40)
    assert facts.is_constant_rate


@pytest.mark.parametrize("film_format", ["mp4", "webm"])
def test_colours_come_back_as_they_went_in(tmp_path: Path, film_format: FilmFormat) -> None:
    flat = np.full((64, 64, 3), (200, 90, 40), np.uint8)
    path = a_clip(tmp_path / "film", [flat] * 10, film_format=film_format)

    frame = list(read_frames(path, fps=25.0))[5]

    # one colour survives YCbCr in 8 bits within 2; a wrong matrix (BT.601 for BT.709) is off by 10 and more
    assert np.abs(frame.astype(int) - flat).max() <= 2


def test_a_gif_is_slower_and_lasts_as_long(tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    with FilmWriter(path, 64, 48, 25.0, "gif") as film:
        for frame in moving_frames(50):
            film.write(frame)

    with Image.open(path) as gif:
        shown_ms = 0
        for index in range(gif.n_frames):  # type: ignore[attr-defined]  # GifImageFile
            gif.seek(index)
            shown_ms += gif.info["duration"]
        assert gif.n_frames == film.frame_count == 25  # type: ignore[attr-defined]  # GifImageFile
        assert gif.info["loop"] == 0
    assert film.fps == 12.5
    assert shown_ms == pytest.approx(2000, abs=80)


def test_a_large_gif_is_made_smaller_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    with FilmWriter(path, 960, 640, 25.0, "gif") as film:
        film.write(np.zeros((640, 960, 3), np.uint8))

    with Image.open(path) as gif:
        assert gif.size == (film.width_px, film.height_px) == (480, 320)


@pytest.mark.parametrize("film_format", ["mp4", "webm", "gif"])
def test_the_same_frames_give_the_same_bytes(tmp_path: Path, film_format: FilmFormat) -> None:
    first = a_clip(tmp_path / "first", film_format=film_format)
    second = a_clip(tmp_path / "second", film_format=film_format)

    assert first.read_bytes() == second.read_bytes()


def test_an_mp4_can_start_before_it_is_loaded(tmp_path: Path) -> None:
    content = a_clip(tmp_path / "film.mp4").read_bytes()

    assert content.index(b"moov") < content.index(b"mdat")


def test_metadata_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with FilmWriter(
        path, 64, 48, 25.0, metadata={"title": "外婆 1962", "comment": "made by a program"}
    ) as film:
        film.write(moving_frames(1)[0])

    content = path.read_bytes()
    assert "外婆 1962".encode() in content
    assert b"made by a program" in content


@pytest.mark.parametrize("film_format", ["mp4", "webm"])
@pytest.mark.parametrize("sound_s", [0.5, 3.0])
def test_sound_neither_shortens_nor_lengthens_the_film(
    tmp_path: Path, film_format: FilmFormat, sound_s: float
) -> None:
    clip = a_tone_clip(tmp_path / "clip.mp4", sound_s)
    path = tmp_path / "film"
    with FilmWriter(path, 64, 48, 25.0, film_format, audio_from=clip) as film:
        for frame in moving_frames(40):
            film.write(frame)

    facts = probe_clip(path)
    assert facts.has_audio
    assert facts.frame_count_estimate == 40


def test_a_film_of_a_later_part_has_that_parts_sound(tmp_path: Path) -> None:
    clip, path, heard = tmp_path / "clip.mp4", tmp_path / "film.mp4", tmp_path / "heard.raw"
    tone = "aevalsrc='sin(5000*t)*gt(t,1.5)':duration=3:sample_rate=8000"  # silent for one second and a half
    picture = "color=size=64x48:rate=25:duration=3"
    run_ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone, "-c:v", "libx264", str(clip))

    with FilmWriter(path, 64, 48, 25.0, audio_from=clip, audio_start_s=1.0) as film:
        for frame in moving_frames(40):
            film.write(frame)

    run_ffmpeg("-i", str(path), "-ac", "1", "-ar", "8000", "-f", "f32le", str(heard))
    samples = np.fromfile(heard, np.float32)
    # one packet of AAC at 8 kHz lasts 0.13 s, and encoding smears the onset over a part of one
    assert np.argmax(np.abs(samples) > 0.2) / 8000 == pytest.approx(0.5, abs=0.14)


def test_a_gif_with_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption):
        FilmWriter(tmp_path / "film.gif", 64, 48, 25.0, "gif", audio_from=tmp_path / "clip.mp4")


def test_no_half_film_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"

    with pytest.raises(KeyError), FilmWriter(path, 64, 48, 25.0) as film:
        film.write(moving_frames(1)[0])
        raise KeyError

    assert not path.exists()


def test_a_film_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AppError), FilmWriter(tmp_path / "no folder" / "film.mp4", 64, 48, 25.0) as film:
        for frame in moving_frames(50):
            film.write(frame)


def test_a_film_that_fails_while_its_end_is_still_in_the_pipe_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AppError), FilmWriter(tmp_path / "no folder" / "film.mp4", 16, 16, 25.0) as film:
        film.write(moving_frames(1, 16, 16)[0])  # fits into the pipe's buffer


def test_a_film_without_frames_is_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="at least one frame"),
        FilmWriter(tmp_path / "film.mp4", 64, 48, 25.0),
    ):
        pass

    assert not (tmp_path / "film.mp4").exists()


def test_odd_sides_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="even"):
        FilmWriter(tmp_path / "film.mp4", 63, 48, 25.0)


def test_a_frame_of_another_size_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="frame must be"),
        FilmWriter(tmp_path / "film.mp4", 64, 48, 25.0) as film,
    ):
        film.write(np.zeros((10, 10, 3), np.uint8))


def test_a_frame_may_be_a_view_into_a_larger_picture(tmp_path: Path) -> None:
    large = np.zeros((100, 100, 3), np.uint8)

    path = a_clip(tmp_path / "film.mp4", [large[10:58, 20:84]] * 5)

    assert probe_clip(path).frame_count_estimate == 5
