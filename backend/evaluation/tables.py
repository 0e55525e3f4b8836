"""A group's figures as one Markdown table, a column a split, and what of them misses its target.

Apart from the page because films and restorations are both shown so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from backend.evaluation.samples import Sample
from backend.evaluation.splits import SPLITS
from backend.evaluation.targets import Row, Target


class _OfSample(Protocol):
    @property
    def sample(self) -> Sample: ...


T = TypeVar("T", bound=_OfSample)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A group's table, and the targets it misses in a whole split."""

    lines: list[str]
    judged_count: int
    misses: list[str]


def section_of(title: str, rows: Sequence[Row[T]], figures: Sequence[T]) -> Section:
    """The group's heading and table."""
    columns = [(split, [each for each in figures if split.takes(each.sample)]) for split in SPLITS]
    columns = [(split, chosen) for split, chosen in columns if chosen]
    heads = [f"{split.title} ({len(chosen)})" for split, chosen in columns]
    lines = [f"## {title}", "", line(["", "wanted", *heads]), line(["---"] * (len(heads) + 2))]
    lines += [line([row.label, _wanted(row), *(_cell(row, chosen) for _, chosen in columns)]) for row in rows]
    judged = [
        (row, split, chosen) for row in rows if row.target for split, chosen in columns if split.is_whole
    ]
    group = title.partition(":")[0]
    misses = [
        f"- {group}, {row.label}, {split.title}: {_figure(row, chosen)}, wanted {_wanted(row)}"
        for row, split, chosen in judged
        if not row.is_met(chosen)
    ]
    return Section(lines=lines, judged_count=len(judged), misses=misses)


def line(cells: Sequence[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def _cell(row: Row[T], figures: Sequence[T]) -> str:
    is_met = row.is_met(figures)
    word = "" if is_met is None else " pass" if is_met else " **miss**"
    return _figure(row, figures) + word


def _figure(row: Row[T], figures: Sequence[T]) -> str:
    value = row.value(figures)
    return "none" if value is None else row.shown(value)


def _wanted(row: Row[T]) -> str:
    return "" if row.target is None else _bound(row.target)


def _bound(target: Target) -> str:
    return f"{'≤' if target.is_ceiling else '≥'} {target.limit:g}"
