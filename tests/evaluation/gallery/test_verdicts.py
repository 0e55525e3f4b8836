from pathlib import Path

import pytest

from backend.domain.errors import InvalidInput
from backend.evaluation.gallery.verdicts import COLUMNS, Verdict, Word, read_verdicts

HEAD = ",".join(COLUMNS)


def test_verdicts_are_read_with_their_remarks(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.csv"
    path.write_text(f'{HEAD}\na/b/c/d,12ab,good,\na/b/c/e,34cd,poor,"lid, left"\n', "utf-8")

    verdicts = read_verdicts(path)

    assert verdicts == {
        "a/b/c/d": Verdict(digest="12ab", word=Word.GOOD, remark=""),
        "a/b/c/e": Verdict(digest="34cd", word=Word.POOR, remark="lid, left"),
    }


def test_where_nobody_has_looked_there_are_none(tmp_path: Path) -> None:
    assert read_verdicts(tmp_path / "verdicts.csv") == {}


@pytest.mark.parametrize(
    "text",
    [
        "cell,verdict\na,good\n",
        f"{HEAD}\na/b/c/d,12ab,lovely,\n",
        f"{HEAD}\na/b/c/d,12ab,good\n",
        f"{HEAD}\na/b/c/d,12ab,good,\na/b/c/d,12ab,poor,\n",
    ],
)
def test_a_word_nobody_knows_or_a_second_one_is_invalid_input(tmp_path: Path, text: str) -> None:
    path = tmp_path / "verdicts.csv"
    path.write_text(text, "utf-8")

    with pytest.raises(InvalidInput):
        read_verdicts(path)
