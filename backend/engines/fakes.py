"""Engines that are instant and exact, for trying everything above the engines without waiting for pixels.

What they make shows what they were given: every option changes the result, and every preset has a colour.
"""

import zlib
from collections.abc import Iterator

import numpy as np

from backend.domain.jobs import Stage
from backend.engines.animation_api import AnimateOptions, Animation, Driving, DrivingClip, FaceCurves
from backend.engines.api import Checkpoint, FaceInfo, Restoration, RestoreOptions, SourcePhoto
from backend.engines.print_api import Corners, FoundPrint, StraightPrint, require_quadrilateral
from backend.media.types import Mask, RgbImage

_LONGEST_SIDE_PX = 64
_BRIGHTNESS_BY_COLOUR = {"auto": 16, "keep": 0, "neutral": 24, "model": 32}


class FakeRestorer:
    """Brightens by 16 (colour=auto), more (neutral, model) or not at all (keep); enlarges by repeating."""

    name = "builtin"
    version = "fake"

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        """Two checkpoints; the mask is the owner's, else the upper half unless scratches=off."""
        checkpoint(Stage.ANALYSE, 0.0)
        height_px, width_px = photo.pixels.shape[:2]
        scale = options.upscale_factor(width_px, height_px)
        brighter = np.minimum(photo.pixels, 255 - _BRIGHTNESS_BY_COLOUR[options.colour])
        image = (brighter + _BRIGHTNESS_BY_COLOUR[options.colour]).astype(np.uint8)
        checkpoint(Stage.ENLARGE, 1.0)
        return Restoration(
            image=np.repeat(np.repeat(image, scale, axis=0), scale, axis=1),
            scale=scale,
            notes=(f"enlarged_{scale}x",) if scale > 1 else (),
            scratch_mask=_mask(photo, options),
        )


class FakeAnimator:
    """A small film in the one colour of its motion, as long as the motion."""

    name = "builtin"
    version = "fake"

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        """A checkpoint before every frame."""
        checkpoint(Stage.FACES, 0.0)
        height_px, width_px = portrait.shape[:2]
        ratio = min(1.0, _LONGEST_SIDE_PX / max(height_px, width_px))
        even_width_px = max(2, round(width_px * ratio) // 2 * 2)
        even_height_px = max(2, round(height_px * ratio) // 2 * 2)
        frame = np.full((even_height_px, even_width_px, 3), motion_colour(driving), np.uint8)
        frame = np.rint(frame * min(options.intensity, 1.0)).astype(np.uint8)
        return Animation(
            width_px=even_width_px,
            height_px=even_height_px,
            fps=driving.fps,
            frame_count=driving.frame_count,
            frames=_frames(frame, driving.frame_count, checkpoint),
            faces=(FaceInfo(id=0, box=(0.0, 0.0, float(width_px), float(height_px)), score=1.0, used=True),),
        )


class FakePrintCutter:
    """Finds one print, the inner 80 % of any picture; cuts out the upright box around the corners."""

    name = "builtin"
    version = "fake"

    def find(self, picture: RgbImage, checkpoint: Checkpoint) -> tuple[FoundPrint, ...]:
        """One checkpoint."""
        checkpoint(Stage.ANALYSE, 0.0)
        height_px, width_px = picture.shape[:2]
        left, top, right, bottom = 0.1 * width_px, 0.1 * height_px, 0.9 * width_px, 0.9 * height_px
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        return (FoundPrint(corners=corners, score=1.0),)

    def straighten(self, picture: RgbImage, corners: Corners, checkpoint: Checkpoint) -> StraightPrint:
        """One checkpoint; no turning, whatever the corners' order."""
        height_px, width_px = picture.shape[:2]
        require_quadrilateral(corners, width_px, height_px)
        checkpoint(Stage.ANALYSE, 0.0)
        left, right = (max(0, round(pick(x for x, _ in corners))) for pick in (min, max))
        top, bottom = (max(0, round(pick(y for _, y in corners))) for pick in (min, max))
        return StraightPrint(image=picture[top:bottom, left:right].copy())


def motion_colour(driving: Driving) -> tuple[int, int, int]:
    """The colour of a motion's film: its own for every curve and every set of them, gray for a clip."""
    if isinstance(driving, DrivingClip):
        return (128, 128, 128)
    curves = driving.curves if isinstance(driving, FaceCurves) else {-1: driving}
    values = repr(
        sorted(
            (face_id, name, tuple(values))
            for face_id, curve in curves.items()
            for name, values in curve.channels.items()
        )
    )
    digest = zlib.crc32(values.encode())
    # Far from black and white, so that colours stay apart after a film has been encoded.
    red, green, blue = (48 + (digest >> shift & 0x7) * 20 for shift in (0, 3, 6))
    return red, green, blue


def _frames(frame: RgbImage, frame_count: int, checkpoint: Checkpoint) -> Iterator[RgbImage]:
    for frame_index in range(frame_count):
        checkpoint(Stage.RENDER, frame_index / frame_count)
        yield frame


def _mask(photo: SourcePhoto, options: RestoreOptions) -> Mask | None:
    if photo.damage is not None:
        return photo.damage
    return None if options.scratches == "off" else _upper_half(*photo.pixels.shape[:2])


def _upper_half(height_px: int, width_px: int) -> Mask:
    mask = np.zeros((height_px, width_px), np.float32)
    mask[: height_px // 2] = 1.0
    return mask
