"""How well a mask of scratches and dust fits the true one.

Scratches and cracks are judged by pixels, within a tolerance, because nobody sees where exactly a line ends;
and by length, because a wide crack has the pixels of ten thin scratches.
Dust is judged by object: a speck is found or it is not, and a small mark is dust or it is not.
"""

from dataclasses import dataclass
from typing import Self, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from backend.evaluation.thinning import BoolMask, thinned

SpeckLabels: TypeAlias = npt.NDArray[np.int32]
"""int32 (H, W); 1… = the number of a speck, 0 = none."""

TOLERANCE_PX = 3.0
SPECK_SIDE_PX = 20  # a piece of the true mask that fits into this square is dust; a scratch is far longer
_SPECK_SHARE = 0.5  # of a speck must be marked for it to count as found; of a small mark, be at dust


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Counts of one comparison, or of several added up."""

    marked_px: int = 0  # marked, and not because of dust
    rightly_marked_px: int = 0  # of these, within the tolerance of a true line
    line_px: int = 0  # of true lines
    found_line_px: int = 0  # of these, within the tolerance of a mark
    specks: int = 0  # true ones
    found_specks: int = 0
    marked_specks: int = 0  # marks of a speck's size, and not because of a line
    right_specks: int = 0  # of these, those that lie on dust

    def __add__(self, other: Self) -> "Match":
        return Match(
            marked_px=self.marked_px + other.marked_px,
            rightly_marked_px=self.rightly_marked_px + other.rightly_marked_px,
            line_px=self.line_px + other.line_px,
            found_line_px=self.found_line_px + other.found_line_px,
            specks=self.specks + other.specks,
            found_specks=self.found_specks + other.found_specks,
            marked_specks=self.marked_specks + other.marked_specks,
            right_specks=self.right_specks + other.right_specks,
        )

    @property
    def precision(self) -> float | None:
        """Share of the marks that are right; None where nothing is marked."""
        return self.rightly_marked_px / self.marked_px if self.marked_px else None

    @property
    def recall(self) -> float | None:
        """Share of the lines that are found; None where there is no line."""
        return self.found_line_px / self.line_px if self.line_px else None

    @property
    def dust_recall(self) -> float | None:
        """Share of the specks that are found; None where there is none."""
        return self.found_specks / self.specks if self.specks else None

    @property
    def dust_precision(self) -> float | None:
        """Share of the small marks that are dust; None where there is none."""
        return self.right_specks / self.marked_specks if self.marked_specks else None


def match(marked: BoolMask, truth: BoolMask) -> Match:
    """Compare what was marked with what is damaged. Marks at dust are neither right nor wrong lines."""
    return _counted(marked, *lines_and_specks(truth))


def match_by_length(marked: BoolMask, truth: BoolMask) -> Match:
    """The same of the middle lines of both; its specks mean nothing."""
    lines, labels, speck_count = lines_and_specks(truth)
    return _counted(thinned(marked), thinned(lines), labels, speck_count)


def _counted(marked: BoolMask, lines: BoolMask, labels: SpeckLabels, speck_count: int) -> Match:
    near_line, near_dust = _near(lines), _near(labels > 0)
    about_lines = marked & (near_line | ~near_dust)
    marked_by_speck = np.bincount(labels[marked], minlength=speck_count + 1)[1:]
    size_by_speck = np.bincount(labels.ravel(), minlength=speck_count + 1)[1:]
    marked_specks, right_specks = _small_marks(marked, near_line, near_dust)
    return Match(
        marked_px=int(about_lines.sum()),
        rightly_marked_px=int((marked & near_line).sum()),
        line_px=int(lines.sum()),
        found_line_px=int((lines & _near(marked)).sum()),
        specks=speck_count,
        found_specks=int((marked_by_speck >= _SPECK_SHARE * size_by_speck).sum()),
        marked_specks=marked_specks,
        right_specks=right_specks,
    )


def _small_marks(marked: BoolMask, near_line: BoolMask, near_dust: BoolMask) -> tuple[int, int]:
    """How many marks have a speck's size and lie on no line; how many of these lie on dust."""
    _, labels, count = lines_and_specks(marked)
    size, at_line, at_dust = (
        np.bincount(labels[where], minlength=count + 1)[1:] for where in (marked, near_line, near_dust)
    )
    is_right = at_dust >= _SPECK_SHARE * size
    is_about_dust = is_right | (at_line < _SPECK_SHARE * size)
    return int(is_about_dust.sum()), int(is_right.sum())


def lines_and_specks(truth: BoolMask) -> tuple[BoolMask, SpeckLabels, int]:
    """Take the true damage apart by the size of its pieces.

    returns: the scratches and cracks; the specks; how many specks
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(truth.astype(np.uint8), connectivity=8)
    side_px = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    is_speck = side_px <= SPECK_SIDE_PX
    is_speck[0] = False  # label 0 is what is whole
    number_by_label = np.zeros(count, np.int32)
    number_by_label[is_speck] = np.arange(1, int(is_speck.sum()) + 1)
    specks = number_by_label[labels]
    return truth & (specks == 0), specks, int(is_speck.sum())


def _near(places: BoolMask) -> BoolMask:
    """Everything within TOLERANCE_PX of a place."""
    if not places.any():
        return np.zeros_like(places)
    away_px = cv2.distanceTransform((~places).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(away_px <= TOLERANCE_PX, np.bool_)
