"""The official loop: one picture, one clip, the bare network. For comparing, and for those who know why.

As the official demo does it (Siarohin et al. 2019, `demo.py`): the whole picture and every frame squeezed to
a square, moved by how the driver differs from the first frame. Two things are not the demo's: frames are
resized by OpenCV's plain bilinear, as PaddleGAN does it, and pictures become 8 bits by rounding.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Final

import cv2
import numpy as np

from backend.domain.errors import InvalidOption, NoMotionFound, UnreadableVideo
from backend.domain.jobs import Stage
from backend.engines.animation_api import AnimateOptions, Animation, Driving, DrivingClip, FaceCurves
from backend.engines.api import Checkpoint
from backend.engines.first_order.ahead import ahead
from backend.engines.first_order.faces import require_square
from backend.engines.first_order.relative import normalised
from backend.engines.first_order.seams import KeypointArrays, MotionNetwork, MovedFace
from backend.media.types import RgbImage

_BATCH: Final = 16  # frames whose keypoints are found together
_FRAMES_AHEAD: Final = 2
_ANY_SIDE_PX: Final = 1 << 16  # no frame is that large: read as they are


def official_film(
    portrait: RgbImage,
    driving: Driving,
    options: AnimateOptions,
    network: MotionNetwork,
    checkpoint: Checkpoint,
) -> Animation:
    """The network's own pictures, S x S, one a driving frame; the portrait is the crop, no face is sought.

    Every frame of the clip is used, at its own rate, however long that takes.
    Raises InvalidOption for a motion a face, a curve without a clip, a face crop that is not square, and a
    best frame beyond the clip's last; NoMotionFound for a clip of one picture; UnreadableVideo.
    """
    if options.is_face_crop:
        require_square(portrait)
    clip = _clip_of(driving)
    fps = clip.own_fps or clip.fps
    side_px = network.side_px
    source = network.encode(plainly_resized(portrait, side_px))
    seen = _seen(clip, fps, network, checkpoint)
    best_frame = options.best_frame if isinstance(options.best_frame, int) else 0
    if best_frame >= len(seen):
        raise InvalidOption(f"the clip has no frame {best_frame}, it has {len(seen)}", option="best_frame")
    to = normalised(
        source.keypoints,
        seen,
        seen.part(best_frame, best_frame + 1),
        relative_value=options.relative,
        relative_jacobian=options.relative,
        adapt_scale=options.adapt_scale,
    )
    moved = network.move(source, to, border=options.border or "official", mode="parity")
    return Animation(
        width_px=side_px,
        height_px=side_px,
        fps=fps,
        frame_count=len(seen),
        frames=_frames(moved, len(seen), checkpoint),
        faces=(),
        model=network.model,
    )


def plainly_resized(picture: RgbImage, side_px: int) -> RgbImage:
    """Squeezed to a square by bilinear interpolation, which takes no average."""
    return np.asarray(cv2.resize(picture, (side_px, side_px), interpolation=cv2.INTER_LINEAR), np.uint8)


def _clip_of(driving: Driving) -> DrivingClip:
    if isinstance(driving, DrivingClip):
        return driving
    if isinstance(driving, FaceCurves):
        raise InvalidOption("the bare network moves one face by one motion", option="faces")
    if driving.open_clip is None:
        raise InvalidOption("this preset has no clip, which a network follows", option="preset")
    return driving.open_clip()


def _seen(clip: DrivingClip, fps: float, network: MotionNetwork, checkpoint: Checkpoint) -> KeypointArrays:
    """Keypoints of every frame of the clip. Raises UnreadableVideo, NoMotionFound."""
    expected = max(1.0, clip.duration_s * fps)
    pictures = clip.read(fps=fps, start_s=0.0, seconds=clip.duration_s, long_side_px=_ANY_SIDE_PX)
    parts: list[KeypointArrays] = []
    with closing(pictures):
        frames = (plainly_resized(picture, network.side_px) for picture in pictures)
        while batch := list(islice(frames, _BATCH)):
            checkpoint(Stage.MOTION, min(1.0, len(parts) * _BATCH / expected))
            parts.append(network.keypoints(batch))
    if not parts:
        raise UnreadableVideo("the clip has no frames")
    if sum(len(part) for part in parts) < 2:
        raise NoMotionFound("one picture is no film")
    return KeypointArrays(
        np.concatenate([part.value for part in parts]), np.concatenate([part.jacobian for part in parts])
    )


def _frames(moved: Iterator[MovedFace], count: int, checkpoint: Checkpoint) -> Iterator[RgbImage]:
    with closing(ahead(moved, _FRAMES_AHEAD)) as drawn:
        for index in range(count):
            checkpoint(Stage.RENDER, index / count)
            yield np.rint(np.clip(next(drawn).picture, 0, 1) * 255).astype(np.uint8)
    checkpoint(Stage.RENDER, 1.0)
