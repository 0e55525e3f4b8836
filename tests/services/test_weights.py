"""Model files fetched in the background: begun once, seen by everybody, ended by anybody who may."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.checkpoints.folder import open_weights_folder
from backend.checkpoints.status import FileState, FileStatus
from backend.domain.errors import Conflict, InvalidOption, NotFound
from backend.services.weights import Weights
from tests.checkpoints.file_server import FileServer, serving
from tests.weights_folders import CONTENT, a_folder, an_entry, weights_over


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(files={"a.pth": CONTENT}) as shown:
        yield shown


@pytest.fixture
def weights(server: FileServer, tmp_path: Path) -> Weights:
    entries = (
        an_entry("v1.4", "a.pth", (server.url("a.pth"),)),
        an_entry("v1.3", "gone.pth", (server.url("gone.pth"),)),
        an_entry("parsenet", "p.pth", (server.url("a.pth"),), role="parser", commercial_use=False),
        an_entry("own", "own.pth"),
    )
    return weights_over(a_folder(tmp_path, *entries))


def settled(directory: Path, name: str) -> FileStatus:
    """Where a download has ended, as another process sees it."""
    for _ in range(500):
        status = open_weights_folder(directory).status(name)
        if status.state is not FileState.DOWNLOADING:
            return status
        time.sleep(0.01)
    raise AssertionError("the download does not end")


def test_a_download_runs_beside_and_every_process_sees_it(
    weights: Weights, server: FileServer, tmp_path: Path
) -> None:
    server.pause_s = 0.005

    begun = weights.start_download("v1.4").state
    elsewhere = open_weights_folder(tmp_path).status("v1.4").state

    assert [begun, elsewhere] == [FileState.DOWNLOADING] * 2
    assert settled(tmp_path, "v1.4").state is FileState.INSTALLED


def test_a_download_that_runs_is_not_begun_twice(
    weights: Weights, server: FileServer, tmp_path: Path
) -> None:
    server.pause_s = 0.02
    weights.start_download("v1.4")

    with pytest.raises(Conflict):
        weights.start_download("v1.4")

    server.pause_s = 0.0
    settled(tmp_path, "v1.4")
    assert len(server.asked) == 1


def test_what_is_there_is_not_fetched(weights: Weights, server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(CONTENT)

    with pytest.raises(Conflict):
        weights.start_download("v1.4")

    assert server.asked == []


def test_a_download_can_be_cancelled_by_another_process(
    weights: Weights, server: FileServer, tmp_path: Path
) -> None:
    server.pause_s = 0.05
    weights.start_download("v1.4")
    while not (tmp_path / "a.pth.part").exists():
        time.sleep(0.01)

    weights_over(open_weights_folder(tmp_path)).cancel_download("v1.4")

    ended = settled(tmp_path, "v1.4")
    assert (ended.state, ended.failure) == (FileState.PARTIAL, "cancelled")


def test_a_failure_is_there_to_be_seen(weights: Weights, tmp_path: Path) -> None:
    weights.start_download("v1.3")

    ended = settled(tmp_path, "v1.3")

    assert (ended.state, ended.failure) == (FileState.MISSING, "not_found")


def test_nothing_to_cancel_is_a_conflict(weights: Weights) -> None:
    with pytest.raises(Conflict):
        weights.cancel_download("v1.4")


def test_non_commercial_terms_must_be_accepted(weights: Weights, server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption):
        weights.start_download("parsenet")
    assert server.asked == []

    weights.start_download("parsenet", accept_non_commercial=True)

    assert settled(tmp_path, "parsenet").state is FileState.INSTALLED


def test_a_file_without_an_address_cannot_be_fetched(weights: Weights) -> None:
    with pytest.raises(Conflict):
        weights.start_download("own")


def test_an_unknown_name_is_not_found(weights: Weights) -> None:
    with pytest.raises(NotFound):
        weights.start_download("v9")
