"""From an engine's frames to a film's file, one frame at a time."""

from dataclasses import dataclass
from pathlib import Path

from backend.domain.errors import AppError
from backend.engines.animation_api import Animation
from backend.engines.api import FaceInfo
from backend.media.film import FilmWriter
from backend.media.types import RgbImage
from backend.media.video import probe_clip
from backend.services.requests import AnimateRequest

NO_SOUND = "driving_has_no_sound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A film in a file."""

    path: Path
    first_frame: RgbImage  # as the engine made it; a GIF's own frames are smaller
    size_px: tuple[int, int]  # width and height of what was written
    fps: float
    frame_count: int
    faces: tuple[FaceInfo, ...]
    notes: tuple[str, ...]


def write_film(path: Path, animation: Animation, request: AnimateRequest, clip: Path | None) -> Film:
    """Read the frames of `animation` and write them to `path`, with the clip's sound where that is wanted."""
    wants_sound = request.audio == "driving" and clip is not None
    has_sound = wants_sound and clip is not None and probe_clip(clip).has_audio
    first_frame: RgbImage | None = None
    with FilmWriter(
        path,
        animation.width_px,
        animation.height_px,
        animation.fps,
        request.format,
        audio_from=clip if has_sound else None,
        audio_start_s=animation.clip_start_s,
    ) as writer:
        for frame in animation.frames:
            if first_frame is None:
                first_frame = frame.copy()  # its memory may be used for the next one
            writer.write(frame)
    if first_frame is None:
        raise AppError("the engine made a film without frames")
    return Film(
        path=path,
        first_frame=first_frame,
        size_px=(writer.width_px, writer.height_px),
        fps=writer.fps,
        frame_count=writer.frame_count,
        faces=animation.faces,
        notes=(NO_SOUND,) if wants_sound and not has_sound else (),
    )
