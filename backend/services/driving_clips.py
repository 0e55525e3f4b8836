"""Opens a person's own clip for an engine: checked, cut to the part that is used, its frames not yet read."""

from pathlib import Path

from backend.engines.api import DrivingClip
from backend.media.video import DEFAULT_LIMITS, ClipLimits, probe_clip, read_frames, sampling_rate


def open_driving(path: Path, limits: ClipLimits = DEFAULT_LIMITS) -> DrivingClip:
    """The first `limits.used_seconds` of a clip, at its own rate or a whole fraction of it, made small.

    Raises UnsupportedMedia, UnreadableVideo or VideoTooLong. Close `frames` if not read to the end.
    """
    facts = probe_clip(path, limits)
    fps = sampling_rate(facts.fps, limits.used_fps)
    seconds = min(facts.duration_s, limits.used_seconds)
    is_trimmed = facts.duration_s > limits.used_seconds + 1.0 / fps
    frames = read_frames(
        path,
        fps=fps,
        max_seconds=limits.used_seconds,
        long_side_px=limits.used_long_side_px,
        limits=limits,
        facts=facts,
    )
    return DrivingClip(
        fps=fps,
        frame_count=max(1, round(seconds * fps)),
        frames=frames,
        notes=("clip_trimmed",) if is_trimmed else (),
    )
