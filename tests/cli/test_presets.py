"""`presets`: the catalogue as a list. Making and checking clips is tested with what makes and checks them."""

from pathlib import Path

import numpy as np
import pytest

from backend.media.film import FilmWriter
from tests.cli.conftest import Run


def test_the_list_names_every_preset(run: Run) -> None:
    result = run("presets", "list")

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("smile_blink (3)")
    assert "微笑眨眼" in lines[0]


def test_a_catalogue_that_is_missing_is_one_clear_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIUYING_DRIVING_VIDEOS_DIR", str(tmp_path / "nowhere"))

    result = run("presets", "list")

    assert result.exit_code == 1
    assert "catalogue.toml" in result.stderr


def test_a_clip_without_a_face_fails_its_check(run: Run, tmp_path: Path) -> None:
    with FilmWriter(tmp_path / "clip.mp4", 256, 256, 25.0) as film:
        for _ in range(10):
            film.write(np.full((256, 256, 3), 90, np.uint8))

    result = run("presets", "check", "clip.mp4")

    assert result.exit_code == 1
    assert "clip.mp4: FAILED" in result.stdout
    assert result.stderr == "Error: 1 of 1 clips failed a check\n"
