"""Measure face finders against faces marked by eye: how many they find, by size, and what else they take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from backend.engines.faces.boxes import Box, FoundFace, side
from backend.engines.faces.finding import FindFaces
from backend.evaluation.moving import LabelledPhoto
from backend.evaluation.restoring import Progress
from backend.evaluation.samples import read_photo
from backend.media.types import RgbImage

SIZES_PX: Final = (40, 80, 160)  # where the classes of face sizes part
_SAME_FACE: Final = 0.3  # intersection over union: marks are off by a tenth, and finders draw other boxes
_FAR_FACE_PX: Final = 40
_FAR_SIZE_PX: Final = (3000, 4000)  # height and width: 12 MP
_GREY: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """Counts of one finder on one photo or several.

    marked, found: by size class, smallest first
    false_count: faces found that were not marked, and second boxes on one face
    """

    marked: tuple[int, ...]
    found: tuple[int, ...]
    false_count: int

    def __add__(self, other: "Faces") -> "Faces":
        return Faces(
            marked=tuple(a + b for a, b in zip(self.marked, other.marked, strict=True)),
            found=tuple(a + b for a, b in zip(self.found, other.found, strict=True)),
            false_count=self.false_count + other.false_count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FinderFigures:
    """One finder. far: the same photos, their faces 40 px wide in 12 megapixels."""

    name: str
    near: Faces
    far: Faces


def measure_finding(
    photos: Sequence[LabelledPhoto], finders: Mapping[str, FindFaces], progress: Progress
) -> tuple[FinderFigures, ...]:
    """Every finder on every photo. finders: name -> finder."""
    near: dict[str, list[Faces]] = {name: [_NONE] for name in finders}
    far: dict[str, list[Faces]] = {name: [_NONE] for name in finders}
    for index, photo in enumerate(photos):
        progress(photo.sample.name, index / len(photos))
        pixels = read_photo(photo.path)
        distant, distant_boxes = seen_from_afar(pixels, photo.boxes)
        for name, find in finders.items():
            near[name].append(compare(find(pixels), photo.boxes))
            far[name].append(compare(find(distant), distant_boxes))
    return tuple(FinderFigures(name=name, near=_total(near[name]), far=_total(far[name])) for name in finders)


def compare(found: Sequence[FoundFace], marked: Sequence[Box]) -> Faces:
    """Match each face with one marked box at most, the surest first."""
    left = list(marked)
    for face in sorted(found, key=lambda face: -face.score):
        best = max(left, key=lambda box: iou(box, face.box), default=None)
        if best is not None and iou(best, face.box) >= _SAME_FACE:
            left.remove(best)
    hits = [box for box in marked if box not in left]
    return Faces(marked=_by_size(marked), found=_by_size(hits), false_count=len(found) - len(hits))


def seen_from_afar(pixels: RgbImage, boxes: Sequence[Box]) -> tuple[RgbImage, list[Box]]:
    """The photo amid 12 grey megapixels, its smallest face 40 px wide, and where its faces are then."""
    height_px, width_px = _FAR_SIZE_PX
    narrowest_px = min((box[2] - box[0] for box in boxes), default=float(max(pixels.shape)))
    ratio = min(1.0, _FAR_FACE_PX / narrowest_px, height_px / pixels.shape[0], width_px / pixels.shape[1])
    small = cv2.resize(pixels, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    canvas = np.full((height_px, width_px, 3), _GREY, np.uint8)
    top, left = (height_px - small.shape[0]) // 2, (width_px - small.shape[1]) // 2
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    moved = [
        (x1 * ratio + left, y1 * ratio + top, x2 * ratio + left, y2 * ratio + top) for x1, y1, x2, y2 in boxes
    ]
    return canvas, moved


def at_copy(find: FindFaces, long_side_px: int) -> FindFaces:
    """The same finder, shown a copy whose long side is at most that; boxes are the photo's."""

    def find_in_copy(photo: RgbImage) -> tuple[FoundFace, ...]:
        ratio = min(1.0, long_side_px / max(photo.shape[:2]))
        copy = photo
        if ratio < 1.0:
            copy = np.asarray(cv2.resize(photo, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA))
        found = []
        for face in find(copy):
            x1, y1, x2, y2 = face.box
            found.append(replace(face, box=(x1 / ratio, y1 / ratio, x2 / ratio, y2 / ratio)))
        return tuple(found)

    return find_in_copy


def finding_section(figures: Sequence[FinderFigures]) -> list[str]:
    """Markdown lines."""
    bounds = ["below 40 px", "40 to 80 px", "80 to 160 px", "160 px and more"]
    rows: list[tuple[str, Callable[[FinderFigures], str]]] = [
        *((f"faces of {label}", _of_class(index)) for index, label in enumerate(bounds)),
        ("all faces", lambda each: _share(sum(each.near.found), sum(each.near.marked))),
        ("false faces", lambda each: str(each.near.false_count)),
        (
            "in 12 MP, the smallest face 40 px wide",
            lambda each: _share(sum(each.far.found), sum(each.far.marked)),
        ),
        ("false faces there", lambda each: str(each.far.false_count)),
    ]
    lines = [
        "## Faces: who finds which",
        "",
        "Faces marked by eye in the measuring photos, by the mean side of the mark; a face counts as found",
        "when box and mark share 0.3 of their union, each mark once. A second box on a face, or a box on a",
        "part of it, is a false face.",
        "",
        _line(["found", *(each.name for each in figures)]),
        _line(["---"] * (len(figures) + 1)),
    ]
    return lines + [_line([label, *(value(each) for each in figures)]) for label, value in rows]


def iou(a: Box, b: Box) -> float:
    """Intersection over union, 0 to 1."""
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (both - width * height)


def _by_size(boxes: Sequence[Box]) -> tuple[int, ...]:
    classes = np.searchsorted(SIZES_PX, [side(box) for box in boxes], side="right")
    return tuple(np.bincount(classes, minlength=len(SIZES_PX) + 1).tolist())


_NONE: Final = Faces(marked=(0,) * (len(SIZES_PX) + 1), found=(0,) * (len(SIZES_PX) + 1), false_count=0)


def _total(faces: Sequence[Faces]) -> Faces:
    return sum(faces[1:], start=faces[0])


def _of_class(index: int) -> Callable[[FinderFigures], str]:
    return lambda each: _share(each.near.found[index], each.near.marked[index])


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" if whole else "none"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
