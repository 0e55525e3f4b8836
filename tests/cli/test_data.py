"""`migrate` and `purge-expired` on a data directory of their own."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_migrating_makes_the_database_and_the_keys(run: Run, tmp_path: Path) -> None:
    assert run("migrate").exit_code == 0

    names = {path.name for path in (tmp_path / "var").iterdir()}
    assert {"jiuying.sqlite3", "master.key", "secret.key", "media"} <= names


def test_migrating_again_changes_nothing(run: Run, tmp_path: Path) -> None:
    run("migrate")
    key = (tmp_path / "var/master.key").read_bytes()

    assert run("migrate").exit_code == 0

    assert (tmp_path / "var/master.key").read_bytes() == key


def test_a_database_that_cannot_be_reached_is_one_line_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIUYING_DATABASE_URL", "mysql+pymysql://jiuying:hunter2@127.0.0.1:1/jiuying")

    result = run("migrate")

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the database cannot be prepared: ")
    assert "hunter2" not in result.output


def test_a_lost_master_key_stops_everything(run: Run, tmp_path: Path) -> None:
    run("migrate")
    (tmp_path / "var/media/ab").mkdir()
    (tmp_path / "var/master.key").unlink()

    result = run("migrate")

    assert result.exit_code == 1
    assert "put it back" in result.stderr


def test_purging_an_empty_installation_deletes_nothing(run: Run) -> None:
    result = run("purge-expired")

    assert (result.exit_code, result.stdout) == (0, "0 deleted\n")
