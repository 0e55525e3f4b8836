"""How truly a clip is followed: one thing is moved at a time, and what is read besides is cross-talk.

The clips are rendered from the clean pictures by our own animator, so the truth is known, and the motion
model is the one that is fitted: this proves that channels are kept apart, not that real faces move so.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.domain.errors import NoFaceFound, NoMotionFound
from backend.engines.animation_api import AnimateOptions, Animator, DrivingClip, MotionCurve
from backend.engines.api import no_checkpoint
from backend.engines.builtin.animation.clip_fit import fit_clip
from backend.engines.builtin.animation.coefficients import LIMITS
from backend.evaluation.samples import Sample
from backend.media.types import RgbImage

FPS: Final = 25.0
_LONG_SIDE_PX: Final = 512
_GRAIN: Final = 2.0  # grey levels, as a phone's camera has
_REST, _MOVE = 5, 22  # frames before and after, and of the motion
# What is driven: channels, and how far.
DRIVES: Final = MappingProxyType(
    {
        "pitch": (("pitch",), 0.22),
        "yaw": (("yaw",), 0.24),
        "roll": (("roll",), 0.18),
        "smile": (("smile",), 0.9),
        "frown": (("smile",), -0.9),
        "pucker": (("pucker",), 0.9),
        "brows": (("brow_left", "brow_right"), 0.9),
        "open": (("open",), 0.7),
        "blink": (("blink_left", "blink_right"), 1.0),
        "wink": (("blink_left",), 1.0),
    }
)
_HEAD: Final = frozenset({"pitch", "yaw", "roll"})
EXPRESSIVE: Final = ("smile", "pucker", "brow_left", "brow_right", "open", "blink_left", "blink_right")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowFigures:
    """One thing moved on one face.

    amplitude:      greatest value read / greatest value driven
    correlation:    of the driven channel over time
    cross_talk:     greatest value of any expression that was not driven, as a share of what it can reach
    cross_talk_in:  which one that was
    """

    sample: Sample
    drive: str
    amplitude: float
    correlation: float
    cross_talk: float
    cross_talk_in: str


def measure_following(
    samples: Sequence[Sample], animator: Animator, progress: Callable[[str, float], None]
) -> list[FollowFigures]:
    """Every drive on every clean picture with a face that can move."""
    figures = []
    for index, sample in enumerate(samples):
        progress(f"following {sample.name}", index / len(samples))
        photo = _small(sample.clean().pixels)
        for drive in DRIVES:
            try:
                figures.append(_measured(sample, photo, drive, animator))
            except NoFaceFound:
                break
    return figures


def _measured(sample: Sample, photo: RgbImage, drive: str, animator: Animator) -> FollowFigures:
    driven, height = DRIVES[drive]
    truth = _wave(is_both_ways=drive in _HEAD) * height
    curve = MotionCurve(fps=FPS, channels={name: tuple(truth.tolist()) for name in driven})
    film = animator.animate(photo, curve, AnimateOptions(faces="largest"), no_checkpoint)
    try:
        followed, stretch, _ = fit_clip(as_clip(_grainy(film.frames)), no_checkpoint)
    except NoMotionFound:
        return FollowFigures(
            sample=sample, drive=drive, amplitude=0.0, correlation=0.0, cross_talk=0.0, cross_talk_in=drive
        )
    begin = round(stretch.start_s * FPS)
    read = np.zeros(len(truth))  # what is not followed is at rest
    found = followed.channels[driven[0]][: len(truth) - begin]
    read[begin : begin + len(found)] = found
    others = {name: np.array(followed.channels[name]) for name in EXPRESSIVE if name not in driven}
    leaks = {name: float(np.abs(track).max()) / LIMITS[name][1] for name, track in others.items()}
    worst = max(leaks, key=lambda name: leaks[name])
    is_still = float(np.std(read)) == 0.0
    return FollowFigures(
        sample=sample,
        drive=drive,
        amplitude=float(np.abs(read).max() / np.abs(truth).max()),
        correlation=0.0 if is_still else float(np.corrcoef(read, truth)[0, 1]),
        cross_talk=leaks[worst],
        cross_talk_in=worst,
    )


def _wave(*, is_both_ways: bool) -> npt.NDArray[np.float64]:
    """Up and back, or to both sides, with a rest at the ends; 1 at most."""
    part = np.linspace(0.0, 1.0, _MOVE)
    wave = np.sin(2 * np.pi * part) if is_both_ways else np.sin(np.pi * part) ** 2
    return np.concatenate((np.zeros(_REST), wave, np.zeros(_REST)))


def _small(photo: RgbImage) -> RgbImage:
    ratio = min(1.0, _LONG_SIDE_PX / max(photo.shape[:2]))
    return np.asarray(cv2.resize(photo, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA), np.uint8)


def _grainy(frames: Iterator[RgbImage]) -> list[RgbImage]:
    random = np.random.default_rng(0)
    return [
        np.clip(np.rint(frame + random.normal(0.0, _GRAIN, frame.shape)), 0, 255).astype(np.uint8)
        for frame in frames
    ]


def as_clip(frames: Sequence[RgbImage], *, own_fps: float = FPS, used_seconds: float = 10.0) -> DrivingClip:
    """Frames as a clip that lies in no file."""

    def read(
        *, fps: float, start_s: float, seconds: float, long_side_px: int
    ) -> Generator[RgbImage, None, None]:
        assert long_side_px > 0  # the frames are small already
        for index in range(max(1, round(seconds * fps))):
            source = round((start_s + index / fps) * own_fps)
            if source < len(frames):
                yield frames[source]

    return DrivingClip(fps=own_fps, duration_s=len(frames) / own_fps, used_seconds=used_seconds, read=read)
