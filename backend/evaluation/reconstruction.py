"""The smoke test of weights that move faces: a clip's first frame moved to every frame of the same clip.

The protocol that networks of this family are compared by (Siarohin et al. 2019): absolute keypoints, the
bare network, 256 pixels. With the right weights, rightly read, the mean difference is what was published; a
layer that is missing, colours in the wrong order or a grid with `align_corners=False` shows here at once. A
clip that is no square crop of a face is made one, as a person's own clip is before it drives.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final

import numpy as np

from backend.domain.errors import NoFaceFound, UnreadableVideo
from backend.engines.animation_api import AnimateOptions, Animator, DrivingClip
from backend.engines.api import no_checkpoint
from backend.engines.clips.stretch import best_stretch
from backend.engines.faces.finding import FindFaces
from backend.engines.first_order.driver_crop import cropped_frames, find_driver
from backend.engines.first_order.parity import plainly_resized
from backend.media.types import RgbImage

PUBLISHED: Final = (0.041, 0.043)  # of VoxCeleb: PaddleGAN's documents, the paper
SMOKE_LIMIT: Final = 0.06  # of a good crop; foreign clips are harder than those that were trained on
_OPTIONS: Final = AnimateOptions(mode="parity", relative=False, adapt_scale=False, best_frame="first")
_ANY_SIDE_PX: Final = 1 << 16  # no frame is that large: read as they are
_CROP_PX: Final = 256  # side of what is cut out; what the published figures are of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconstruction:
    """One clip."""

    name: str
    frame_count: int
    l1: float  # mean |drawn - driving|, of [0, 1]
    still_l1: float  # the same of the first frame, left as it is: what doing nothing comes to
    is_cropped: bool = False  # a square around the face was cut out first

    @property
    def is_passed(self) -> bool:
        """Near what was published, and better than doing nothing."""
        return self.l1 <= SMOKE_LIMIT and self.l1 < self.still_l1


def measure_reconstruction(
    clips: Mapping[str, DrivingClip],
    animator: Animator,
    find: FindFaces,
    progress: Callable[[str, float], None],
) -> list[Reconstruction]:
    """Every clip. animator: one that has the mode "parity".

    Raises UnreadableVideo, and NoFaceFound for a clip that is not square and shows nobody.
    """
    results = []
    for index, (name, clip) in enumerate(clips.items()):
        progress(name, index / len(clips))
        framed = framed_as_training(clip, find)
        result = _reconstructed(name, framed, animator)
        results.append(replace(result, is_cropped=framed is not clip))
    return results


def framed_as_training(clip: DrivingClip, find: FindFaces) -> DrivingClip:
    """The clip itself, where it is a square that its face fills; else a square around the face.

    Then only the longest part in one shot is used. A square clip in which nobody is found is taken as it is.
    Raises NoFaceFound, UnreadableVideo.
    """
    with closing(_frames_of(clip)) as frames:
        height_px, width_px = next(frames).shape[:2]
    is_square = height_px == width_px
    try:
        stretch = best_stretch(clip, no_checkpoint)
        driver = find_driver(clip, stretch, find, no_checkpoint)
    except NoFaceFound:
        if is_square:
            return clip
        raise
    if is_square and not driver.is_cropped:
        return clip

    def read(
        *, fps: float, start_s: float, seconds: float, long_side_px: int
    ) -> Generator[RgbImage, None, None]:
        part = replace(stretch, start_s=stretch.start_s + start_s, seconds=seconds)
        side_px = min(_CROP_PX, long_side_px)
        yield from cropped_frames(replace(clip, fps=fps), part, driver, side_px)

    return replace(clip, duration_s=stretch.seconds, used_seconds=stretch.seconds, read=read)


def reconstruction_lines(results: Sequence[Reconstruction], model: str) -> list[str]:
    """What a person reads, line by line."""
    low, high = PUBLISHED
    lines = [
        f"{result.name}: L1 {result.l1:.4f} ({result.frame_count} frames; the first frame as it is:"
        f" {result.still_l1:.4f}{'; cut around the face' if result.is_cropped else ''})"
        for result in results
    ]
    lines.append(f"mean: L1 {fmean(result.l1 for result in results):.4f}, with {model}")
    lines.append(f"published of VoxCeleb: {low:.3f} to {high:.3f}; passed at {SMOKE_LIMIT:.2f} and below")
    is_passed = all(result.is_passed for result in results)
    if is_passed:
        lines.append("pass: the weights are what they should be, and are read as they should be")
    else:
        lines.append("FAIL: not the weights they should be, misread, or faces too unlike VoxCeleb's")
    return lines


def _reconstructed(name: str, clip: DrivingClip, animator: Animator) -> Reconstruction:
    """Reads the clip twice, frame by frame. Raises UnreadableVideo for one without a second frame."""
    with closing(_frames_of(clip)) as first_frames:
        first = next(first_frames)
    film = animator.animate(first, clip, _OPTIONS, no_checkpoint)
    still = plainly_resized(first, film.width_px)
    drawn_l1, still_l1 = [], []
    with closing(_frames_of(clip)) as driving:
        for drawn, frame in zip(film.frames, driving, strict=False):
            wanted = plainly_resized(frame, film.width_px)
            drawn_l1.append(_l1(drawn, wanted))
            still_l1.append(_l1(still, wanted))
    if len(drawn_l1) < 2:
        raise UnreadableVideo(f"{name} has one frame: there is nothing to move to")
    return Reconstruction(name=name, frame_count=len(drawn_l1), l1=fmean(drawn_l1), still_l1=fmean(still_l1))


def _frames_of(clip: DrivingClip) -> Generator[RgbImage, None, None]:
    seconds = min(clip.duration_s, clip.used_seconds)
    return clip.read(fps=clip.fps, start_s=0.0, seconds=seconds, long_side_px=_ANY_SIDE_PX)


def _l1(drawn: RgbImage, wanted: RgbImage) -> float:
    return float(np.abs(drawn.astype(np.float32) - wanted).mean()) / 255.0
