"""`settings` and `openapi`: the documents that are made from the code."""

import json
from pathlib import Path

from backend.settings import variable_names
from tests.cli.conftest import Run


def test_the_table_has_a_row_for_every_variable(run: Run) -> None:
    rows = run("settings").stdout.splitlines()[2:]

    assert [row.split("`")[1] for row in rows] == list(variable_names())
    assert all(row.count("|") == 4 for row in rows)


def test_the_api_is_described_in_a_file(run: Run, tmp_path: Path) -> None:
    assert run("openapi", "api.json").exit_code == 0

    described = json.loads((tmp_path / "api.json").read_text("utf-8"))
    assert described["openapi"] == "3.1.0"
    assert described["paths"]
