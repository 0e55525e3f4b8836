"""Opens a clip for an engine: checked, its rate chosen, none of its pictures read yet."""

import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path

from backend.domain.media import Upload
from backend.engines.animation_api import DrivingClip
from backend.media.video import DEFAULT_LIMITS, ClipLimits, probe_clip, read_frames, sampling_rate
from backend.storage.files import MediaFiles


def open_driving(path: Path, limits: ClipLimits = DEFAULT_LIMITS) -> DrivingClip:
    """A person's own clip, to be followed at its own rate or a whole fraction of it.

    Raises UnsupportedMedia, UnreadableVideo or VideoTooLong.
    """
    facts = probe_clip(path, limits)
    return DrivingClip(
        fps=sampling_rate(facts.fps, limits.used_fps),
        own_fps=facts.fps,
        duration_s=facts.duration_s,
        used_seconds=limits.used_seconds,
        read=partial(read_frames, path, limits=limits, facts=facts),
    )


def open_preset_clip(path: Path, limits: ClipLimits = DEFAULT_LIMITS) -> DrivingClip:
    """A preset's clip, as `open_driving`, but what an engine works out from it may be kept.

    Its checksum is taken of the file itself: an operator who replaces a clip need not think of it.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return replace(open_driving(path, limits), sha256=digest)


def clip_in(folder: Path, files: MediaFiles, clip: Upload) -> Path:
    """A stored clip as a real file in a private folder, which ffmpeg needs. Raises StorageCorrupt."""
    path = folder / "clip"
    with path.open("xb") as target:
        for block in files.open(clip.storage_key).read():
            target.write(block)
    return path
