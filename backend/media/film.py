"""Films out: frames in, one at a time, a file at the end, or no file at all."""

from collections.abc import Mapping
from contextlib import ExitStack
from math import ceil
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import numpy as np

from backend.domain.errors import AppError, InvalidOption, StorageFull
from backend.media.ffmpeg import RunningFfmpeg, running_ffmpeg
from backend.media.ffmpeg_arguments import FilmFormat, write_film_arguments
from backend.media.types import RgbImage
from backend.media.video import container_of, fitted_size

FILM_MIMES: Mapping[FilmFormat, str] = MappingProxyType(
    {"mp4": "video/mp4", "webm": "video/webm", "gif": "image/gif"}
)
GIF_LONG_SIDE_PX = 480  # a palette needs the whole film in memory, and larger GIFs are sent by nobody
GIF_MAX_FPS = 16.0
_FINISH_LIMIT_S = 120.0  # GIF does all its work at the end
_NO_METADATA: Mapping[str, str] = MappingProxyType({})


class FilmWriter:
    """Writes a film: `with FilmWriter(...) as film: film.write(frame)`.

    Frames are uint8 (height_px, width_px, 3) RGB with even sides. MP4 is H.264 yuv420p, WebM is VP9; a GIF is
    made smaller and slower. The same frames give the same bytes. When the block is left by an exception the
    half-written file is deleted.

    audio_from, audio_start_s: the clip whose sound goes with the film, and where in it the film begins.
    metadata: names and values that the container keeps, such as title and comment; a GIF has no room for it.
    width_px, height_px, fps, frame_count say what the file really holds.
    """

    def __init__(
        self,
        path: Path,
        width_px: int,
        height_px: int,
        fps: float,
        film_format: FilmFormat = "mp4",
        *,
        audio_from: Path | None = None,
        audio_start_s: float = 0.0,
        metadata: Mapping[str, str] = _NO_METADATA,
    ) -> None:
        if width_px % 2 or height_px % 2:
            raise ValueError(f"sides must be even, not {width_px}x{height_px}")
        if audio_from is not None and film_format == "gif":
            raise InvalidOption("a GIF has no sound", option="audio")
        is_gif = film_format == "gif"
        self._path = path
        self._shape = (height_px, width_px, 3)
        self._every = max(1, ceil(fps / GIF_MAX_FPS)) if is_gif else 1  # which frames a GIF keeps
        self._given_count = 0
        self.frame_count = 0
        self.fps = fps / self._every
        self.width_px, self.height_px = (
            fitted_size(width_px, height_px, GIF_LONG_SIDE_PX) if is_gif else (width_px, height_px)
        )
        self._arguments = write_film_arguments(
            path,
            film_format,
            width_px=width_px,
            height_px=height_px,
            written_size=(self.width_px, self.height_px),
            fps=self.fps,
            metadata=metadata,
            sound=None if audio_from is None else (audio_from, container_of(audio_from).demuxer),
            sound_start_s=audio_start_s,
        )
        self._stack = ExitStack()
        self._ffmpeg: RunningFfmpeg | None = None

    def __enter__(self) -> Self:
        self._ffmpeg = self._stack.enter_context(running_ffmpeg(self._arguments, takes_input=True))
        return self

    def write(self, frame: RgbImage) -> None:
        """Add one frame. It is copied before this returns, so its memory may be used again."""
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(f"frame must be uint8 {self._shape}, not {frame.dtype} {frame.shape}")
        is_kept = self._given_count % self._every == 0
        self._given_count += 1
        if not is_kept:
            return
        self.frame_count += 1
        try:
            self._running().write(np.ascontiguousarray(frame).data.cast("B"))
        except BrokenPipeError as error:
            raise self._failure() from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        is_complete = False
        try:
            if kind is None:
                if self.frame_count == 0:
                    raise ValueError("a film needs at least one frame")
                if self._running().finish(_FINISH_LIMIT_S) != 0:
                    raise self._failure()
                is_complete = True
        finally:
            self._stack.close()
            if not is_complete:
                self._path.unlink(missing_ok=True)

    def _running(self) -> RunningFfmpeg:
        assert self._ffmpeg is not None, "use FilmWriter in a with block"
        return self._ffmpeg

    def _failure(self) -> AppError:
        ffmpeg = self._running()
        ffmpeg.finish()
        if "No space left" in ffmpeg.errors():
            return StorageFull()
        return AppError(f"ffmpeg could not write the film: {ffmpeg.errors()}")
