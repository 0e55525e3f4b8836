"""The root of the command line: help that starts fast, versions that agree, failures in one line."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from backend.cli.main import COMMANDS
from backend.version import VERSION
from tests.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run: Run, name: str) -> None:
    result = run(name, "--help")

    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_the_help_lists_every_command(run: Run) -> None:
    shown = run("--help").stdout

    assert all(f"  {name} " in shown for name in COMMANDS)


def test_the_help_does_not_wait_for_the_libraries_of_pictures() -> None:
    script = (
        "import sys; from backend.cli.main import jiuying; jiuying(['--help'], standalone_mode=False);"
        "sys.exit(bool({'cv2', 'numpy', 'PIL', 'flask', 'sqlalchemy', 'scipy'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.DEVNULL).returncode == 0


def test_the_command_of_a_worker_is_free_of_opencv_until_it_runs() -> None:
    script = (
        "import sys; import backend.cli.worker, backend.cli.serve, backend.cli.restore, backend.cli.animate;"
        "sys.exit(bool({'cv2', 'scipy', 'flask'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == 0


def test_the_web_process_is_free_of_opencv() -> None:
    script = "import sys; import backend.wsgi; sys.exit(bool({'cv2', 'scipy', 'torch'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == 0


def test_an_unknown_command_is_wrong_use(run: Run) -> None:
    assert run("animte").exit_code == 2


def test_the_version_is_the_project_s(run: Run) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == VERSION
    assert VERSION in run("--version").stdout


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "purge-expired"])
def test_a_wrong_setting_is_one_clear_line(run: Run, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIUYING_PROT", "8000")

    result = run(command)

    assert result.exit_code == 1
    assert result.stderr == "Error: there is no setting JIUYING_PROT; did you mean JIUYING_PORT?\n"


def test_the_program_runs_as_a_module(tmp_path: Path) -> None:
    environ = os.environ | {"PYTHONPATH": str(ROOT), "JIUYING_SECRET_KEY": "changeme"}

    ended = subprocess.run(
        [sys.executable, "-m", "backend", "migrate"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: JIUYING_SECRET_KEY: too weak")
    assert list(tmp_path.iterdir()) == []
