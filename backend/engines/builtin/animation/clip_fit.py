"""Follows a person's own clip: frames in, a motion curve out. Beta: head, jaw and natural blinks.

Kept apart from the engine because it knows clips (cuts, faces that come late) where the engine knows photos.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import cv2
import numpy as np

from backend.domain.errors import NoFaceFound, UnreadableVideo
from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint, DrivingClip, MotionCurve
from backend.engines.builtin.animation.blinks import natural_blinks
from backend.engines.builtin.animation.canonical import FaceFrame
from backend.engines.builtin.animation.coefficients import LIMITS
from backend.engines.builtin.animation.curves import Track, frame_times, keyed
from backend.engines.builtin.animation.head_fit import PX_PER_UNIT, U_RANGE, V_RANGE, HeadPose, fit_head
from backend.engines.builtin.animation.landmarks import Landmarks, find_landmarks
from backend.engines.builtin.animation.shots import CutDetector
from backend.engines.faces.boxes import side
from backend.engines.faces.detector import find_faces
from backend.media.types import GrayImage, RgbImage

_LEAST_SHOT_S: Final = 1.0
_SEARCH_EVERY_S: Final = 0.2  # while nobody is in the picture yet
_LEAST_INLIERS: Final = 0.35  # below this the face is lost: it left, or turned away
_JAW_DEAD_ZONE: Final = 0.12  # pressed lips and frowns reach this
_JAW_BEGIN_S: Final = 0.3  # the photo's own mouth comes first
_REST_PERCENTILE: Final = 10.0
_SMOOTHING_FRAMES: Final = 1.0
_DECIMALS: Final = 4


@dataclass(slots=True)
class _Shot:
    """The part of a clip between two cuts, as far as it has been followed."""

    face: Landmarks | None = None  # in the first picture that shows one
    first: GrayImage | None = None
    poses: list[HeadPose] = field(default_factory=list)

    @property
    def has_face(self) -> bool:
        return self.face is not None


def fit_clip(clip: DrivingClip, checkpoint: Checkpoint) -> tuple[MotionCurve, tuple[str, ...]]:
    """The motion of the face in a clip, and notes about it.

    One value a frame of the clip; of a clip with cuts, a frame of the shot that is used (the first that
    lasts a second, else the longest). Raises NoFaceFound, UnreadableVideo, JobCancelled.
    """
    shots = _followed(_reported(clip, checkpoint), clip.fps)
    used_index = _best_shot(shots, clip.fps)
    used = shots[used_index]
    if not used.has_face:
        raise NoFaceFound("nobody looks at the camera in this clip")
    notes = ["clip_beta", *clip.notes]
    if len(shots) > 1:
        notes.append("clip_cut_used_first_shot" if used_index == 0 else "clip_cut_used_later_shot")
    if any(pose.inlier_share < _LEAST_INLIERS for pose in used.poses):
        notes.append("clip_face_lost")
    return _curve(used.poses, clip.fps), tuple(notes)


def _reported(clip: DrivingClip, checkpoint: Checkpoint) -> Iterator[RgbImage]:
    for frame_index, frame in enumerate(clip.frames):
        checkpoint(Stage.MOTION, min(frame_index / clip.frame_count, 1.0))
        yield frame


def _followed(frames: Iterable[RgbImage], fps: float) -> list[_Shot]:
    """Every shot up to and including the first that is long enough to be used."""
    cuts, shots = CutDetector(), [_Shot()]
    search_every = max(1, round(_SEARCH_EVERY_S * fps))
    for frame in frames:
        if cuts.is_cut(frame):
            if shots[-1].has_face and len(shots[-1].poses) >= _LEAST_SHOT_S * fps:
                return [*shots, _Shot()]  # the rest is another shot; it is not even read
            shots.append(_Shot())
        _follow(shots[-1], frame, search_every)
    if not any(shot.poses for shot in shots):
        raise UnreadableVideo("the clip has no frames")
    return shots


def _follow(shot: _Shot, frame: RgbImage, search_every: int) -> None:
    """Add one frame's pose to a shot; the head is at rest until a face is seen."""
    if shot.face is None:
        if len(shot.poses) % search_every == 0:
            shot.face = _largest_face(frame)
        if shot.face is not None:
            shot.first = _face_crop(frame, shot.face.frame)
        shot.poses.append(HeadPose())
        return
    assert shot.first is not None
    before = shot.poses[-1]
    pose = fit_head(shot.first, _face_crop(frame, shot.face.frame), before, shot.face.lips.middle_v)
    if pose.inlier_share < _LEAST_INLIERS:  # stay where the head was last seen
        pose = replace(before, inlier_share=pose.inlier_share)
    shot.poses.append(pose)


def _best_shot(shots: list[_Shot], fps: float) -> int:
    long_enough = [
        index for index, shot in enumerate(shots) if shot.has_face and len(shot.poses) >= _LEAST_SHOT_S * fps
    ]
    if long_enough:
        return long_enough[0]
    return max(range(len(shots)), key=lambda index: (shots[index].has_face, len(shots[index].poses), -index))


def _largest_face(picture: RgbImage) -> Landmarks | None:
    """None where there is none."""
    largest = max(find_faces(picture), key=lambda found: side(found.box), default=None)
    return None if largest is None else find_landmarks(picture, largest)


def _face_crop(picture: RgbImage, frame: FaceFrame) -> GrayImage:
    gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    return frame.crop(gray, U_RANGE, V_RANGE, PX_PER_UNIT).astype(np.uint8)


def _curve(poses: list[HeadPose], fps: float) -> MotionCurve:
    channels: dict[str, Track] = {}
    for name in ("yaw", "pitch", "roll", "shift_x", "shift_y", "scale"):
        limit = LIMITS[name][1]
        smooth = _smoothed(np.array([getattr(pose, name) for pose in poses]))
        channels[name] = limit * np.tanh(smooth / limit)
    channels["open"] = _jaw(poses, fps)
    channels["blink_left"], channels["blink_right"] = natural_blinks(len(poses), fps)
    return MotionCurve(
        fps=fps,
        channels={
            name: tuple(float(value) for value in np.round(track, _DECIMALS) + 0.0)
            for name, track in channels.items()
        },
    )


def _jaw(poses: list[HeadPose], fps: float) -> Track:
    """Opening 0 to 0.9, starting at 0: what chin and lips both say.

    A frown or pressed lips move neither, a kiss sinks only the chin, a grin parts only the lips.
    """
    chin, lips = (
        _above_rest(_smoothed(np.array(track)))
        for track in ([pose.chin for pose in poses], [pose.lips for pose in poses])
    )
    top = LIMITS["open"][1]
    felt = np.clip(np.minimum(chin, lips) - _JAW_DEAD_ZONE, 0.0, None) / (1.0 - _JAW_DEAD_ZONE)
    begin = keyed(frame_times(len(poses), fps), [(0.0, 0.0), (_JAW_BEGIN_S, 1.0)])
    opening: Track = begin * top * np.tanh(felt / top)
    return opening


def _above_rest(track: Track) -> Track:
    """Against the mouth at its most closed: a clip may begin in the middle of a word."""
    above: Track = track - min(0.0, float(np.percentile(track, _REST_PERCENTILE)))
    return above


def _smoothed(track: Track) -> Track:
    """Gaussian over a few frames, ends repeated, then moved so that the first frame is 0."""
    reach = round(3 * _SMOOTHING_FRAMES)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _SMOOTHING_FRAMES) ** 2)
    smooth = np.convolve(np.pad(track, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
    settled: Track = smooth - smooth[0]
    return settled
