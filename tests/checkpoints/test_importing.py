"""Files that somebody brings: recognised by what they are, copied whole, refused with the reason."""

import hashlib
from pathlib import Path

import pytest

from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.importing import import_files
from backend.checkpoints.status import FileState
from backend.domain.errors import Conflict
from tests.weights_folders import CONTENT, a_folder, an_entry


@pytest.fixture
def folder(tmp_path: Path) -> WeightsFolder:
    return a_folder(tmp_path / "weights")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def outcomes(folder: WeightsFolder, source: Path) -> list[tuple[str, str, str | None]]:
    return [(line.file.name, line.outcome, line.refusal) for line in import_files(folder, source)]


@pytest.mark.parametrize("name", ["GFPGANv1.4.pth", "gfpganv1.4.PTH", "renamed.bin", "deep/down/model"])
def test_a_file_is_known_by_its_checksum_whatever_its_name(
    folder: WeightsFolder, stick: Path, name: str
) -> None:
    path = stick / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CONTENT)

    assert outcomes(folder, stick) == [("v1.4", "imported", None)]
    assert folder.installed("v1.4").path.read_bytes() == CONTENT
    assert path.read_bytes() == CONTENT


def test_one_file_may_be_named_itself(folder: WeightsFolder, stick: Path) -> None:
    (stick / "a").write_bytes(CONTENT)

    assert outcomes(folder, stick / "a") == [("v1.4", "imported", None)]


def test_what_is_there_is_left_alone(folder: WeightsFolder, stick: Path) -> None:
    (stick / "a").write_bytes(CONTENT)
    (stick / "b").write_bytes(CONTENT)

    assert outcomes(folder, stick) == [("v1.4", "imported", None), ("v1.4", "already", None)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(CONTENT[:-1], "truncated"), (CONTENT[:-1] + b"!", "checksum"), (b"", "truncated")],
)
def test_a_wrong_file_under_a_known_name_is_refused(
    folder: WeightsFolder, stick: Path, content: bytes, reason: str
) -> None:
    (stick / "GFPGANv1.4.pth").write_bytes(content)

    assert outcomes(folder, stick) == [("v1.4", "refused", reason)]
    assert folder.status("v1.4").state is FileState.MISSING


def test_other_files_are_passed_over(folder: WeightsFolder, stick: Path) -> None:
    (stick / "holiday.jpg").write_bytes(b"?" * len(CONTENT))
    (stick / "note.txt").write_text("hello")

    assert outcomes(folder, stick) == []


def test_two_files_of_one_size_are_told_apart(tmp_path: Path, stick: Path) -> None:
    other = CONTENT[::-1]
    folder = a_folder(tmp_path / "weights", an_entry(), an_entry("v1.3", "v13.pth", content=other))
    (stick / "a").write_bytes(other)

    assert outcomes(folder, stick) == [("v1.3", "imported", None)]


def test_a_file_without_a_known_checksum_goes_by_its_name(tmp_path: Path, stick: Path) -> None:
    folder = a_folder(tmp_path / "weights", an_entry("v1", "GFPGANv1.pth", content=None))
    (stick / "GFPGANv1.pth").write_bytes(CONTENT)

    assert outcomes(folder, stick) == [("v1", "imported", None)]
    assert folder.installed("v1").sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_a_pruned_file_under_the_name_of_the_full_one_is_known_by_its_md5(
    tmp_path: Path, stick: Path
) -> None:
    pruned = CONTENT[:50_000]
    entries = [
        an_entry("full", "vox.pth.tar"),
        an_entry(
            "pruned", "pruned.pth.tar", content=None, md5=hashlib.md5(pruned).hexdigest(), about_bytes=50_100
        ),
    ]
    folder = a_folder(tmp_path / "weights", *entries)
    (stick / "vox.pth.tar").write_bytes(pruned)

    assert outcomes(folder, stick) == [("pruned", "imported", None)]


def test_the_folder_itself_may_lie_inside(folder: WeightsFolder, tmp_path: Path) -> None:
    (folder.directory / "GFPGANv1.4.pth").write_bytes(CONTENT)

    assert outcomes(folder, tmp_path) == []


def test_a_file_that_is_being_fetched_is_not_imported(folder: WeightsFolder, stick: Path) -> None:
    (stick / "GFPGANv1.4.pth").write_bytes(CONTENT)
    with folder.lock(folder.manifest.find("v1.4")) as lock:
        assert lock.try_acquire()

        with pytest.raises(Conflict):
            outcomes(folder, stick)
