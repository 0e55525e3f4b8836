"""Builds ffmpeg's argument lists and runs nothing, so that tests compare lists without a clip."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

FilmFormat = Literal["mp4", "webm", "gif"]

_QUIET = ["-hide_banner", "-nostdin", "-loglevel", "error"]
# The same frames must give the same bytes on every machine: no version strings, no dates, exact arithmetic,
# and a fixed number of threads, because x264 and vpx decide differently with another number.
_SAME_BYTES = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-threads", "2"]
_RGB_TO_YUV = (
    "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+bitexact,format=yuv420p,"
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
)
_HELD_S = 1.0  # clips of an uneven rate show one picture for that long; ffmpeg's seeking forgets it
_LARGE_FILM_PX = 1920 * 1280  # the encoder looks less far ahead: each frame it holds is many megabytes
_ANY_PIXELS = 4096 * 4096  # the pictures beside the sound are not decoded
_GIF = (
    "scale={width}:{height}:flags=area+accurate_rnd+bitexact,split[seen][kept];"
    "[seen]palettegen=stats_mode=diff[palette];[kept][palette]paletteuse=dither=bayer:bayer_scale=3"
)


def input_arguments(path: Path, demuxer: str, max_pixels: int) -> list[str]:
    """Open one local file as exactly this format. `max_pixels` bounds what the decoder may allocate."""
    return [
        *("-protocol_whitelist", "file,pipe"),
        *("-max_pixels", str(max_pixels)),
        *("-f", demuxer),
        *("-i", f"file:{path}"),  # with the prefix, a colon in a path is not a protocol
    ]


def first_frame_arguments(path: Path, demuxer: str, max_pixels: int) -> list[str]:
    """Decode one upright frame and print its size (the `framecrc` text format)."""
    wanted = ["-map", "0:V:0", "-frames:v", "1", "-f", "framecrc", "pipe:1"]  # V: no cover pictures
    return [*_QUIET, "-threads", "2", *input_arguments(path, demuxer, max_pixels), *wanted]


def packet_list_arguments(path: Path, demuxer: str, max_pixels: int, *, max_seconds: float) -> list[str]:
    """Print when every frame is shown, without decoding any, and whether there is sound."""
    wanted = ["-map", "0:V:0", "-map", "0:a:0?", "-c", "copy", "-t", f"{max_seconds:g}"]
    return [*_QUIET, *input_arguments(path, demuxer, max_pixels), *wanted, "-f", "framecrc", "pipe:1"]


def read_frames_arguments(
    path: Path,
    demuxer: str,
    max_pixels: int,
    *,
    fps: float,
    start_s: float,
    seconds: float,
    width_px: int,
    height_px: int,
) -> list[str]:
    """Write upright RGB frames to the pipe, `fps` of them for every second of this part of the clip.

    The first is the one that is shown at start_s, which may have come up to a second before.
    """
    early_s = min(start_s, _HELD_S)
    # without full_chroma_int, swscale's quick way to RGB is two grey levels too dark
    scaled = f"scale={width_px}:{height_px}:flags=area+accurate_rnd+full_chroma_int+bitexact"
    filters = f"fps={fps:.6f}:round=near:start_time={early_s:.3f},{scaled},setsar=1"
    picked = ["-map", "0:V:0", "-an", "-sn", "-dn", "-t", f"{early_s + seconds:g}", "-vf", filters]
    return [
        *(*_QUIET, "-threads", "2", *_from(start_s - early_s), *input_arguments(path, demuxer, max_pixels)),
        *(*picked, "-fps_mode", "passthrough", "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"),
    ]


def _from(start_s: float) -> list[str]:
    """Before an input: begin here. ffmpeg goes to the picture before and throws away what comes too early."""
    return ["-ss", f"{start_s:.3f}"] if start_s > 0 else []


def write_film_arguments(
    path: Path,
    film_format: FilmFormat,
    *,
    width_px: int,
    height_px: int,
    written_size: tuple[int, int],
    fps: float,
    metadata: Mapping[str, str],
    sound: tuple[Path, str] | None = None,
    sound_start_s: float = 0.0,
) -> list[str]:
    """Read RGB frames from the pipe and write a film that every browser plays.

    written_size: width and height of the file; only a GIF may be smaller than the frames.
    sound: a clip and its demuxer, whose sound from sound_start_s on goes under the film; silence follows when
        it is shorter.
    """
    frames = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width_px}x{height_px}"]
    arguments = [*(a for a in _QUIET if a != "-nostdin"), *frames, "-framerate", f"{fps:.6f}", "-i", "pipe:0"]
    if sound is not None:
        arguments += [
            *_from(sound_start_s),
            *input_arguments(*sound, _ANY_PIXELS),
            "-map",
            "0:v",
            "-map",
            "1:a:0?",
        ]
    arguments += [*_encoder(film_format, *written_size), *_SAME_BYTES]
    if sound is not None:
        arguments += ["-c:a", "libopus" if film_format == "webm" else "aac", "-b:a", "128k"]
        arguments += ["-af", "apad", "-shortest", "-flags:a", "+bitexact"]
    for key, value in sorted(metadata.items()):
        arguments += ["-metadata", f"{key}={value}"]
    return [*arguments, "-f", film_format, "-y", f"file:{path}"]


def _encoder(film_format: FilmFormat, width_px: int, height_px: int) -> list[str]:
    if film_format == "gif":
        return ["-vf", _GIF.format(width=width_px, height=height_px), "-loop", "0"]
    picture = ["-vf", _RGB_TO_YUV]
    if film_format == "webm":
        speed = ["-deadline", "realtime", "-cpu-used", "7", "-row-mt", "0", "-tile-columns", "1"]
        return [*picture, "-c:v", "libvpx-vp9", "-crf", "31", "-b:v", "0", *speed]
    quality = ["-preset", "veryfast", "-crf", "18", "-profile:v", "high"]
    if width_px * height_px > _LARGE_FILM_PX:
        quality += ["-x264-params", "rc-lookahead=5:sync-lookahead=0", "-filter_threads", "1"]
    return [*picture, "-c:v", "libx264", *quality, "-movflags", "+faststart"]
