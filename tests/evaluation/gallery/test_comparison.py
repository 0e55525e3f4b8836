from pathlib import Path

import numpy as np

from backend.evaluation.gallery.cells import Cell
from backend.evaluation.gallery.comparison import Change, compare
from backend.evaluation.gallery.page import gallery_page
from backend.evaluation.gallery.verdicts import Verdict, Word

KEYS = ("restore/builtin/anna/auto", "restore/builtin/anna/strong", "restore/builtin/bert/auto")


def _gallery(folder: Path, levels: dict[str, int]) -> dict[str, Cell]:
    return {
        key: Cell.written(folder, key, np.full((16, 16, 3), level, np.uint8), {})
        for key, level in levels.items()
    }


def test_cells_are_new_the_same_changed_or_gone(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    accepted = _gallery(old, {KEYS[0]: 10, KEYS[1]: 10, "restore/builtin/gone/auto": 10})
    cells = _gallery(new, {KEYS[0]: 10, KEYS[1]: 60, KEYS[2]: 10})

    comparison = compare(new, cells, old, accepted, {})

    assert [each.change for each in comparison.judged] == [Change.SAME, Change.CHANGED, Change.NEW]
    # 50 levels apart: 20 log10(255 / 50) = 14.2 dB; JPEG keeps a flat picture within a level
    distance_db = comparison.judged[1].psnr_db
    assert distance_db is not None
    assert abs(distance_db - 14.2) < 0.2
    assert comparison.gone == ("restore/builtin/gone/auto",)


def test_a_verdict_holds_for_the_pixels_it_was_given_on(tmp_path: Path) -> None:
    cells = _gallery(tmp_path, {KEYS[0]: 10, KEYS[1]: 10})
    verdicts = {
        KEYS[0]: Verdict(digest=cells[KEYS[0]].digest, word=Word.GOOD, remark=""),
        KEYS[1]: Verdict(digest="another", word=Word.POOR, remark=""),
    }

    judged = compare(tmp_path, cells, tmp_path / "none", {}, verdicts).judged

    assert [each.is_looked_at for each in judged] == [True, False]


def test_the_page_shows_every_cell_what_changed_and_what_was_said(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    accepted = _gallery(old, {KEYS[0]: 10})
    cells = _gallery(new, {KEYS[0]: 60, KEYS[2]: 10})
    said = {KEYS[0]: Verdict(digest="another", word=Word.POOR, remark='a "bow" <gone>')}

    comparison = compare(new, cells, old, accepted, said)
    page = gallery_page(comparison, accepted="../old", date="1962-05-01", versions="Jiuying 1")

    assert page.count("<figure ") == 2
    assert 'src="../old/images/restore.builtin.anna.auto.jpg"' in page
    assert "was poor; the picture has changed since" in page
    assert "a &#34;bow&#34; &lt;gone&gt;" in page
    assert "2 cells: 1 changed, 1 new, 2 not looked at" in page
