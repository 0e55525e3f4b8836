"""The words of those who looked: one line a cell, kept in the repository, written by hand or by the page.

A verdict belongs to the pixels that were looked at: a cell with another digest wants to be looked at again.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from backend.domain.errors import InvalidInput

COLUMNS = ("cell", "digest", "verdict", "remark")


class Word(StrEnum):
    """What was seen: nothing wrong; something one would rather not see; something that must be mended."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One look at one cell."""

    digest: str
    word: Word
    remark: str


def read_verdicts(path: Path) -> Mapping[str, Verdict]:
    """Key of a cell -> its verdict; none where there is no such file. Raises InvalidInput."""
    if not path.is_file():
        return {}
    verdicts: dict[str, Verdict] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise InvalidInput(f"{path}: its columns are not {', '.join(COLUMNS)}")
        for line, row in enumerate(rows, start=2):
            if None in row.values() or row["cell"] in verdicts or row["verdict"] not in set(Word):
                raise InvalidInput(f"{path}, line {line}: not a verdict, or the second on one cell")
            verdicts[row["cell"]] = Verdict(
                digest=row["digest"], word=Word(row["verdict"]), remark=row["remark"]
            )
    return verdicts
