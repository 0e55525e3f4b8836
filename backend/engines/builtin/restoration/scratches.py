"""Decide which damage is certain enough to be painted over.

`damage_model.py` says how likely each pixel is damaged; a wrong guess erases what was in the picture, so it
takes evidence before anything is touched: in `auto` enough long clear lines, because one line alone may
well be a wire, a whip or the edge of a card. Measured on 108 sound photographs, half of them not fitted
to: the lines of two pass, a pipe full of wires and a corridor in colour; of 19 scratched ones, all do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.across import BoolMask
from backend.engines.builtin.restoration.damage_model import Likelihoods
from backend.engines.faces.boxes import FoundFace, side
from backend.media.types import FloatImage

SEARCH_SIDE_PX = 640  # of the picture that is searched, at most
_EVIDENCE_NEEDED = 1.1  # summed length of clear bright lines / long side
_DOUBT_FROM, _DOUBT_TO = 0.15, 0.6  # likelihoods between which a pixel is doubtful
_COVERAGE_LIMIT = 0.12  # of the picture; more is a pattern: bricks, tiles, a page of print
_SHORTEST_LINE_PX = 16.0
_SMALLEST_SPECK_PX = 5.0  # however small the picture, specks of this size are looked for
_SPECK_GROW = 0.5  # likelihood that a speck's pixels have
_BORDER_SHARE = 0.02  # of the long side
_PAPER_CERTAINTY = 0.85  # from which a bright line inside a face is none of its features
_EYE_SHARE = 0.11  # of a face's side: how far around an eye only certain lines count


@dataclass(frozen=True, slots=True, kw_only=True)
class _Criteria:
    """What a mark must be: likelihoods, and shares of the long side."""

    seed: float  # likelihood that a line must reach somewhere
    grow: float  # down to which it goes on
    certainty: float  # of the line, on average
    shortest: float  # line
    speck_certainty: float
    largest_speck: float


# Cloth, hair and lids have more thin dark lines of their own than bright ones.
_CLEAR = _Criteria(
    seed=0.95, grow=0.5, certainty=0.6, shortest=0.05, speck_certainty=0.8, largest_speck=0.018
)
_CLEAR_DARK = replace(_CLEAR, certainty=0.83, speck_certainty=0.82)
_CERTAIN = replace(_CLEAR, certainty=0.8)
_FAINT = replace(_CLEAR, seed=0.85, grow=0.35, shortest=0.03)
_FAINT_DARK = replace(_FAINT, grow=0.5, certainty=0.83)


def find_marks(likely: Likelihoods, *, strong: bool) -> BoolMask | None:
    """Where a print is damaged; None where there is too little evidence to touch it.

    strong: the owner says that it is: nothing more has to be shown, and where it shows, faint marks count
    returns: bool (H, W), tight about the marks
    """
    bright, dark = (likely.bright_line, likely.bright_speck), (likely.dark_line, likely.dark_speck)
    is_evident = _is_evident(*bright)
    if not strong and not is_evident:
        return None
    found = np.zeros(likely.bright_line.shape, np.bool_)
    criteria = (_CLEAR, _CLEAR_DARK)
    if strong:
        criteria = (_FAINT, _FAINT_DARK) if is_evident else (_CERTAIN, _CLEAR_DARK)
    for planes, wanted in zip((bright, dark), criteria, strict=True):
        found |= _lines(*planes, wanted) | _specks(*planes, wanted)
    return found if found.any() else None


def spare_faces(found: BoolMask, likely: Likelihoods, faces: Sequence[FoundFace]) -> BoolMask:
    """Leave out what may be a face's own: lines wholly inside it, and about its eyes all but certain lines.

    A lid, a lip and the bridge of a nose are thin lines too, and a catchlight is a bright speck. On 23 sound
    portraits no bright line was likelier than 0.81 on average, and dark ones reached 0.93.
    """
    kept = found.copy()
    count, labels, stats = _components(found)
    line = np.maximum(likely.bright_line, likely.dark_line)
    is_certain = _sums(labels, line, stats) >= _CERTAIN.certainty * stats[:, cv2.CC_STAT_AREA]
    is_paper = _sums(labels, likely.bright_line, stats) >= _PAPER_CERTAINTY * stats[:, cv2.CC_STAT_AREA]
    for face in faces:
        x1, y1, x2, y2 = face.box
        left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
        right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
        inside = (left >= x1) & (top >= y1) & (right <= x2) & (bottom <= y2)
        is_line = np.maximum(right - left, bottom - top) > _SHORTEST_LINE_PX
        inside[0] = False
        kept &= ~(inside & is_line & ~is_paper)[labels]
        for x, y in face.eyes:
            near = np.zeros(found.shape, np.uint8)
            cv2.circle(near, (round(x), round(y)), round(_EYE_SHARE * side(face.box)), 1, -1)
            crosses = np.zeros(count, np.bool_)
            crosses[np.unique(labels[(near == 0) & found])] = True
            kept &= (near == 0) | (crosses & is_certain)[labels]
    return kept


def mask_for(photo: FloatImage, found: BoolMask) -> BoolMask:
    """What is damaged at the photo's size, with the soft rim that every mark has: bool (H, W)."""
    grown = cv2.dilate(found.astype(np.float32), np.ones((3, 3), np.uint8))
    size_px = photo.shape[1], photo.shape[0]
    return np.asarray(cv2.resize(grown, size_px, interpolation=cv2.INTER_LINEAR) > 0.5, np.bool_)


def _lines(line: FloatImage, speck: FloatImage, wanted: _Criteria) -> BoolMask:
    """The long marks of one polarity."""
    _, labels, stats = _components(line + speck > wanted.grow)
    length_px = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    keep = length_px >= max(_SHORTEST_LINE_PX, wanted.shortest * max(line.shape))
    keep &= _sums(labels, line > wanted.seed, stats) >= 0.2 * length_px
    keep &= _sums(labels, line, stats) >= wanted.certainty * stats[:, cv2.CC_STAT_AREA]
    keep &= ~_at_border(labels, stats)
    keep[0] = False  # the background
    return np.asarray(keep[labels])


def _at_border(labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32]) -> BoolMask:
    """The edge of a print on its mount is a long thin line too."""
    margin_px = max(1, round(_BORDER_SHARE * max(labels.shape)))
    near = np.ones(labels.shape, np.bool_)
    near[margin_px:-margin_px, margin_px:-margin_px] = False
    return np.asarray(_sums(labels, near, stats) > 0.7 * stats[:, cv2.CC_STAT_AREA])


def _specks(line: FloatImage, speck: FloatImage, wanted: _Criteria) -> BoolMask:
    """The small marks of one polarity."""
    _, labels, stats = _components(line + speck > _SPECK_GROW)
    side_px = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    keep = side_px <= max(_SMALLEST_SPECK_PX, wanted.largest_speck * max(line.shape))
    keep &= _sums(labels, speck, stats) >= wanted.speck_certainty * stats[:, cv2.CC_STAT_AREA]
    keep[0] = False
    return np.asarray(keep[labels])


def _is_evident(line: FloatImage, speck: FloatImage) -> bool:
    """Whether enough bright lines are clear, for all that is doubtful: rails and ropes come with both.

    Only bright ones, where the paper shows: dark lines are drawn by wires, boards and seams too.
    """
    lines = _lines(line, speck, _CLEAR)
    _, _, stats = _components(lines)
    length_px = np.hypot(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    evidence = float(length_px.sum() / max(lines.shape))
    likelihood = line + speck
    clear, doubtful = likelihood >= _DOUBT_TO, (likelihood > _DOUBT_FROM) & (likelihood < _DOUBT_TO)
    doubt = float(doubtful.sum()) / max(1.0, float(clear.sum()))
    return evidence >= max(_EVIDENCE_NEEDED, doubt) and float(lines.mean()) <= _COVERAGE_LIMIT


def _sums(
    labels: npt.NDArray[np.int32], values: FloatImage | BoolMask, stats: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    """Sum of the values of each piece."""
    return np.asarray(np.bincount(labels.ravel(), values.ravel(), len(stats)), np.float64)


def _components(found: BoolMask) -> tuple[int, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Connected pieces: how many labels, the label of every pixel, OpenCV's statistics of every label."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=8)
    return count, np.asarray(labels, np.int32), np.asarray(stats, np.int32)
