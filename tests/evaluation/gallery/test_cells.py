from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import InvalidInput
from backend.evaluation.gallery.cells import CELLS_NAME, Cell, read_cells, write_cells

KEY = "animate/builtin/photo/nod/0"


def _cell(folder: Path, level: int = 10) -> Cell:
    return Cell.written(folder, KEY, np.full((8, 8, 3), level, np.uint8), {"seconds": "0.10"})


def test_a_cell_is_stored_as_a_picture_and_comes_back_from_the_list(tmp_path: Path) -> None:
    cell = _cell(tmp_path)

    write_cells(tmp_path, [cell])

    assert (tmp_path / cell.image).read_bytes().startswith(b"\xff\xd8\xff")
    assert read_cells(tmp_path) == {KEY: cell}
    assert cell.parts == ("animate", "builtin", "photo", "nod/0")


def test_equal_pixels_have_one_digest_and_others_another(tmp_path: Path) -> None:
    assert _cell(tmp_path).digest == _cell(tmp_path).digest
    assert _cell(tmp_path).digest != _cell(tmp_path, level=11).digest


def test_a_folder_without_a_gallery_has_no_cells(tmp_path: Path) -> None:
    assert read_cells(tmp_path / "nowhere") == {}


@pytest.mark.parametrize("text", ["{", '[{"key": "a"}]', "7"])
def test_a_damaged_list_is_invalid_input(tmp_path: Path, text: str) -> None:
    (tmp_path / CELLS_NAME).write_text(text, "utf-8")

    with pytest.raises(InvalidInput):
        read_cells(tmp_path)
