"""`evaluate gallery` and `accept`: a page of everything, compared with the last that was accepted."""

from pathlib import Path

import pytest
from PIL import Image

from backend.evaluation.gallery.cells import read_cells
from tests.builders import a_photo
from tests.cli.conftest import Run

GALLERY = ("-o", "made", "--accepted", "accepted", "--verdicts", "verdicts.csv")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    Image.fromarray(a_photo()).save(tmp_path / "photos" / "anna.png")
    return tmp_path / "photos"


def test_every_photo_is_restored_and_animated_on_one_page(run: Run, photo: Path, tmp_path: Path) -> None:
    result = run("evaluate", "gallery", photo, *GALLERY)

    assert result.exit_code == 0
    cells = read_cells(tmp_path / "made")
    assert "restore/builtin/anna/auto" in cells
    assert any(key.startswith("animate/builtin/anna/") for key in cells)
    page = (tmp_path / "made" / "index.html").read_text("utf-8")
    assert all(cell.image in page for cell in cells.values())
    assert f"{len(cells)} cells, {len(cells)} to look at" in result.stdout


def test_what_was_accepted_is_the_same_the_next_time(run: Run, photo: Path, tmp_path: Path) -> None:
    run("evaluate", "gallery", photo, *GALLERY)
    accepted = run("evaluate", "accept", "made", "accepted")

    run("evaluate", "gallery", photo, *GALLERY)

    assert accepted.exit_code == 0
    page = (tmp_path / "made" / "index.html").read_text("utf-8")
    assert 'data-change="same"' in page
    assert 'data-change="new"' not in page


def test_a_folder_that_holds_something_else_is_left_alone(run: Run, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "letter.txt").write_text("dear", "utf-8")

    result = run("evaluate", "gallery", photo, *GALLERY)

    assert result.exit_code == 1
    assert "made is no gallery" in result.stderr
    assert (tmp_path / "made" / "letter.txt").exists()


def test_only_a_gallery_can_be_accepted(run: Run, photo: Path) -> None:
    assert run("evaluate", "accept", "photos", "accepted").exit_code == 1
