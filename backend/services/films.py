"""From an engine's frames to a film's file, one frame at a time."""

from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path

from backend.domain.errors import AppError
from backend.domain.films import ClipCheck, FilmQuality
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
    poster: RgbImage  # the frame at rest, as the engine made it; a GIF's own frames are smaller
    size_px: tuple[int, int]  # width and height of what was written
    fps: float
    frame_count: int
    faces: tuple[FaceInfo, ...]
    notes: tuple[str, ...]
    quality: FilmQuality | None  # None: nothing of it was measured


def write_film(path: Path, animation: Animation, request: AnimateRequest, clip: Path | None) -> Film:
    """Read the frames of `animation` and write them to `path`, with the clip's sound where that is wanted."""
    wants_sound = request.audio == "driving" and clip is not None
    has_sound = wants_sound and clip is not None and probe_clip(clip).has_audio
    poster: RgbImage | None = None
    with FilmWriter(
        path,
        animation.width_px,
        animation.height_px,
        animation.fps,
        request.format,
        audio_from=clip if has_sound else None,
        audio_start_s=animation.clip_start_s,
    ) as writer:
        for frame_index, frame in enumerate(animation.frames):
            if poster is None or frame_index == animation.rest_frame:
                poster = frame.copy()  # its memory may be used for the next one
            writer.write(frame)
    if poster is None:
        raise AppError("the engine made a film without frames")
    return Film(
        path=path,
        poster=poster,
        size_px=(writer.width_px, writer.height_px),
        fps=writer.fps,
        frame_count=writer.frame_count,
        faces=animation.faces,
        notes=(NO_SOUND,) if wants_sound and not has_sound else (),
        quality=measured(animation),
    )


def checked(animation: Animation) -> tuple[ClipCheck, ...]:
    """What was looked at in the clip, in Python's own numbers (engines count with numpy's)."""
    return tuple(
        ClipCheck(
            name=check.name,
            passed=bool(check.passed),
            value=_number(check.value),
            limit=_number(check.limit),
            frames=tuple(int(frame) for frame in check.frames),
        )
        for check in animation.clip_checks
    )


def measured(animation: Animation) -> FilmQuality | None:
    """How good a film is whose frames have been read; None where nothing of it could be measured.

    What is no number (a film of one colour divides by nothing) is left out: no database keeps it.
    """
    values = {name: _number(value) for name, value in asdict(animation.quality()).items()}
    return FilmQuality(**values) if any(value is not None for value in values.values()) else None


def _number(value: float | None) -> float | None:
    return None if value is None or not isfinite(value) else float(value)
