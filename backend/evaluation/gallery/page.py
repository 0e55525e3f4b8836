"""The gallery as one HTML page: every cell with its figures, what has changed, and a place for a word."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend.evaluation.gallery.cells import Cell
from backend.evaluation.gallery.comparison import Comparison, Judged
from backend.evaluation.gallery.verdicts import COLUMNS, Verdict, Word

_TEMPLATE = "page.html.j2"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A cell as the page has it."""

    title: str  # of the photo's section
    what: str
    cell: Cell
    change: str
    accepted: Cell | None
    psnr_db: float | None
    verdict: Verdict | None
    is_looked_at: bool


def gallery_page(comparison: Comparison, *, accepted: str, date: str, versions: str) -> str:
    """The page.

    accepted: the folder of the accepted gallery, as the page's links name it
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    shown = [_shown(judged) for judged in comparison.judged]
    return environment.get_template(_TEMPLATE).render(
        judged=shown,
        gone=comparison.gone,
        counts=_counts(comparison),
        accepted=accepted,
        words=[str(word) for word in Word],
        columns=COLUMNS,
        date=date,
        versions=versions,
    )


def _shown(judged: Judged) -> _Shown:
    task, engine, photo, what = judged.cell.parts
    return _Shown(
        title=f"{photo}: {task}, {engine}",
        what=what.replace("/", ", face "),
        cell=judged.cell,
        change=str(judged.change),
        accepted=judged.accepted,
        psnr_db=judged.psnr_db,
        verdict=judged.verdict,
        is_looked_at=judged.is_looked_at,
    )


def _counts(comparison: Comparison) -> dict[str, int]:
    """How many are new, the same or changed, and how many have which word."""
    counts = Counter(str(judged.change) for judged in comparison.judged)
    words: Counter[str] = Counter()
    for judged in comparison.judged:
        looked_at = judged.verdict if judged.is_looked_at else None
        words["not looked at" if looked_at is None else str(looked_at.word)] += 1
    return dict(counts) | dict(words)
