"""Which part of a person's own clip drives: the longest in one shot with somebody who looks at the camera.

Apart from the engines, because every animator wants the same part. The clip is looked through once, small and
slowly, so that a minute costs seconds and memory does not grow with it.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from backend.domain.errors import NoFaceFound, UnreadableVideo
from backend.domain.jobs import Stage
from backend.engines.animation_api import DrivingClip
from backend.engines.api import Checkpoint
from backend.engines.clips.shots import CutDetector
from backend.engines.faces.cascades import cascade
from backend.media.types import GrayImage, RgbImage

_SCAN_FPS: Final = 12.5
_SCAN_SIDE_PX: Final = 240
_LOOK_EVERY_S: Final = 0.2
_MOST_LOOKS: Final = 150  # a minute's clip is looked at every 0.4 s
_SMALLEST_FACE: Final = 0.08  # of the picture's long side
_MISSED_IN_A_ROW: Final = 2  # a blink or a nod may hide a face from the detector
_FINDER: Final = "frontalface_alt2"
_UNSURE, _SURE = 54.0, 57.0  # sums of its last stage: doubtful faces, and those seen from the front


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen at one moment. `quality` is 0 where there is no face that could be followed."""

    at_s: float
    shot: int  # counted from 0
    quality: float  # 0 to 1: large and sharp enough, eyes seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The part that is used, in seconds of the clip, and the moments in it at which a face was well seen."""

    start_s: float
    seconds: float
    looks: tuple[Look, ...]
    is_cut: bool  # the clip has more shots than one
    is_part: bool  # something of the clip is left out

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person is told of the choice: one stable code, or none where the whole clip drives."""
        if self.is_cut:
            return ("clip_cut_used_first_shot" if self.looks[0].shot == 0 else "clip_cut_used_later_shot",)
        return ("clip_trimmed",) if self.is_part else ()


def best_stretch(clip: DrivingClip, checkpoint: Checkpoint) -> Stretch:
    """Look through a clip. Raises NoFaceFound, UnreadableVideo, JobCancelled."""
    looks, ends_s = _looked_through(clip, checkpoint)
    return chosen_stretch(looks, ends_s, clip.used_seconds)


def chosen_stretch(looks: Sequence[Look], ends_s: Sequence[float], most_s: float) -> Stretch:
    """The best part, at most `most_s` long.

    looks:  in order of time
    ends_s: when each shot ends; the last is the clip's end
    """
    runs = [run for run in _runs(looks) if any(look.quality > 0 for look in run)]
    if not runs:
        raise NoFaceFound("nobody looks at the camera in this clip")
    parts = [_window(_stretch(run, looks, ends_s), most_s) for run in runs]
    best = max(parts, key=lambda part: (min(part.seconds, most_s) * _mean_quality(part.looks), -part.start_s))
    is_part = best.seconds < ends_s[-1] - 2.0 / _SCAN_FPS
    return replace(best, is_cut=len(ends_s) > 1, is_part=is_part)


def _looked_through(clip: DrivingClip, checkpoint: Checkpoint) -> tuple[list[Look], list[float]]:
    is_glimpse = clip.duration_s < 2.0 / _SCAN_FPS  # so slowly, nothing of it would be seen
    fps = clip.fps if is_glimpse else min(clip.fps, _SCAN_FPS)
    every = max(1, round(max(_LOOK_EVERY_S, clip.duration_s / _MOST_LOOKS) * fps))
    looks: list[Look] = []
    ends_s: list[float] = []
    cuts, since_cut, count = CutDetector(), 0, 0
    whole = clip.read(fps=fps, start_s=0.0, seconds=clip.duration_s, long_side_px=_SCAN_SIDE_PX)
    with closing(whole):
        for frame in whole:
            checkpoint(Stage.MOTION, min(0.3 * count / max(1.0, clip.duration_s * fps), 0.3))
            if cuts.is_cut(frame):
                ends_s.append(count / fps)
                since_cut = 0
            if since_cut % every == 0:
                looks.append(Look(at_s=count / fps, shot=len(ends_s), quality=_quality(frame)))
            since_cut += 1
            count += 1
    if not looks:
        raise UnreadableVideo("the clip has no frames")
    return looks, [*ends_s, max(count / fps, 1.0 / fps)]


def _quality(frame: RgbImage) -> float:
    """Of the largest face, 0 to 1; 0 where there is none large enough.

    One cascade's word is enough here: whoever follows the face looks at it more closely.
    """
    gray = np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)
    evened = cv2.createCLAHE(2.0, (8, 8)).apply(gray)
    smallest_px = max(24, round(_SMALLEST_FACE * max(gray.shape)))
    boxes, _, sums = cascade(_FINDER).detectMultiScale3(
        evened, 1.1, 3, minSize=(smallest_px, smallest_px), outputRejectLevels=True
    )
    if not len(boxes):
        return 0.0
    largest = int(np.argmax([int(box[2]) for box in boxes]))
    box, certainty = boxes[largest], float(np.ravel(sums)[largest])
    size = min(1.0, int(box[2]) / max(gray.shape) / 0.3)
    frontal = min(max((certainty - _UNSURE) / (_SURE - _UNSURE), 0.1), 1.0)
    quality: float = size * frontal * _sharpness(gray, box)
    return quality


def _sharpness(gray: GrayImage, box: Sequence[int]) -> float:
    """0.3 to 1: fine structure of the face against its contrast; low for a face blurred by motion."""
    x, y, width, height = (int(value) for value in box)
    cut = cv2.resize(gray[y : y + height, x : x + width], (96, 96), interpolation=cv2.INTER_AREA)
    face = np.asarray(cut, np.float32)
    fine = float(np.abs(face - cv2.GaussianBlur(face, (0, 0), 2.0)).mean())
    return min(1.0, 0.3 + 4.0 * fine / (float(face.std()) + 8.0))


def _runs(looks: Sequence[Look]) -> list[list[Look]]:
    """Looks in a row at one shot with a face, a missed one now and then included."""
    runs: list[list[Look]] = [[]]
    missed = 0
    for before, look in zip([None, *looks], looks, strict=False):
        missed = 0 if look.quality > 0 else missed + 1
        if (before is not None and look.shot != before.shot) or missed > _MISSED_IN_A_ROW:
            runs.append([])
        runs[-1].append(look)
    return [trimmed for run in runs if (trimmed := _trimmed(run))]


def _trimmed(run: list[Look]) -> list[Look]:
    """Without looks at its ends that saw nobody."""
    seen = [index for index, look in enumerate(run) if look.quality > 0]
    return run[seen[0] : seen[-1] + 1] if seen else []


def _stretch(run: Sequence[Look], looks: Sequence[Look], ends_s: Sequence[float]) -> Stretch:
    """The time of a run: to where nobody was seen, halfway, or to the ends of its shot."""
    shot = run[0].shot
    before = [look.at_s for look in looks if look.shot == shot and look.at_s < run[0].at_s]
    after = [look.at_s for look in looks if look.shot == shot and look.at_s > run[-1].at_s]
    start_s = ends_s[shot - 1] if shot else 0.0
    end_s = ends_s[shot] if shot == len(ends_s) - 1 else ends_s[shot] - 1.0 / _SCAN_FPS  # the cut is in there
    if len(before) > _MISSED_IN_A_ROW:
        start_s = (before[-1] + run[0].at_s) / 2
    if len(after) > _MISSED_IN_A_ROW:
        end_s = (run[-1].at_s + after[0]) / 2
    return Stretch(
        start_s=start_s,
        seconds=max(end_s - start_s, 1.0 / _SCAN_FPS),
        looks=tuple(run),
        is_cut=False,
        is_part=False,
    )


def _window(stretch: Stretch, most_s: float) -> Stretch:
    """The best part of a stretch that is longer than may be used."""
    if stretch.seconds <= most_s:
        return stretch
    end_s = stretch.start_s + stretch.seconds
    starts_s = [stretch.start_s, *(look.at_s for look in stretch.looks if look.at_s + most_s <= end_s)]
    windows = [
        replace(stretch, start_s=start_s, seconds=most_s, looks=_within(stretch.looks, start_s, most_s))
        for start_s in starts_s
    ]
    return max(windows, key=lambda window: (_mean_quality(window.looks), -window.start_s))


def _within(looks: Sequence[Look], start_s: float, seconds: float) -> tuple[Look, ...]:
    return tuple(look for look in looks if start_s <= look.at_s < start_s + seconds)


def _mean_quality(looks: Sequence[Look]) -> float:
    return sum(look.quality for look in looks) / max(1, len(looks))
