"""Small clips for tests, made on the spot."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from backend.media.ffmpeg import ffmpeg_output
from backend.media.ffmpeg_arguments import FilmFormat
from backend.media.film import FilmWriter
from backend.media.types import RgbImage


def moving_frames(count: int, width_px: int = 64, height_px: int = 48) -> list[RgbImage]:
    """A bright square that moves to the right by two pixels a frame over a still gradient."""
    ramp = np.linspace(40, 120, width_px, dtype=np.uint8)
    frames = []
    for index in range(count):
        frame = np.repeat(np.repeat(ramp[None, :, None], height_px, axis=0), 3, axis=2)
        left = (2 * index) % (width_px - 12)
        frame[10:22, left : left + 12] = (220, 180, 60)
        frames.append(frame)
    return frames


def a_clip(
    path: Path,
    frames: Sequence[RgbImage] | None = None,
    *,
    fps: float = 25.0,
    film_format: FilmFormat = "mp4",
) -> Path:
    """A readable clip of the given frames; 25 small ones unless said otherwise."""
    frames = moving_frames(25) if frames is None else frames
    height_px, width_px = frames[0].shape[:2]
    with FilmWriter(path, width_px, height_px, fps, film_format) as film:
        for frame in frames:
            film.write(frame)
    return path


def run_ffmpeg(*arguments: str) -> None:
    """Make a clip that FilmWriter would not make."""
    status, _ = ffmpeg_output(["-hide_banner", "-loglevel", "error", "-y", *arguments], limit_s=60)
    assert status == 0


def a_tone_clip(path: Path, seconds: float = 2.0) -> Path:
    """A clip with picture and sound."""
    run_ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc=size=64x48:rate=25:duration={seconds}"),
        *("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"),
        *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", str(path)),
    )
    return path
