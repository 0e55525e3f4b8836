"""`parity`: the table, its exit code, and every fixture of the shared set."""

from pathlib import Path

import numpy as np
import pytest
import torch

from backend.evaluation.parity.fixtures import find_fixtures
from backend.networks.srvgg import SRVGGNetCompact
from tests.cli.conftest import Run
from tests.evaluation.parity.fixture_folder import TINY, write_fixture
from tests.narrow_motion import motion_file
from tests.shared_data import SHARED, needs_shared


def test_results_that_are_the_official_ones_are_listed_and_succeed(run: Run, tmp_path: Path) -> None:
    write_fixture(tmp_path / "f")

    result = run("parity", "f")

    assert result.exit_code == 0, result.output
    head, row, _, total = result.stdout.splitlines()
    assert head.split() == ["fixture", "result", "difference", "tolerance"]
    assert row.split() == ["small", "image", "0", "1e-05", "ok"]
    assert total == "1 of 1 results are the official ones"


@pytest.mark.parametrize(
    ("wrong_by", "more"), [(1e-3, {}), (float("nan"), {}), (0.0, {"novelty": {"network": "unknown"}})]
)
def test_a_miss_or_an_unknown_fixture_ends_with_1(
    run: Run, tmp_path: Path, wrong_by: float, more: dict[str, object]
) -> None:
    write_fixture(tmp_path / "f", wrong_by=wrong_by, more=more)

    result = run("parity", "f")

    assert result.exit_code == 1
    assert "MISS" in result.stdout
    assert "1 results missed" in result.stderr


def test_only_what_is_asked_for_is_compared(run: Run, tmp_path: Path) -> None:
    write_fixture(tmp_path / "f", more={"novelty": {"network": "unknown"}})

    assert run("parity", "f", "--only", "small").exit_code == 0
    unknown = run("parity", "f", "--only", "large")
    assert unknown.exit_code == 2
    assert "no fixture large; there are novelty, small" in unknown.stderr


def test_nothing_compared_is_no_success(run: Run, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f/index.json").write_text("{}")

    result = run("parity", "f")

    assert result.exit_code == 1
    assert "nothing was compared" in result.stderr


def test_a_folder_without_fixtures_is_one_clear_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()

    result = run("parity", "f")

    assert result.exit_code == 1
    assert "no index.json" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("f", "--weights", "w.pth"),
        ("--weights", "w.pth", "--input", "w.pth"),
        ("f", "--input", "w.pth"),
        ("f", "--driving", "w.pth"),
        ("f", "--tolerance", "1"),
    ],
)
def test_fixtures_and_own_files_are_two_ways_that_do_not_mix(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "w.pth").write_bytes(b"x")

    result = run("parity", *arguments)

    assert result.exit_code == 2
    assert "Usage" in result.stderr


def test_own_files_are_compared_with_the_tolerance_given(run: Run, tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = SRVGGNetCompact(TINY).eval()
    torch.save({"params": network.state_dict()}, tmp_path / "own.pth")
    fixture = write_fixture(tmp_path / "f")
    np.savez(tmp_path / "own.npz", image=np.zeros((1, 3, 12, 10), np.float32))
    arguments = ("--weights", "own.pth", "--input", fixture / "in.png", "--expected", "own.npz")

    strict, lenient = run("parity", *arguments), run("parity", *arguments, "--tolerance", "100")

    assert (strict.exit_code, lenient.exit_code) == (1, 0)
    assert "own.pth" in strict.stdout and "MISS" in strict.stdout


def test_a_driving_frame_has_a_file_that_animates_compared(run: Run, tmp_path: Path) -> None:
    (tmp_path / "vox.pth.tar").write_bytes(motion_file())
    picture = write_fixture(tmp_path / "f") / "in.png"
    own = ("--weights", "vox.pth.tar", "--input", picture, "--expected", picture)

    driven, alone = run("parity", *own, "--driving", picture), run("parity", *own)

    assert "two square pictures" in driven.stderr
    assert "animates and restores nothing" in alone.stderr


def _shared_names() -> list[str]:
    names: list[str] = []
    if (SHARED / "parity").is_dir():
        names = [one.name for one in find_fixtures(SHARED / "parity") if one.name != "gfpganer"]
    return names


def _rows_that_are_not_ok(output: str) -> str:
    return "\n".join(row for row in output.splitlines() if " ok" not in row)


@needs_shared("parity")
@pytest.mark.timeout(900)  # half a minute on two free cores
def test_every_network_and_every_step_is_the_official_one(run: Run) -> None:
    chosen = [word for name in _shared_names() for word in ("--only", name)]

    result = run("parity", SHARED / "parity", *chosen)

    assert result.exit_code == 0, _rows_that_are_not_ok(result.output)


@needs_shared("parity")
@pytest.mark.timeout(900)  # eight faces through two networks in float32: a minute on two free cores
def test_the_whole_restorer_is_the_official_one(run: Run) -> None:
    result = run("parity", SHARED / "parity", "--only", "gfpganer")

    assert result.exit_code == 0, _rows_that_are_not_ok(result.output)
