"""Opens a clip for an engine: checked, its rate chosen, none of its pictures read yet."""

from functools import partial
from pathlib import Path

from backend.domain.media import Upload
from backend.engines.animation_api import DrivingClip
from backend.media.video import DEFAULT_LIMITS, ClipLimits, probe_clip, read_frames, sampling_rate
from backend.storage.files import MediaFiles


def open_driving(
    path: Path, limits: ClipLimits = DEFAULT_LIMITS, *, sha256: str | None = None
) -> DrivingClip:
    """A clip to be followed at its own rate or a whole fraction of it.

    sha256: of a preset's clip; None for a person's own
    Raises UnsupportedMedia, UnreadableVideo or VideoTooLong.
    """
    facts = probe_clip(path, limits)
    return DrivingClip(
        fps=sampling_rate(facts.fps, limits.used_fps),
        duration_s=facts.duration_s,
        used_seconds=limits.used_seconds,
        read=partial(read_frames, path, limits=limits, facts=facts),
        sha256=sha256,
    )


def clip_in(folder: Path, files: MediaFiles, clip: Upload) -> Path:
    """A stored clip as a real file in a private folder, which ffmpeg needs. Raises StorageCorrupt."""
    path = folder / "clip"
    with path.open("xb") as target:
        for block in files.open(clip.storage_key).read():
            target.write(block)
    return path
