"""The weights folder: where each file stands, and that nothing is read twice without need."""

import hashlib
from pathlib import Path

import pytest

from backend.checkpoints import checks
from backend.checkpoints.folder import open_weights_folder
from backend.checkpoints.status import FileState
from backend.domain.errors import NotFound, WeightsMissing, WeightsRefused
from tests.weights_folders import CONTENT, a_folder, an_entry

SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def read_files(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files whose checksum was computed, in order."""
    read: list[Path] = []
    compute = checks.digest_of

    def watched(path: Path, algorithm: object = "sha256") -> str:
        read.append(path)
        return compute(path, algorithm)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(checks, "digest_of", watched)
    return read


def test_a_folder_that_does_not_exist_has_nothing_and_ours_to_offer(tmp_path: Path) -> None:
    folder = open_weights_folder(tmp_path / "nowhere")

    assert {status.state for status in folder.list()} == {FileState.MISSING}
    assert folder.manifest.find("v1.4").size_bytes == 348_632_874
    with pytest.raises(WeightsMissing, match=r"weights download v1\.4"):
        folder.installed("v1.4")
    assert not (tmp_path / "nowhere").exists()


def test_a_file_with_the_right_checksum_is_installed(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    (tmp_path / "GFPGANv1.4.pth").write_bytes(CONTENT)

    installed = folder.installed("v1.4")

    assert (installed.path, installed.sha256) == (tmp_path / "GFPGANv1.4.pth", SHA256)
    assert folder.status("v1.4").state is FileState.INSTALLED


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (CONTENT[:-1], "truncated"),
        (b"", "truncated"),
        (CONTENT[:-1] + b"!", "checksum"),
        (CONTENT + b"!", "checksum"),
    ],
)
def test_another_file_under_its_name_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    folder = a_folder(tmp_path)
    (tmp_path / "GFPGANv1.4.pth").write_bytes(content)

    status = folder.status("v1.4")

    assert (status.state, status.refusal) == (FileState.REFUSED, reason)
    with pytest.raises(WeightsRefused) as caught:
        folder.installed("v1.4")
    assert caught.value.params == {"file": "GFPGANv1.4.pth", "reason": reason}


def test_a_part_is_what_has_arrived(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    (tmp_path / "GFPGANv1.4.pth.part").write_bytes(CONTENT[:1000])

    status = folder.status("v1.4")

    assert (status.state, status.present_bytes) == (FileState.PARTIAL, 1000)


def test_whoever_holds_the_lock_is_downloading(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    lock = folder.lock(folder.manifest.find("v1.4"))

    before = folder.status("v1.4").state
    with lock:
        assert lock.try_acquire()
        during = folder.status("v1.4").state
        second = folder.lock(folder.manifest.find("v1.4")).try_acquire()
    after = folder.status("v1.4").state

    assert [before, during, after] == [FileState.MISSING, FileState.DOWNLOADING, FileState.MISSING]
    assert second is False


def test_a_file_is_read_once_in_a_process_and_once_in_all(tmp_path: Path, read_files: list[Path]) -> None:
    first = a_folder(tmp_path)
    (tmp_path / "GFPGANv1.4.pth").write_bytes(CONTENT)

    states = [first.status("v1.4").state for _ in range(3)]
    states.append(open_weights_folder(tmp_path).status("v1.4").state)  # as a second process

    assert states == [FileState.INSTALLED] * 4
    assert read_files == [tmp_path / "GFPGANv1.4.pth"]


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    path = tmp_path / "GFPGANv1.4.pth"
    path.write_bytes(CONTENT)
    before = folder.status("v1.4").state

    path.write_bytes(CONTENT[:-1] + b"!")

    assert [before, folder.status("v1.4").state] == [FileState.INSTALLED, FileState.REFUSED]


def test_a_check_reads_whatever_was_found_before(tmp_path: Path, read_files: list[Path]) -> None:
    folder = a_folder(tmp_path)
    path = tmp_path / "GFPGANv1.4.pth"
    path.write_bytes(CONTENT)
    folder.status("v1.4")

    assert folder.check("v1.4").state is FileState.INSTALLED
    assert read_files == [path, path]


def test_a_file_without_a_known_checksum_is_trusted_once(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, an_entry("v1", "GFPGANv1.pth", content=None))
    path = tmp_path / "GFPGANv1.pth"
    path.write_bytes(CONTENT)

    first = folder.status("v1").state
    path.write_bytes(b"something else")

    assert first is FileState.INSTALLED
    assert (tmp_path / "GFPGANv1.pth.sha256").read_text() == f"{SHA256}  GFPGANv1.pth\n"
    assert open_weights_folder(tmp_path).status("v1").refusal == "checksum"


def test_a_known_md5_is_checked(tmp_path: Path) -> None:
    entry = an_entry("v1", "GFPGANv1.pth", content=None, md5=hashlib.md5(CONTENT).hexdigest())
    folder = a_folder(tmp_path, entry)
    path = tmp_path / "GFPGANv1.pth"

    path.write_bytes(b"something else")
    wrong = folder.status("v1")
    path.write_bytes(CONTENT)

    assert wrong.refusal == "checksum"
    assert folder.status("v1").state is FileState.INSTALLED


def test_files_of_a_role_come_best_first_and_only_good_ones(tmp_path: Path) -> None:
    entries = [
        an_entry("r50", "r50.pth", role="detector"),
        an_entry("small", "small.pth", role="detector"),
        an_entry("v1.4", "v14.pth", model="v1.4"),
        an_entry("v1.3", "v13.pth", model="v1.3"),
        an_entry("other", "other.pth", engine="first_order"),
    ]
    folder = a_folder(tmp_path, *entries)
    for name in ("small.pth", "r50.pth", "v13.pth", "other.pth"):
        (tmp_path / name).write_bytes(CONTENT)
    (tmp_path / "v14.pth").write_bytes(b"cut")

    assert [found.file.name for found in folder.find("gfpgan", "detector")] == ["r50", "small"]
    assert [found.file.name for found in folder.find("gfpgan", "face")] == ["v1.3"]
    assert folder.find("gfpgan", "face", "v1.4") == ()


def test_a_folder_that_cannot_be_written_to_is_read_all_the_same(
    tmp_path: Path, read_files: list[Path]
) -> None:
    folder = a_folder(tmp_path, an_entry("v1", "GFPGANv1.pth", content=None))
    (tmp_path / "GFPGANv1.pth").write_bytes(CONTENT)
    (tmp_path / ".state").write_text("in the way of the notes")
    (tmp_path / "GFPGANv1.pth.sha256").mkdir()

    states = [folder.status("v1").state for _ in range(2)]

    assert states == [FileState.INSTALLED] * 2
    assert len(read_files) == 1


def test_an_unknown_name_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        a_folder(tmp_path).status("../../etc/passwd")


def test_looking_at_an_installed_file_opens_nothing_large(tmp_path: Path, read_files: list[Path]) -> None:
    folder = a_folder(tmp_path)
    (tmp_path / "GFPGANv1.4.pth").write_bytes(CONTENT)
    folder.status("v1.4")
    read_files.clear()

    for _ in range(100):
        folder.list()

    assert read_files == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [".state", "GFPGANv1.4.pth", "manifest.toml"]
