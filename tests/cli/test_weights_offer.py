"""What is missing is offered to a person at a terminal, and fetched only when they say so."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.checkpoints.download import Downloader
from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.rules import DownloadRules
from backend.cli.weights_offer import or_offered
from backend.domain.errors import WeightsMissing
from tests.checkpoints.file_server import FileServer, serving
from tests.weights_folders import CONTENT, a_folder, an_entry


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(files={"a.pth": CONTENT, "d.pth": CONTENT, "p.pth": CONTENT, "other.pth": CONTENT}) as shown:
        yield shown


@pytest.fixture
def folder(tmp_path: Path, server: FileServer) -> WeightsFolder:
    """Two files of the recommended set, another model, and one that excludes commercial use."""
    return a_folder(
        tmp_path,
        an_entry("v1.4", "a.pth", (server.url("a.pth"),), default=True),
        an_entry("small", "d.pth", (server.url("d.pth"),), role="detector", default=True),
        an_entry("v1.3", "other.pth", (server.url("other.pth"),)),
        an_entry("parsenet", "p.pth", (server.url("p.pth"),), role="parser", commercial_use=False),
    )


def looked_for(folder: WeightsFolder, name: str) -> str:
    rules = DownloadRules(timeout_s=5.0, pauses_s=(0.0,))
    return or_offered(lambda: folder.installed(name).file.name, folder, Downloader(folder, rules))


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: answer)


def test_the_recommended_set_comes_as_a_whole(
    folder: WeightsFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_a_terminal(monkeypatch, "y")

    assert looked_for(folder, "v1.4") == "v1.4"
    assert {path.name for path in folder.directory.glob("*.pth")} == {"a.pth", "d.pth"}
    assert "Apache-2.0" in capsys.readouterr().err  # the terms are said before anything is fetched


def test_another_file_comes_alone(folder: WeightsFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch, "y")

    assert looked_for(folder, "v1.3") == "v1.3"
    assert {path.name for path in folder.directory.glob("*.pth")} == {"other.pth"}


def test_no_is_no(folder: WeightsFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch, "n")

    with pytest.raises(WeightsMissing):
        looked_for(folder, "v1.4")

    assert not list(folder.directory.glob("*.pth*"))


def test_a_script_is_not_asked(folder: WeightsFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch, "y")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)

    with pytest.raises(WeightsMissing):
        looked_for(folder, "v1.4")

    assert not list(folder.directory.glob("*.pth*"))


def test_what_excludes_commercial_use_is_not_offered(
    folder: WeightsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_a_terminal(monkeypatch, "y")

    with pytest.raises(WeightsMissing):
        looked_for(folder, "parsenet")

    assert not list(folder.directory.glob("*.pth*"))
