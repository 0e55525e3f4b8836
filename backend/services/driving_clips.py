"""Opens a person's own clip for an engine: checked, its rate chosen, none of its pictures read yet."""

from functools import partial
from pathlib import Path

from backend.engines.animation_api import DrivingClip
from backend.media.video import DEFAULT_LIMITS, ClipLimits, probe_clip, read_frames, sampling_rate


def open_driving(path: Path, limits: ClipLimits = DEFAULT_LIMITS) -> DrivingClip:
    """A clip to be followed at its own rate or a whole fraction of it.

    Raises UnsupportedMedia, UnreadableVideo or VideoTooLong.
    """
    facts = probe_clip(path, limits)
    return DrivingClip(
        fps=sampling_rate(facts.fps, limits.used_fps),
        duration_s=facts.duration_s,
        used_seconds=limits.used_seconds,
        read=partial(read_frames, path, limits=limits, facts=facts),
    )
