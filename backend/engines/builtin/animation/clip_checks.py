"""Is a clip fit to drive a face? What can be told without weights, one check at a time, for any clip.

Kept apart from following a clip: a clip that fails here can still be followed, only worse. The limits are
those of a talking-head data set: square, one face in the middle, a still camera, a neutral start.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from backend.domain.errors import NoFaceFound, NoMotionFound
from backend.engines.animation_api import DrivingClip
from backend.engines.api import no_checkpoint
from backend.engines.builtin.animation.clip_fit import fit_clip
from backend.engines.clips.shots import luma_step, pattern_step, small_luma
from backend.engines.faces.boxes import Box, side
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces
from backend.media.types import RgbImage
from backend.media.video import ClipFacts, probe_clip, read_frames

_LONG_SIDE_PX: Final = 256
_FACE_EVERY: Final = 12  # frames; a face does not leave and come back between two
_FACE_LEAST: Final = 0.40  # OpenCV's box, brow to chin, as a share of the picture's side
_FACE_MOST: Final = 0.75
_FACE_OFFSET: Final = 0.10  # of the side
_FACE_MISSING: Final = 0.20  # of the frames that are looked at
_STILL_FRAMES: Final = 5
_CORNER_SHARE: Final = 0.08  # of the side


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str  # stable: file, checksum, cut, jitter, neutral_start, face, loop, background
    passed: bool
    measured: str
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipReport:
    """What was found out about one clip."""

    path: Path
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """True when every check did."""
        return all(check.passed for check in self.checks)


def check_clip(path: Path, expected_sha256: str | None = None, find: FindFaces = find_faces) -> ClipReport:
    """Look at a clip. Raises UnsupportedMedia, UnreadableVideo or VideoTooLong when it cannot be read.

    expected_sha256: what the catalogue says; None for a clip that is in no catalogue.
    """
    facts = probe_clip(path)
    frames = tuple(read_frames(path, fps=facts.fps, long_side_px=_LONG_SIDE_PX, facts=facts))
    checks = [_file(facts)]
    if expected_sha256 is not None:
        checks.append(_checksum(path, expected_sha256))
    checks += [
        _cut(frames),
        *_motion(path, facts, find),
        _face(frames, find),
        _loop(frames),
        _background(frames),
    ]
    return ClipReport(path=path, checks=tuple(checks))


def _file(facts: ClipFacts) -> Check:
    is_fit = (
        facts.is_constant_rate
        and 24.0 <= round(facts.fps, 1) <= 30.0
        and facts.width_px == facts.height_px >= 256
        and 2.0 <= facts.duration_s <= 6.0
    )
    rate = f"{facts.fps:g} fps {'constant' if facts.is_constant_rate else 'variable'}"
    return Check(
        name="file",
        passed=is_fit,
        measured=f"{facts.width_px}x{facts.height_px}, {rate}, {facts.duration_s:.2f} s",
        wanted="square, at least 256 px, 24-30 fps constant, 2-6 s",
    )


def _checksum(path: Path, expected: str) -> Check:
    actual = hashlib.sha256(path.read_bytes()).hexdigest()
    return Check(name="checksum", passed=actual == expected, measured=actual[:12], wanted=expected[:12])


def _cut(frames: Sequence[RgbImage]) -> Check:
    lumas = [small_luma(frame) for frame in frames]
    steps = [pattern_step(before, after) for before, after in pairwise(lumas)]
    usual = max(1.0, float(np.median(steps))) if steps else 1.0
    worst = max(steps, default=0.0)
    where = f" at frame {int(np.argmax(steps)) + 1}" if steps else ""
    return Check(
        name="cut",
        passed=worst < 6.0 * usual,
        measured=f"largest step {worst:.1f} grey levels{where}, usual {usual:.1f}",
        wanted="no step above 6 times the usual one",
    )


def _motion(path: Path, facts: ClipFacts, find: FindFaces) -> tuple[Check, ...]:
    """Jitter and a neutral start, from our own fit of the head; both fail where no motion can be followed."""
    clip = DrivingClip(
        fps=facts.fps,
        duration_s=facts.duration_s,
        used_seconds=facts.duration_s,
        read=partial(read_frames, path, facts=facts),
    )
    wanted_jitter, wanted_start = "median second difference below 0.01 D", "first 5 frames within 0.03 D"
    try:
        curve, _, _ = fit_clip(clip, no_checkpoint, find)
    except (NoFaceFound, NoMotionFound) as error:
        missing = "no face" if isinstance(error, NoFaceFound) else "no motion"
        return (
            Check(name="jitter", passed=False, measured=missing, wanted=wanted_jitter),
            Check(name="neutral_start", passed=False, measured=missing, wanted=wanted_start),
        )
    # About what the middle of the face does, in D: a face is 1.15 D in front of what it turns on.
    channels = {name: np.array(values) for name, values in curve.channels.items()}
    across = channels["shift_x"] + 1.15 * channels["yaw"]
    down = channels["shift_y"] + 1.15 * channels["pitch"]
    jerk = np.hypot(np.diff(across, 2), np.diff(down, 2))
    jitter = float(np.median(jerk)) if jerk.size else 0.0
    start = float(np.max(np.hypot(across, down)[:_STILL_FRAMES] + channels["open"][:_STILL_FRAMES]))
    return (
        Check(name="jitter", passed=jitter < 0.01, measured=f"{jitter:.4f} D", wanted=wanted_jitter),
        Check(name="neutral_start", passed=start < 0.03, measured=f"{start:.3f} D", wanted=wanted_start),
    )


def _face(frames: Sequence[RgbImage], find: FindFaces) -> Check:
    """One face, in the middle and large enough; shut eyes may hide it from the detector now and then."""
    looked = range(0, len(frames), _FACE_EVERY)
    good: list[tuple[float, float]] = []
    missing: list[int] = []
    for index in looked:
        found = find(frames[index])
        size, offset = _placed(found[0].box, frames[index]) if len(found) == 1 else (0.0, 1.0)
        if _FACE_LEAST <= size <= _FACE_MOST and offset <= _FACE_OFFSET:
            good.append((size, offset))
        else:
            missing.append(index)
    sizes, offsets = zip(*good, strict=True) if good else ((0.0,), (0.0,))
    measured = f"{min(sizes):.0%}-{max(sizes):.0%} of the side, {max(offsets):.0%} off centre"
    return Check(
        name="face",
        passed=len(missing) <= _FACE_MISSING * len(looked),
        measured=measured + (f"; not in frames {', '.join(map(str, missing[:8]))}" if missing else ""),
        wanted=f"one face, {_FACE_LEAST:.0%}-{_FACE_MOST:.0%} of the side, off by {_FACE_OFFSET:.0%} at most",
    )


def _placed(box: Box, frame: RgbImage) -> tuple[float, float]:
    """Size of a face's box and distance of its centre from the picture's, as shares of the picture's side."""
    height, width = frame.shape[:2]
    long_side = max(height, width)
    off_x, off_y = (box[0] + box[2] - width) / 2, (box[1] + box[3] - height) / 2
    return side(box) / long_side, max(abs(off_x), abs(off_y)) / long_side


def _loop(frames: Sequence[RgbImage]) -> Check:
    first, last = small_luma(frames[0]), small_luma(frames[-1])
    seam = luma_step(first, last)
    return Check(
        name="loop", passed=seam < 1.5, measured=f"{seam:.2f} grey levels", wanted="last to first below 1.5"
    )


def _background(frames: Sequence[RgbImage]) -> Check:
    """The two upper corners: shoulders may move in the lower ones."""
    height, width = frames[0].shape[:2]
    rows, columns = max(1, round(height * _CORNER_SHARE)), max(1, round(width * _CORNER_SHARE))
    # Averaged blocks: grain is no motion.
    tops = [cv2.blur(frame[:rows], (5, 5)) for frame in frames]
    corners = np.stack([np.concatenate([top[:, :columns], top[:, -columns:]], axis=1) for top in tops])
    spread = float(np.mean(np.std(corners.astype(np.float32), axis=0)))
    return Check(
        name="background",
        passed=spread < 3.0,
        measured=f"{spread:.2f} grey levels",
        wanted="upper corners below 3",
    )
