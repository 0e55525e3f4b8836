"""Follows a face through the chosen part of a clip, outwards from the moment it is at rest.

What is kept of each picture is a small cut-out of the face, so that memory is bounded by the part's length.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from backend.domain.errors import UnreadableVideo
from backend.domain.jobs import Stage
from backend.engines.animation_api import DrivingClip
from backend.engines.api import Checkpoint
from backend.engines.builtin.animation.canonical import FaceFrame
from backend.engines.builtin.animation.curves import Track
from backend.engines.builtin.animation.expression_fit import EXPRESSIONS, ExpressionFit
from backend.engines.builtin.animation.head_fit import (
    PX_PER_UNIT,
    U_RANGE,
    V_RANGE,
    HeadFit,
    HeadPose,
    Numbers,
    fit_head,
)
from backend.engines.builtin.animation.lid_edges import eye_band, shut_track
from backend.engines.builtin.animation.neutral import FOLLOWED_SIDE_PX, Neutral
from backend.engines.clips.stirring import Stirring
from backend.engines.clips.stretch import Stretch
from backend.media.types import GrayImage, RgbImage

LEAST_INLIERS: Final = 0.35  # below this the face is lost: it left, or turned away


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedFace:
    """One value a picture, measured against the moment of rest.

    poses:       where the face is lost, the head as it was last seen, with the inlier share of the loss
    expressions: (N, 4), see `expression_fit.EXPRESSIONS`
    shut_left, shut_right: 0 to 1; None where it cannot be told
    """

    poses: tuple[HeadPose, ...]
    expressions: Numbers
    shut_left: Track | None
    shut_right: Track | None

    @property
    def is_lost(self) -> Sequence[bool]:
        """For each picture."""
        return [pose.inlier_share < LEAST_INLIERS for pose in self.poses]


@dataclass(frozen=True, slots=True)
class _Cuts:
    """What is kept of one picture."""

    face: GrayImage
    eyes: GrayImage


def follow_face(
    clip: DrivingClip, stretch: Stretch, neutral: Neutral, checkpoint: Checkpoint
) -> FollowedFace:
    """Read the part and follow the face. Raises NoMotionFound, UnreadableVideo, JobCancelled."""
    frame = neutral.face.frame
    cuts = _read(clip, stretch, frame, checkpoint)
    rest = _cut(neutral.picture, frame)
    height_px, width_px = neutral.picture.shape[:2]
    expression_fit = ExpressionFit(neutral.face, width_px, height_px)
    fits = _outwards(
        rest,
        cuts,
        min(round((neutral.at_s - stretch.start_s) * clip.fps), len(cuts) - 1),
        neutral.face.lips.middle_v,
        checkpoint,
    )
    poses = tuple(fit.pose for fit in fits)
    bands = [cut.eyes for cut in cuts]
    return FollowedFace(
        poses=poses,
        expressions=np.array([expression_fit.fit(fit.remainder) for fit in fits]).reshape(
            -1, len(EXPRESSIONS)
        ),
        shut_left=shut_track(bands, poses, neutral.face.eye_left),
        shut_right=shut_track(bands, poses, neutral.face.eye_right),
    )


def _read(clip: DrivingClip, stretch: Stretch, frame: FaceFrame, checkpoint: Checkpoint) -> list[_Cuts]:
    pictures = clip.read(
        fps=clip.fps,
        start_s=stretch.start_s,
        seconds=stretch.seconds,
        long_side_px=FOLLOWED_SIDE_PX,
    )
    expected = max(1.0, stretch.seconds * clip.fps)
    cuts = []
    stirring = Stirring()
    with closing(pictures):
        for index, picture in enumerate(pictures):
            checkpoint(Stage.MOTION, 0.4 + min(0.2 * index / expected, 0.2))
            cuts.append(_cut(picture, frame))
            stirring.add(cuts[-1].face)
    if not cuts:
        raise UnreadableVideo("the clip has no frames")
    stirring.require_motion()
    return cuts


def _cut(picture: RgbImage, frame: FaceFrame) -> _Cuts:
    gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    face = frame.crop(gray, U_RANGE, V_RANGE, PX_PER_UNIT).astype(np.uint8)
    return _Cuts(face=face, eyes=eye_band(gray, frame))


def _outwards(
    rest: _Cuts, cuts: Sequence[_Cuts], middle: int, mouth_v: float, checkpoint: Checkpoint
) -> list[HeadFit]:
    """From the moment of rest to the end, then from there back to the start: each fit begins at the last."""
    fits: dict[int, HeadFit] = {}

    def along(order: Iterable[int], before: HeadPose) -> None:
        for index in order:
            checkpoint(Stage.MOTION, 0.6 + 0.4 * len(fits) / len(cuts))
            fit = fit_head(rest.face, cuts[index].face, before, mouth_v)
            if fit.pose.inlier_share < LEAST_INLIERS:
                fit = _as_before(before, fit)
            fits[index] = fit
            before = fit.pose

    along(range(middle, len(cuts)), HeadPose())
    along(range(middle - 1, -1, -1), fits[middle].pose)
    return [fits[index] for index in range(len(cuts))]


def _as_before(before: HeadPose, lost: HeadFit) -> HeadFit:
    """A lost head stays where it was last seen, and shows no expression."""
    pose = replace(before, inlier_share=lost.pose.inlier_share)
    return HeadFit(pose=pose, remainder=np.zeros_like(lost.remainder))
