"""From a preset or a person's own clip to a motion: which part, whose face, what the detector sees of it.

It only sequences. Frames are read, cut and looked at in batches: what is kept of a clip is its keypoints.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from math import ceil
from typing import Final

import numpy as np

from backend.domain.errors import InvalidOption, UnreadableVideo
from backend.domain.jobs import Stage
from backend.engines.animation_api import DrivingClip, MotionCurve
from backend.engines.api import Checkpoint
from backend.engines.clips.stirring import require_length
from backend.engines.clips.stretch import Stretch, best_stretch
from backend.engines.faces.finding import FindFaces
from backend.engines.first_order.algebra import closed, invertible, resampled, smoothed
from backend.engines.first_order.clip_measures import FrameWatch, motion_checks, notes_of, picture_checks
from backend.engines.first_order.crops import Square, cut_square
from backend.engines.first_order.driven_motion import DrivenMotion
from backend.engines.first_order.driver_crop import Driver, cropped_frames, find_driver
from backend.engines.first_order.relative import hull_area, turn_since
from backend.engines.first_order.seams import KeypointArrays, MotionNetwork
from backend.engines.first_order.template import MotionTemplate
from backend.engines.first_order.templates import TemplateShelf
from backend.media.types import RgbImage

__all__ = ["DrivenMotion", "motion_of", "template_of"]

_BATCH: Final = 16  # frames that are looked at together; a network parts them as its device likes
_SMOOTH_FROM_FPS: Final = 20.0  # below it a film is seen to step
_MOST_TIMES: Final = 4


def motion_of(
    driving: MotionCurve | DrivingClip,
    network: MotionNetwork,
    find: FindFaces,
    templates: TemplateShelf,
    checkpoint: Checkpoint,
) -> DrivenMotion:
    """The motion of a preset, from its clip as it is, or of the face in somebody's clip.

    What a clip with a sha256 comes to is kept; of a person's own clip nothing is.
    Raises InvalidOption for a curve without a clip; NoFaceFound, NoMotionFound and UnreadableVideo for a clip
    that cannot be followed; OutOfMemory, JobCancelled.
    """
    if isinstance(driving, MotionCurve):
        if driving.open_clip is None:
            raise InvalidOption("this preset has no clip, which a network follows", option="preset")
        clip = driving.open_clip()
        make = partial(_of_preset, clip, driving.frame_count, network, checkpoint)
        origin = f"whole {network.side_px} px {clip.fps:g} fps {driving.frame_count}"
    else:
        clip = driving
        make = partial(_of_own, clip, network, find, checkpoint)
        origin = (
            f"followed {network.side_px} px {clip.fps:g} fps {clip.used_seconds:g} of {clip.duration_s:g} s"
        )
    if clip.sha256 is None:
        return make()
    return templates.kept(network.fingerprint, clip.sha256, origin, make)


def template_of(seen: KeypointArrays, fps: float, detector: str) -> MotionTemplate:
    """Keypoints of a clip's frames as a template. A singular Jacobian counts as the identity."""
    jacobian = invertible(seen.jacobian)
    return MotionTemplate(
        fps=fps,
        value=seen.value,
        turn=turn_since(jacobian, jacobian[0]).astype(np.float32),
        jacobian0=jacobian[0],
        hull=hull_area(seen.value[0]),
        detector=detector,
    )


def _of_preset(
    clip: DrivingClip, frame_count: int, network: MotionNetwork, checkpoint: Checkpoint
) -> DrivenMotion:
    """Every frame, uncropped and unsmoothed: the clip was made as the network wants it, and loops already."""
    pictures = clip.read(
        fps=clip.fps, start_s=0.0, seconds=frame_count / clip.fps, long_side_px=max(network.side_px, 256)
    )
    with closing(pictures):
        squares = (_middle_square(picture, network.side_px) for picture in pictures)
        seen = _seen(islice(squares, frame_count), frame_count, network, checkpoint, from_share=0.0)
    return DrivenMotion(template=template_of(seen, clip.fps, network.fingerprint))


def _of_own(
    clip: DrivingClip, network: MotionNetwork, find: FindFaces, checkpoint: Checkpoint
) -> DrivenMotion:
    stretch = best_stretch(clip, checkpoint)
    driver = find_driver(clip, stretch, find, checkpoint)
    require_length(stretch.seconds)  # after: where there is nobody, that is what is said
    watch = FrameWatch(driver)
    crops = cropped_frames(clip, stretch, driver, network.side_px)
    with closing(crops):
        seen = _seen(
            _watched(crops, watch), round(stretch.seconds * clip.fps), network, checkpoint, from_share=0.5
        )
    watch.face.require_motion()
    seen = KeypointArrays(seen.value, invertible(seen.jacobian))
    checks = (*picture_checks(seen, watch, driver), *motion_checks(seen))
    times = min(_MOST_TIMES, ceil(_SMOOTH_FROM_FPS / clip.fps - 1e-6))
    motion = resampled(closed(smoothed(seen, clip.fps), rests=False), times)
    return DrivenMotion(
        template=template_of(motion, times * clip.fps, network.fingerprint),
        start_s=stretch.start_s,
        is_own=True,
        notes=(*_notes(stretch, driver), *notes_of(checks)),
        checks=checks,
    )


def _seen(
    frames: Iterator[RgbImage],
    expected: int,
    network: MotionNetwork,
    checkpoint: Checkpoint,
    *,
    from_share: float,
) -> KeypointArrays:
    """Keypoints of every frame. expected: an estimate of their number, for progress."""
    parts: list[KeypointArrays] = []
    count = 0
    while batch := list(islice(frames, _BATCH)):
        done = min(1.0, count / max(1, expected))
        checkpoint(Stage.MOTION, from_share + (1 - from_share) * done)
        parts.append(network.keypoints(batch))
        count += len(batch)
    if not parts:
        raise UnreadableVideo("the clip has no frames")
    checkpoint(Stage.MOTION, 1.0)
    return KeypointArrays(
        np.concatenate([part.value for part in parts]), np.concatenate([part.jacobian for part in parts])
    )


def _watched(crops: Iterator[RgbImage], watch: FrameWatch) -> Generator[RgbImage, None, None]:
    for crop in crops:
        watch.add(crop)
        yield crop


def _middle_square(picture: RgbImage, side_px: int) -> RgbImage:
    height, width = picture.shape[:2]
    length = min(height, width)
    square = Square(x=(width - length) // 2, y=(height - length) // 2, side=length)
    return cut_square(picture, square, side_px)


def _notes(stretch: Stretch, driver: Driver) -> tuple[str, ...]:
    notes = list(stretch.notes)
    if driver.is_cropped:
        notes.append("clip_cropped")
    if driver.is_one_of_several:
        notes.append("clip_several_faces")
    if driver.is_lost:
        notes.append("clip_face_lost")
    return tuple(notes)
