"""A gallery against the last one that was accepted: which cells are new, the same, changed, or gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from backend.evaluation.gallery.cells import Cell
from backend.evaluation.gallery.verdicts import Verdict
from backend.evaluation.metrics import psnr_db
from backend.media.images import decode_photo


class Change(StrEnum):
    """How a cell stands to the accepted one."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A cell, what has become of it, and the word on it."""

    cell: Cell
    change: Change
    accepted: Cell | None
    psnr_db: float | None  # to the accepted picture, where both have one size
    verdict: Verdict | None

    @property
    def is_looked_at(self) -> bool:
        """True when the verdict is about these very pixels."""
        return self.verdict is not None and self.verdict.digest == self.cell.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The whole gallery, compared."""

    judged: tuple[Judged, ...]
    gone: tuple[str, ...]  # keys that the accepted gallery has, and this one has not


def compare(
    folder: Path,
    cells: Mapping[str, Cell],
    accepted_folder: Path,
    accepted: Mapping[str, Cell],
    verdicts: Mapping[str, Verdict],
) -> Comparison:
    """Cell by cell, in the gallery's order."""
    judged = []
    for key, cell in cells.items():
        before = accepted.get(key)
        change = Change.NEW if before is None else Change.CHANGED
        distance_db = None
        if before is not None and before.digest == cell.digest:
            change = Change.SAME
        elif before is not None:
            distance_db = _distance_db(folder / cell.image, accepted_folder / before.image)
        judged.append(
            Judged(cell=cell, change=change, accepted=before, psnr_db=distance_db, verdict=verdicts.get(key))
        )
    return Comparison(judged=tuple(judged), gone=tuple(sorted(accepted.keys() - cells.keys())))


def _distance_db(one: Path, other: Path) -> float | None:
    if not other.is_file():
        return None
    first, second = (decode_photo(path.read_bytes()).pixels for path in (one, other))
    return psnr_db(first, second) if first.shape == second.shape else None
