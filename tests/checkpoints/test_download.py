"""Downloads from a server that behaves badly: what is installed is always the right file, or nothing."""

import errno
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from backend.checkpoints import arriving
from backend.checkpoints.download import Downloader
from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.places import Places
from backend.checkpoints.rules import DownloadRules
from backend.checkpoints.status import FileState
from backend.domain.errors import DownloadFailed, StorageFull
from tests.checkpoints.file_server import PIECE_BYTES, FileServer, a_self_signed_certificate, serving
from tests.weights_folders import CONTENT, a_folder, an_entry

SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = "GFPGANv1.4.pth"
ROOT = Path(__file__).resolve().parents[2]
IMPATIENT = DownloadRules(timeout_s=5.0, pauses_s=(0.0, 0.0, 0.0))


class Story(NamedTuple):
    """One file, one server that has it, one empty folder."""

    server: FileServer
    folder: WeightsFolder
    final: Path
    part: Path

    def download(self, **rules: object) -> str:
        chosen = DownloadRules(**{"timeout_s": 5.0, "pauses_s": (0.0, 0.0, 0.0), **rules})  # type: ignore[arg-type]
        return Downloader(self.folder, chosen).download("v1.4").sha256

    def failure(self, **rules: object) -> str:
        """Why the download fails; nothing may be installed afterwards."""
        with pytest.raises(DownloadFailed) as caught:
            self.download(**rules)
        assert not self.final.exists()
        assert self.folder.status("v1.4").failure == caught.value.params["reason"]
        return str(caught.value.params["reason"])


def a_story(directory: Path, server: FileServer, **entry: object) -> Story:
    server.files.setdefault(FILE, CONTENT)
    urls = (server.url(FILE),)
    folder = a_folder(directory, an_entry(**{"urls": urls, **entry}))  # type: ignore[arg-type]  # names of its own
    return Story(server, folder, directory / FILE, directory / f"{FILE}.part")


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving() as shown:
        yield shown


@pytest.fixture
def story(tmp_path: Path, server: FileServer) -> Story:
    return a_story(tmp_path / "weights", server)


def test_a_file_is_fetched_checked_and_given_its_name(story: Story) -> None:
    assert story.download() == SHA256
    assert story.final.read_bytes() == CONTENT
    assert not story.part.exists()
    assert story.folder.status("v1.4").state is FileState.INSTALLED


def test_a_file_that_is_there_is_not_fetched_again(story: Story) -> None:
    story.download()

    story.download()

    assert len(story.server.asked) == 1


def test_progress_goes_up_to_the_whole(story: Story) -> None:
    told: list[tuple[int, int | None]] = []

    Downloader(story.folder, IMPATIENT).download("v1.4", progress=lambda *now: told.append(now))

    assert told == sorted(told)
    assert told[-1] == (len(CONTENT), len(CONTENT))


def test_a_line_that_breaks_is_continued_where_it_broke(story: Story) -> None:
    story.server.cut_after = [30_000, 20_000]

    assert story.download() == SHA256
    assert [asked for _, asked in story.server.asked] == [None, "bytes=30000-", "bytes=50000-"]
    assert story.server.sent_bytes == len(CONTENT)


def test_a_process_that_is_killed_loses_nothing_that_had_arrived(story: Story) -> None:
    story.server.pause_s = 0.05
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.checkpoints.downloading_process", str(story.folder.directory), "v1.4"],
        cwd=ROOT,
    )
    while not story.part.exists() or story.part.stat().st_size < 3 * PIECE_BYTES:
        assert child.poll() is None
        time.sleep(0.01)
    during = story.folder.status("v1.4").state

    child.send_signal(signal.SIGKILL)
    child.wait()
    kept = story.part.stat().st_size
    after = story.folder.status("v1.4")
    story.server.pause_s = 0.0

    assert story.download() == SHA256
    assert (during, after.state, after.present_bytes) == (FileState.DOWNLOADING, FileState.PARTIAL, kept)
    assert story.server.asked[-1][1] == f"bytes={kept}-"
    assert 0 < kept < len(CONTENT)


def test_two_processes_at_once_fetch_it_once(story: Story) -> None:
    story.server.pause_s = 0.01
    command = [
        sys.executable,
        "-m",
        "tests.checkpoints.downloading_process",
        str(story.folder.directory),
        "v1.4",
    ]

    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [child.communicate(timeout=60)[0] for child in both]

    assert said == [SHA256, SHA256]
    assert len(story.server.asked) == 1
    assert story.final.read_bytes() == CONTENT


def test_a_wrong_checksum_is_never_installed(story: Story) -> None:
    story.server.files[FILE] = CONTENT[:-1] + b"!"

    assert story.failure() == "checksum"
    assert not story.part.exists()


def test_a_part_of_something_else_is_thrown_away_once(story: Story) -> None:
    story.part.write_bytes(b"?" * 5000)

    assert story.download() == SHA256
    assert [asked for _, asked in story.server.asked] == ["bytes=5000-", None]


def test_a_missing_file_is_said_to_be_missing(story: Story) -> None:
    story.server.files.clear()

    assert story.failure() == "not_found"


def test_the_next_address_is_asked_where_one_fails(tmp_path: Path, server: FileServer) -> None:
    urls = (server.url("gone.pth"), server.url(FILE))
    story = a_story(tmp_path, server, urls=urls)

    assert story.download() == SHA256
    assert [path for path, _ in server.asked] == ["/gone.pth", f"/{FILE}"]


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_busy_server_is_asked_again(story: Story, status: int) -> None:
    story.server.statuses = [status, status]

    assert story.download() == SHA256


def test_a_server_that_stays_busy_ends_it(story: Story) -> None:
    story.server.statuses = [500] * 10

    assert story.failure() == "network"
    assert len(story.server.asked) == 4


def test_a_server_that_knows_no_ranges_starts_again(story: Story) -> None:
    story.server.knows_ranges = False
    story.part.write_bytes(CONTENT[:30_000])

    assert story.download() == SHA256
    assert story.server.asked == [(f"/{FILE}", "bytes=30000-")]
    assert story.server.sent_bytes == len(CONTENT)


def test_a_whole_part_needs_no_server(story: Story) -> None:
    story.part.write_bytes(CONTENT)

    assert story.download() == SHA256
    assert story.server.asked == []


def test_a_redirect_is_followed(tmp_path: Path, server: FileServer) -> None:
    server.redirects["latest"] = server.url(FILE)
    story = a_story(tmp_path, server, urls=(server.url("latest"),))

    assert story.download() == SHA256


def test_a_certificate_that_nobody_vouches_for_ends_it(tmp_path: Path) -> None:
    with serving(certificate=a_self_signed_certificate(tmp_path)) as server:
        story = a_story(tmp_path / "weights", server)

        assert story.failure() == "tls"
        assert server.asked == []


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/a"])
def test_a_redirect_out_of_the_web_is_not(tmp_path: Path, server: FileServer, target: str) -> None:
    server.redirects["latest"] = target
    story = a_story(tmp_path, server, urls=(server.url("latest"),))

    assert story.failure() == "insecure"


@pytest.mark.parametrize(
    "target", ["http://two..dots/a", "http://[::1", f"http://{'a' * 300}/", "http://ünïcode.example/", ""]
)
def test_a_redirect_to_no_address_ends_it(tmp_path: Path, server: FileServer, target: str) -> None:
    server.redirects["latest"] = target
    story = a_story(tmp_path, server, urls=(server.url("latest"),))

    assert story.failure() in ("server", "network")


def test_a_redirect_in_a_circle_is_not_called_insecure(tmp_path: Path, server: FileServer) -> None:
    server.redirects["latest"] = server.url("latest")
    story = a_story(tmp_path, server, urls=(server.url("latest"),))

    assert story.failure() == "server"


@pytest.mark.parametrize(
    ("status", "header", "value", "reason"),
    [
        (200, "Content-Length", "9" * 5000, "checksum"),  # no length: it ends where it ends
        (206, "Content-Range", f"bytes 0-5/{'9' * 5000}", "server"),
        (416, "Content-Range", f"bytes */{'9' * 5000}", "network"),
        (503, "Retry-After", "9" * 400, "network"),
    ],
)
def test_a_number_beyond_all_numbers_ends_it(
    story: Story, status: int, header: str, value: str, reason: str
) -> None:
    story.server.odd_headers[header] = value
    story.server.statuses = [status] * 10 if status != 200 else []
    story.server.cut_after = [0] * 10

    assert story.failure() == reason


def test_an_answer_that_is_always_cut_short_is_not_installed(story: Story) -> None:
    story.server.cut_after = [0] * 10

    assert story.failure() == "network"


def test_a_page_of_another_length_is_told_before_it_is_read(story: Story) -> None:
    story.server.files[FILE] = b"<html>Please log in</html>"

    assert story.failure() == "size"
    assert not story.part.exists()


def test_a_server_that_sends_without_end_is_stopped(story: Story) -> None:
    story.server.says_length = False
    story.server.files[FILE] = CONTENT * 50

    assert story.failure() == "too_large"
    assert not story.part.exists()
    assert story.server.sent_bytes < len(CONTENT) * 50


def test_a_size_that_is_only_documented_bounds_it_too(tmp_path: Path, server: FileServer) -> None:
    story = a_story(tmp_path, server, content=None, about_bytes=len(CONTENT) // 2)

    assert story.failure() == "too_large"
    assert server.sent_bytes <= PIECE_BYTES * 64  # it was told by its length


def test_a_file_without_a_known_checksum_leaves_it_beside(tmp_path: Path, server: FileServer) -> None:
    story = a_story(tmp_path, server, content=None)

    assert story.download() == SHA256
    assert (tmp_path / f"{FILE}.sha256").read_text() == f"{SHA256}  {FILE}\n"


def test_without_a_checksum_only_the_same_file_is_continued(tmp_path: Path, server: FileServer) -> None:
    story = a_story(tmp_path, server, content=None)
    server.cut_after = [30_000]
    server.statuses = []
    with pytest.raises(DownloadFailed):
        Downloader(story.folder, DownloadRules(pauses_s=())).download("v1.4")
    server.etag = '"two"'
    server.files[FILE] = CONTENT[::-1]

    story.download()

    assert story.final.read_bytes() == CONTENT[::-1]
    assert server.asked[-1][1] == "bytes=30000-"  # with If-Range: the server began anew by itself


def test_a_server_that_continues_another_file_is_not_believed(tmp_path: Path, server: FileServer) -> None:
    story = a_story(tmp_path, server, content=None)
    server.knows_if_range = False
    server.cut_after = [30_000]
    with pytest.raises(DownloadFailed):
        Downloader(story.folder, DownloadRules(pauses_s=())).download("v1.4")
    server.etag = '"two"'
    server.files[FILE] = CONTENT[::-1]

    story.download()

    assert story.final.read_bytes() == CONTENT[::-1]


def test_a_server_that_begins_anew_and_never_ends_is_given_up(story: Story) -> None:
    story.server.knows_ranges = False
    story.server.cut_after = [30_000, 20_000] * 20

    assert story.failure() == "network"
    assert len(story.server.asked) == 4


def test_without_a_checksum_and_a_tag_nothing_is_continued(tmp_path: Path, server: FileServer) -> None:
    server.etag = None
    story = a_story(tmp_path, server, content=None)
    server.cut_after = [30_000]

    assert story.download() == SHA256
    assert [asked for _, asked in server.asked] == [None, None]


def test_without_a_checksum_plain_http_is_for_this_machine_only(tmp_path: Path, server: FileServer) -> None:
    story = a_story(tmp_path, server, content=None, urls=("http://weights.example.org/a.pth",))

    assert story.failure() == "insecure"


def test_another_file_than_the_first_is_refused_and_says_where_that_is_noted(
    tmp_path: Path, server: FileServer
) -> None:
    story = a_story(tmp_path, server, content=None, size=False)
    story.download()
    story.final.unlink()
    server.files[FILE] = CONTENT[::-1]

    with pytest.raises(DownloadFailed, match=rf"{FILE}\.sha256"):
        story.download()


def test_without_a_checksum_a_known_md5_decides(tmp_path: Path, server: FileServer) -> None:
    story = a_story(tmp_path, server, content=None, md5="0" * 32)

    assert story.failure() == "checksum"


@pytest.mark.parametrize("form", ["{base}/mirror", "{base}/mirror/", "{base}/mirror/{{file}}"])
def test_a_mirror_is_asked_first(story: Story, form: str) -> None:
    story.server.files[f"mirror/{FILE}"] = CONTENT

    story.download(mirror=form.format(base=story.server.address))

    assert [path for path, _ in story.server.asked] == [f"/mirror/{FILE}"]


def test_a_mirror_may_take_the_official_address(tmp_path: Path, server: FileServer) -> None:
    story = a_story(tmp_path, server, urls=("https://official.example/a.pth",))
    server.files["get/https://official.example/a.pth"] = CONTENT

    assert story.download(mirror=server.address + "/get/{url}") == SHA256


def test_a_mirror_with_another_file_is_passed_over(story: Story) -> None:
    story.server.files[f"mirror/{FILE}"] = CONTENT[::-1]

    assert story.download(mirror=story.server.url("mirror")) == SHA256
    assert [path for path, _ in story.server.asked] == [f"/mirror/{FILE}", f"/{FILE}"]


def test_a_file_without_an_address_says_so(tmp_path: Path, server: FileServer) -> None:
    assert a_story(tmp_path, server, urls=()).failure() == "no_address"


def test_a_refused_file_is_replaced(story: Story) -> None:
    story.final.write_bytes(CONTENT[:-1] + b"!")

    assert story.download() == SHA256


def test_a_download_can_be_stopped_and_goes_on_later(story: Story) -> None:
    story.server.files[FILE] = CONTENT
    with pytest.raises(DownloadFailed) as caught:
        Downloader(story.folder, IMPATIENT).download("v1.4", should_stop=lambda: True)
    kept = story.part.stat().st_size

    assert caught.value.params["reason"] == "cancelled"
    assert kept > 0
    assert story.download() == SHA256


def test_another_process_can_stop_it(story: Story) -> None:
    def ask_to_stop(_present: int, _total: int | None) -> None:
        assert story.folder.ask_to_stop("v1.4")

    with pytest.raises(DownloadFailed) as caught:
        Downloader(story.folder, IMPATIENT).download("v1.4", progress=ask_to_stop)

    assert caught.value.params["reason"] == "cancelled"
    assert story.folder.ask_to_stop("v1.4") is False
    assert story.download() == SHA256  # the wish held for that download only


def test_a_stop_counts_from_the_moment_the_file_is_reserved(story: Story) -> None:
    downloader = Downloader(story.folder, IMPATIENT)
    lock = downloader.reserve("v1.4")
    assert lock is not None

    story.folder.ask_to_stop("v1.4")  # before the thread that fetches it has begun

    with pytest.raises(DownloadFailed, match="cancelled"):
        downloader.download_reserved("v1.4", lock)
    assert story.download() == SHA256


def test_room_is_asked_for_before_anything_is_written(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    free = arriving.KEEP_FREE_BYTES + len(CONTENT) - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**12, 0, free))

    with pytest.raises(StorageFull):
        story.download()

    assert not story.part.exists()
    assert story.folder.status("v1.4").failure == "storage_full"


def test_a_disk_that_fills_up_is_no_success(tmp_path: Path, server: FileServer) -> None:
    """On a file system of 64 KiB, where one may be mounted."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = shutil.which("mount") and os.geteuid() == 0
    done = mounted and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], capture_output=True
    )
    if not done or done.returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    try:
        story = a_story(small, server)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(arriving, "KEEP_FREE_BYTES", -(1 << 40))  # the look ahead must not notice
            with pytest.raises(StorageFull, match="no room left"):
                story.download()
        assert not story.final.exists()
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_disk_that_fills_up_while_writing_is_named(story: Story) -> None:
    class FullDisk(io.BytesIO):
        def write(self, _chunk: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    places = Places(story.folder.directory, story.folder.manifest.find("v1.4"))

    with pytest.raises(StorageFull, match="no room left"):
        arriving.PartWriter(places, FullDisk(), 0).write(b"x")


def test_a_folder_that_is_a_file_cannot_be_written_to(tmp_path: Path, story: Story) -> None:
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("not a folder")
    folder = WeightsFolder(in_the_way, story.folder.manifest)

    with pytest.raises(DownloadFailed) as caught:
        Downloader(folder, IMPATIENT).download("v1.4")

    assert caught.value.params["reason"] == "folder"
    assert story.server.asked == []


def test_a_read_only_file_system_cannot_be_written_to(story: Story) -> None:
    """Permissions do not bind root; what the system answers on a read-only file system does."""
    places = Places(story.folder.directory, story.folder.manifest.find("v1.4"))

    with pytest.raises(DownloadFailed, match="Read-only file system") as caught, arriving.disk_errors(places):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    assert caught.value.params["reason"] == "folder"
