"""Clips in: what a clip is, and its frames one at a time. Films are written by `film.py`."""

from collections.abc import Generator
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np

from backend.domain.errors import UnreadableVideo, VideoTooLong
from backend.media.containers import HEAD_BYTES, Container, sniff_container
from backend.media.ffmpeg import ffmpeg_output, running_ffmpeg
from backend.media.ffmpeg_arguments import (
    first_frame_arguments,
    packet_list_arguments,
    read_frames_arguments,
)
from backend.media.packet_list import PacketList, parse_packet_list
from backend.media.types import RgbImage

PROBE_LIMIT_S = 15.0
_END_TOLERANCE_S = 0.25  # sound and picture of a 60 s clip do not end together


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipLimits:
    """What clips we take, and how much of one is used."""

    max_seconds: float = 60.0
    max_side_px: int = 4096
    max_pixels: int = 4096 * 2304
    used_seconds: float = 10.0
    used_fps: float = 30.0


DEFAULT_LIMITS = ClipLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts:
    """A clip that has been opened and of which one frame was decoded."""

    width_px: int  # upright, pixels made square
    height_px: int
    fps: float
    duration_s: float
    frame_count_estimate: int
    is_constant_rate: bool
    has_audio: bool
    mime: str
    demuxer: str  # the only format that ffmpeg is told to read it as


def container_of(path: Path) -> Container:
    """The format of the file at `path`, by content. Raises UnsupportedMedia."""
    with path.open("rb") as file:
        return sniff_container(file.read(HEAD_BYTES))


def probe_clip(path: Path, limits: ClipLimits = DEFAULT_LIMITS) -> ClipFacts:
    """Open a clip and decode one frame.

    Raises UnsupportedMedia (not a clip), UnreadableVideo (nothing to see in it), VideoTooLong.
    """
    container = container_of(path)
    packets = _listed(
        packet_list_arguments(
            path, container.demuxer, limits.max_pixels, max_seconds=limits.max_seconds + 1.0
        )
    )
    if packets.duration_s > limits.max_seconds + _END_TOLERANCE_S:
        raise VideoTooLong(
            f"clips may last {limits.max_seconds:g} s", params={"max_seconds": limits.max_seconds}
        )
    _require_size(packets, limits)
    frame = _listed(first_frame_arguments(path, container.demuxer, limits.max_pixels))
    return ClipFacts(
        width_px=max(1, round(frame.width_px * frame.pixel_aspect)),
        height_px=frame.height_px,
        fps=packets.fps,
        duration_s=packets.duration_s,
        frame_count_estimate=len(packets.times),
        is_constant_rate=packets.is_constant_rate,
        has_audio=packets.has_audio,
        mime=container.mime,
        demuxer=container.demuxer,
    )


def sampling_rate(fps: float, max_fps: float) -> float:
    """The rate to read a clip at: its own, or the largest whole fraction of it that is at most `max_fps`.

    A whole fraction drops every n-th frame and keeps motion even, where 48 -> 30 would stutter.
    """
    return fps / max(1, ceil(fps / max_fps - 1e-3))


def fitted_size(width_px: int, height_px: int, long_side_px: int) -> tuple[int, int]:
    """Width and height within `long_side_px`, shape kept, never enlarged."""
    ratio = min(1.0, long_side_px / max(width_px, height_px))
    return max(1, round(width_px * ratio)), max(1, round(height_px * ratio))


def read_frames(
    path: Path,
    *,
    fps: float,
    start_s: float = 0.0,
    seconds: float = DEFAULT_LIMITS.used_seconds,
    long_side_px: int = 512,
    limits: ClipLimits = DEFAULT_LIMITS,
    facts: ClipFacts | None = None,
) -> Generator[RgbImage, None, None]:
    """Frames of a part of a clip, upright, evenly spaced at `fps`; time is kept whatever the clip's own rate.

    yields: uint8 (H, W, 3) RGB, long side at most `long_side_px`.
    ffmpeg is stopped when the iterator is closed. Raises UnreadableVideo when there is no frame.
    facts: what `probe_clip` said, where the caller has it already.
    """
    facts = facts or probe_clip(path, limits)
    width_px, height_px = fitted_size(facts.width_px, facts.height_px, long_side_px)
    arguments = read_frames_arguments(
        path,
        facts.demuxer,
        limits.max_pixels,
        fps=fps,
        start_s=start_s,
        seconds=seconds,
        width_px=width_px,
        height_px=height_px,
    )
    frame_bytes = width_px * height_px * 3
    frame_index = 0
    with running_ffmpeg(arguments) as ffmpeg:
        while len(content := ffmpeg.read(frame_bytes)) == frame_bytes:
            yield np.frombuffer(content, np.uint8).reshape(height_px, width_px, 3)
            frame_index += 1
    # A clip that breaks off keeps the frames before the damage, as every player does.
    if frame_index == 0:
        raise UnreadableVideo("no frame of the clip can be decoded")


def _listed(arguments: list[str]) -> PacketList:
    _, printed = ffmpeg_output(arguments, limit_s=PROBE_LIMIT_S)
    packets = parse_packet_list(printed)
    if packets is None:
        raise UnreadableVideo("no picture in the clip can be decoded")
    return packets


def _require_size(packets: PacketList, limits: ClipLimits) -> None:
    too_wide = max(packets.width_px, packets.height_px) > limits.max_side_px
    if too_wide or packets.width_px * packets.height_px > limits.max_pixels:
        raise VideoTooLong(
            f"clips may be {limits.max_side_px} px wide", params={"max_side_px": limits.max_side_px}
        )
