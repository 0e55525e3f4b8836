"""`weights`: what is shown, fetched, checked and taken in, and how it ends."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkpoints.file_server import FileServer, serving
from tests.cli.conftest import Run
from tests.weights_folders import CONTENT, a_folder, an_entry


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(files={"a.pth": CONTENT, "p.pth": CONTENT}) as shown:
        yield shown


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: FileServer) -> Path:
    """Where the model files of these tests lie; their manifest has three."""
    entries = (
        an_entry("v1.4", "a.pth", (server.url("a.pth"),), default=True),
        an_entry("v1.3", "gone.pth", (server.url("gone.pth"),)),
        an_entry("parsenet", "p.pth", (server.url("p.pth"),), role="parser", commercial_use=False),
    )
    a_folder(tmp_path / "models", *entries)
    monkeypatch.setenv("JIUYING_WEIGHTS_DIR", str(tmp_path / "models"))
    return tmp_path / "models"


def test_the_list_says_where_each_file_stands(run: Run, folder: Path) -> None:
    (folder / "a.pth").write_bytes(CONTENT)
    (folder / "gone.pth.part").write_bytes(CONTENT[: len(CONTENT) // 4])
    (folder / "p.pth").write_bytes(b"cut")

    result = run("weights", "list")

    assert result.exit_code == 0
    states = [line.split()[:2] for line in result.stdout.splitlines()[1:]]
    assert states == [["v1.4", "installed"], ["v1.3", "partial"], ["parsenet", "refused:"]]
    assert "partial 25%" in result.stdout
    assert "Apache-2.0. what v1.4 is for" in result.stdout


def test_the_list_as_json_has_everything(run: Run, folder: Path) -> None:
    listed = json.loads(run("weights", "list", "--json").stdout)

    assert [item["name"] for item in listed] == ["v1.4", "v1.3", "parsenet"]
    assert listed[0]["state"] == "missing"
    assert listed[2]["commercial_use"] is False


def test_the_recommended_set_is_fetched_without_names(run: Run, folder: Path, server: FileServer) -> None:
    result = run("weights", "download")

    assert result.exit_code == 0
    assert (folder / "a.pth").read_bytes() == CONTENT
    assert "Apache-2.0. none" in result.stdout  # the terms are said
    assert [path for path, _ in server.asked] == ["/a.pth"]


def test_what_is_there_is_not_fetched_again(run: Run, folder: Path, server: FileServer) -> None:
    (folder / "a.pth").write_bytes(CONTENT)

    result = run("weights", "download", "v1.4")

    assert result.exit_code == 0
    assert server.asked == []


def test_one_that_fails_does_not_stop_the_others(run: Run, folder: Path) -> None:
    result = run("weights", "download", "v1.3", "v1.4")

    assert result.exit_code == 1
    assert "v1.3: gone.pth: " in result.stderr and "HTTP 404" in result.stderr
    assert result.stderr.endswith("Error: 1 of 2 files are not installed\n")
    assert (folder / "a.pth").exists()


def test_non_commercial_files_are_refused_unless_that_is_said(
    run: Run, folder: Path, server: FileServer
) -> None:
    refused = run("weights", "download", "parsenet")
    everything = run("weights", "download", "--all")
    accepted = run("weights", "download", "parsenet", "--accept-non-commercial")

    assert refused.exit_code == 2
    assert "--accept-non-commercial" in refused.stderr
    assert "/p.pth" not in [path for path, _ in server.asked[:-1]]
    assert everything.exit_code == 1  # v1.3 is nowhere to be had
    assert accepted.exit_code == 0


def test_a_mirror_may_be_named(run: Run, folder: Path, server: FileServer) -> None:
    server.files["mirror/a.pth"] = CONTENT

    result = run("weights", "download", "v1.4", "--mirror", server.url("mirror"))

    assert result.exit_code == 0
    assert [path for path, _ in server.asked] == ["/mirror/a.pth"]


@pytest.mark.parametrize("wrong", [["v9"], ["v1.4", "--all"], ["v1.4", "--mirror", "ftp://a"]])
def test_wrong_use_is_exit_code_2(run: Run, folder: Path, wrong: list[str]) -> None:
    assert run("weights", "download", *wrong).exit_code == 2


def test_verify_reads_every_file_and_fails_when_one_is_wrong(run: Run, folder: Path) -> None:
    (folder / "a.pth").write_bytes(CONTENT)
    good = run("weights", "verify")
    (folder / "p.pth").write_bytes(CONTENT[:-1] + b"!")

    bad = run("weights", "verify")

    assert (good.exit_code, good.stdout) == (0, "a.pth: installed\n1 files are as they should be\n")
    assert bad.exit_code == 1
    assert "p.pth: refused: checksum" in bad.stdout
    assert bad.stderr == "Error: 1 of 2 files are wrong\n"


def test_verify_says_where_it_can_only_trust(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_folder(tmp_path / "models", an_entry("v1", "v1.pth", content=None))
    (tmp_path / "models" / "v1.pth").write_bytes(CONTENT)
    monkeypatch.setenv("JIUYING_WEIGHTS_DIR", str(tmp_path / "models"))

    assert "no checksum is published" in run("weights", "verify").stdout


def test_import_takes_in_what_it_knows(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "renamed").write_bytes(CONTENT)

    result = run("weights", "import", "stick")

    assert result.exit_code == 0
    assert result.stdout == "stick/renamed: v1.4 imported\n"
    assert (folder / "a.pth").read_bytes() == CONTENT


def test_import_of_a_wrong_or_of_no_file_fails(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    nothing = run("weights", "import", "stick")
    (tmp_path / "stick" / "a.pth").write_bytes(CONTENT[:-1])

    wrong = run("weights", "import", "stick")

    assert (nothing.exit_code, wrong.exit_code) == (1, 1)
    assert "no known model file" in nothing.stderr
    assert "a.pth: v1.4 refused: truncated" in wrong.stdout
    assert run("weights", "import", "nowhere").exit_code == 2


def test_the_shipped_manifest_is_used_where_the_folder_has_none(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIUYING_WEIGHTS_DIR", str(tmp_path / "nowhere"))

    assert "GFPGAN 1.3" in run("weights", "list").stdout
