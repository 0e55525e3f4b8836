"""A photo moved by a film of itself: what the built-in engine made of it is what a network should make of it.

The truth is known then, frame by frame, as it never is for two people. Apart from `reconstruction.py`, which
tells whether weights are right: here the whole engine is measured, as films are made.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final

import numpy as np

from backend.domain.errors import NoFaceFound
from backend.engines.animation_api import AnimateOptions, Animator, MotionCurve
from backend.engines.api import no_checkpoint
from backend.engines.faces.boxes import side
from backend.engines.faces.finding import FindFaces
from backend.engines.film_quality.following import FaceFollower
from backend.engines.film_quality.regions import WatchedFace
from backend.engines.first_order.crops import cut_square, face_box_in, square_around
from backend.evaluation.following import as_clip
from backend.evaluation.moving import LabelledPhoto
from backend.evaluation.samples import Sample, read_photo
from backend.evaluation.tables import Section, section_of
from backend.evaluation.targets import Row, Target
from backend.media.types import RgbImage

_SIDE_PX: Final = 256
_TEACHER_OPTIONS: Final = AnimateOptions(faces="largest", size="photo")
_OPTIONS: Final = AnimateOptions(is_face_crop=True, size="photo")
INTRODUCTION: Final = (
    "The largest face of every photo, cut out in 256 x 256 and moved by the built-in engine's film of that",
    "very picture; then held against this film. L1: mean difference, of [0, 1]. Path: how far nose and",
    "cheeks lie from where they should be, pixels of a face 256 wide. Below 1 of what the photo as it is",
    "comes to: it moves, and the right way.",
)
UNTRAINED: Final = "The weights are random numbers: these figures say nothing but that the measuring runs."


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfDriven:
    """One expression of one photo; means of its frames. `still_`: the same of the photo, left as it is."""

    sample: Sample
    preset: str
    l1: float
    still_l1: float
    path_px: float
    still_path_px: float


def measure_self_driven(
    photos: Sequence[LabelledPhoto],
    animator: Animator,
    teacher: Animator,
    find: FindFaces,
    curves: Mapping[str, MotionCurve],
    progress: Callable[[str, float], None],
) -> list[SelfDriven]:
    """Every expression on every photo in which a face can move.

    animator: one that follows pictures. teacher: one that moves faces by curves. curves: slug -> one loop
    """
    figures = []
    for index, photo in enumerate(photos):
        pixels = read_photo(photo.path)
        face = max(find(pixels), key=lambda each: side(each.box), default=None)
        if face is None:
            continue
        crop = cut_square(pixels, square_around(face.box), _SIDE_PX)
        for preset_index, (preset, curve) in enumerate(curves.items()):
            progress(f"{photo.sample.name}, {preset}", (index + preset_index / len(curves)) / len(photos))
            try:
                film = teacher.animate(crop, curve, _TEACHER_OPTIONS, no_checkpoint)
            except NoFaceFound:
                break
            wanted = [frame.copy() for frame in film.frames]
            figures.append(_measured(photo.sample, preset, crop, curve, wanted, animator))
    return figures


def self_driven_section(title: str, figures: Sequence[SelfDriven], *, is_trained: bool = True) -> Section:
    """The figures as a section of a page. is_trained: False for weights of random numbers."""
    target = Target(limit=1.0, is_ceiling=True) if is_trained else None
    rows: tuple[Row[SelfDriven], ...] = (
        Row(label="L1", value=lambda chosen: fmean(one.l1 for one in chosen), form=".4f"),
        Row(label="L1 / of the photo as it is", value=_share_of_l1, target=target),
        Row(label="path, px at 256", value=lambda chosen: fmean(one.path_px for one in chosen)),
        Row(label="path / of the photo as it is", value=_share_of_path, target=target),
    )
    section = section_of(title, rows, figures)
    section.lines[2:2] = [*INTRODUCTION, *(() if is_trained else ("", UNTRAINED)), ""]
    return section


def _measured(
    sample: Sample,
    preset: str,
    crop: RgbImage,
    curve: MotionCurve,
    wanted: Sequence[RgbImage],
    animator: Animator,
) -> SelfDriven:
    clip = as_clip(wanted, own_fps=curve.fps, used_seconds=len(wanted) / curve.fps)
    driving = replace(curve, open_clip=lambda: clip)
    drawn = animator.animate(crop, driving, _OPTIONS, no_checkpoint).frames
    face = WatchedFace(face_box_in(_SIDE_PX), None)
    of_drawn, of_wanted = FaceFollower(crop, face), FaceFollower(crop, face)
    at_rest = FaceFollower(crop, face).follow(crop).places
    l1, still_l1, path_px, still_path_px = [], [], [], []
    for frame, truth in zip(drawn, wanted, strict=True):
        there = of_wanted.follow(truth).places
        l1.append(_l1(frame, truth))
        still_l1.append(_l1(crop, truth))
        path_px.append(float(np.hypot(*(of_drawn.follow(frame).places - there).T).mean()))
        still_path_px.append(float(np.hypot(*(at_rest - there).T).mean()))
    return SelfDriven(
        sample=sample,
        preset=preset,
        l1=fmean(l1),
        still_l1=fmean(still_l1),
        path_px=fmean(path_px),
        still_path_px=fmean(still_path_px),
    )


def _l1(drawn: RgbImage, wanted: RgbImage) -> float:
    return float(np.abs(drawn.astype(np.float32) - wanted).mean()) / 255.0


def _share_of_l1(chosen: Sequence[SelfDriven]) -> float | None:
    still = fmean(one.still_l1 for one in chosen)
    return fmean(one.l1 for one in chosen) / still if still else None


def _share_of_path(chosen: Sequence[SelfDriven]) -> float | None:
    still = fmean(one.still_path_px for one in chosen)
    return fmean(one.path_px for one in chosen) / still if still else None
