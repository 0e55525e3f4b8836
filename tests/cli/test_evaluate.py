"""`evaluate`: a page of figures, with the instant engine."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.builders import a_portrait
from tests.cli.conftest import Run
from tests.clips import a_clip, moving_frames
from tests.evaluation.folder import write_measuring_data
from tests.narrow_motion import motion_file
from tests.shared_data import SHARED, needs_shared


def _add_photo(data: Path) -> None:
    """One portrait, and the list that names it."""
    (data / "photos").mkdir()
    Image.fromarray(a_portrait()).save(data / "photos" / "01_drawn.png")
    marked = {"accept_counts": [1], "faces": [{"box": [80, 50, 180, 175]}]}
    (data / "faces.json").write_text(json.dumps({"photos": {"photos/01_drawn.png": marked}}), "utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_measuring_data(tmp_path / "data")


def test_the_page_is_written_where_it_is_asked_for(run: Run, data: Path, tmp_path: Path) -> None:
    result = run("evaluate", "builtin", "--data", "data", "-o", "docs/quality.md")

    assert result.exit_code == 0
    assert result.stdout == "measured: docs/quality.md\n"
    page = (tmp_path / "docs" / "quality.md").read_text("utf-8")
    assert "`python -m backend evaluate builtin --data data -o docs/quality.md`" in page
    assert "engine `builtin` fake" in page
    assert "**miss**" in page  # which is no failure of the command


def test_without_a_file_the_page_goes_to_standard_output(run: Run, data: Path) -> None:
    result = run("evaluate", "builtin", "--data", "data")

    assert result.exit_code == 0
    assert result.stdout.startswith("# Quality of the built-in engines\n")
    assert result.stderr == ""


def test_films_are_measured_in_the_expressions_that_are_asked_for(run: Run, data: Path) -> None:
    _add_photo(data)

    result = run("evaluate", "films", "--data", "data", "--preset", "nod", "-o", "films.md")

    assert result.exit_code == 0, result.output
    page = Path("films.md").read_text("utf-8")
    assert page.startswith("# Films\n\n## Films of the built-in engine")
    assert "| `nod` |" in page
    assert "`shake`" not in page


def test_films_of_no_photo_and_weights_of_an_engine_without_are_wrong_use(run: Run, data: Path) -> None:
    _add_photo(data)

    nobody = run("evaluate", "films", "--data", "data", "--photo", "99")
    no_weights = run("evaluate", "films", "--data", "data", "--untrained")
    no_follower = run("evaluate", "films", "--data", "data", "--self-driven")

    assert (nobody.exit_code, no_weights.exit_code, no_follower.exit_code) == (2, 2, 2)
    assert "follows no film" in no_follower.stderr
    assert "no face of these photos moves" in nobody.stderr
    assert "the built-in engine has no weights" in no_weights.stderr


def test_photos_are_moved_by_films_of_themselves(run: Run, data: Path, tmp_path: Path) -> None:
    _add_photo(data)
    for clip in (tmp_path / "presets").glob("nod*.mp4"):
        clip.unlink()
        a_clip(clip, moving_frames(4))
    Path("own.pth.tar").write_bytes(motion_file())

    result = run(
        *("evaluate", "films", "--data", "data", "--engine", "first_order", "--model-path", "own.pth.tar"),
        *("--untrained", "--self-driven", "--preset", "nod", "-o", "films.md"),
    )

    assert result.exit_code == 0, result.output
    page = Path("films.md").read_text("utf-8")
    assert "## Films of the First Order Motion Model with random weights" in page
    assert "## Photos moved by films of themselves" in page
    assert "| path / of the photo as it is |" in page


def test_a_reconstruction_needs_weights(run: Run, tmp_path: Path) -> None:
    a_clip(tmp_path / "clip.mp4")

    missing = run("evaluate", "reconstruction", "clip.mp4")

    assert missing.exit_code == 1
    assert "Error" in missing.stderr


def test_a_folder_without_measuring_data_is_wrong_use(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    result = run("evaluate", "builtin", "--data", "empty")

    assert result.exit_code == 2
    assert "there is no empty/degraded/params.json" in result.stderr


def test_no_folder_is_wrong_use(run: Run) -> None:
    assert run("evaluate", "builtin").exit_code == 2
    assert run("evaluate", "builtin", "--data", "nowhere").exit_code == 2


def test_a_picture_that_is_missing_is_one_clear_line(run: Run, data: Path) -> None:
    (data / "degraded" / "mild" / "c01_first.png").unlink()

    result = run("evaluate", "builtin", "--data", "data", "-o", "page.md")

    assert result.exit_code == 1
    assert result.stderr == "Error: data/degraded/mild/c01_first.png: No such file or directory\n"
    assert not Path("page.md").exists()


def test_a_list_that_is_damaged_is_one_clear_line(run: Run, data: Path) -> None:
    (data / "degraded" / "params.json").write_text("{", "utf-8")

    result = run("evaluate", "builtin", "--data", "data")

    assert result.exit_code == 1
    assert result.stderr == "Error: data/degraded/params.json is not a list of pictures\n"


@needs_shared("data/weights")
def test_a_detector_is_compared_with_the_cascades_and_its_faces_are_drawn(
    run: Run, data: Path, tmp_path: Path
) -> None:
    _add_photo(data)
    file = SHARED / "data/weights/mobilenet0.25_Final.pth"

    result = run(
        *("evaluate", "builtin", "--data", "data", "-o", "page.md"),
        *("--detector", str(file), "--sheet", "faces.webp"),
    )

    assert result.exit_code == 0
    page = (tmp_path / "page.md").read_text("utf-8")
    assert "| found | cascades | detector, one look at full size |" in page
    assert "| all faces | 1 of 1 | 1 of 1 | 1 of 1 |" in page
    assert f"--detector {file} --sheet faces.webp" in page
    with Image.open(tmp_path / "faces.webp") as sheet:
        assert sheet.size == (8 * 192, 192)
