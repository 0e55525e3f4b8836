import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import (
    ImageTooLarge,
    ImageTooSmall,
    NotFound,
    StorageFull,
    UnreadableVideo,
    UnsupportedMedia,
    VideoTooLong,
)
from backend.domain.media import UploadKind
from backend.domain.users import User
from backend.media.film import FilmWriter
from backend.media.opening import ImageLimits
from backend.media.video import ClipLimits
from backend.services.bundle import Services
from backend.services.limits import ServiceLimits
from backend.services.requests import NewFile
from backend.storage.files import FileWriter, MediaFiles
from tests.builders import a_photo
from tests.services.studio import a_file, a_photo_file

Files = Callable[[], list[Path]]


def clip_bytes(tmp_path: Path, frame_count: int = 10) -> bytes:
    path = tmp_path / "clip.mp4"
    with FilmWriter(path, 32, 24, 10.0) as film:
        for _ in range(frame_count):
            film.write(np.zeros((24, 32, 3), np.uint8))
    return path.read_bytes()


def test_a_photo_is_kept_with_its_facts(services: Services, guest: User, files: MediaFiles) -> None:
    file = a_photo_file(a_photo(50, 40), photo_format="jpeg", name="外婆 👵🏻 1962.png")
    sent = file.content.read()

    upload = services.uploads.add(guest.id, a_file(sent, file.name), UploadKind.PHOTO)

    assert (upload.name, upload.mime) == ("外婆 👵🏻 1962.png", "image/jpeg")
    assert (upload.width_px, upload.height_px, upload.size_bytes) == (50, 40, len(sent))
    assert upload.sha256 == hashlib.sha256(sent).hexdigest()
    assert files.read_all(upload.storage_key) == sent
    assert services.uploads.show(guest.id, upload.id) == upload


def test_anothers_upload_is_not_there(services: Services, guest: User, stranger: User) -> None:
    upload = services.uploads.add(guest.id, a_photo_file(), UploadKind.PHOTO)

    with pytest.raises(NotFound):
        services.uploads.show(stranger.id, upload.id)


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\me.jpg", "me.jpg"),
        ("a\r\nb\0.png", "ab.png"),
        ("", "photo"),
    ],
)
def test_names_are_cleaned(services: Services, guest: User, claimed: str, kept: str) -> None:
    upload = services.uploads.add(guest.id, a_photo_file(name=claimed), UploadKind.PHOTO)

    assert upload.name == kept


def test_a_clip_is_kept_with_its_facts(
    services: Services, guest: User, files: MediaFiles, tmp_path: Path, stored_files: Files
) -> None:
    sent = clip_bytes(tmp_path)

    upload = services.uploads.add(guest.id, a_file(sent, "me.mov"), UploadKind.CLIP)

    assert (upload.kind, upload.mime, upload.width_px, upload.height_px) == (
        UploadKind.CLIP,
        "video/mp4",
        32,
        24,
    )
    assert files.read_all(upload.storage_key) == sent
    assert len(stored_files()) == 1


@pytest.mark.parametrize(
    ("content", "kind", "refusal"),
    [
        (b"", UploadKind.PHOTO, UnsupportedMedia),
        (b"<svg/>", UploadKind.PHOTO, UnsupportedMedia),
        (b"%PDF-1.7", UploadKind.PHOTO, UnsupportedMedia),
        (b"", UploadKind.CLIP, UnsupportedMedia),
        (b"#EXTM3U\nfile:///etc/passwd", UploadKind.CLIP, UnsupportedMedia),
        (b"\0\0\0\x18ftypisom" + bytes(500), UploadKind.CLIP, UnreadableVideo),
    ],
)
def test_what_is_not_a_picture_or_clip_is_refused_and_not_kept(
    services: Services,
    guest: User,
    stored_files: Files,
    content: bytes,
    kind: UploadKind,
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        services.uploads.add(guest.id, a_file(content), kind)

    assert stored_files() == []


class TestWithSmallLimits:
    @pytest.fixture
    def limits(self) -> ServiceLimits:
        return ServiceLimits(
            max_photo_bytes=100_000,
            max_clip_bytes=100_000,
            picture=ImageLimits(max_pixels=10_000, max_side_px=200, min_side_px=16),
            clip=ClipLimits(max_seconds=0.5),
        )

    @pytest.mark.parametrize(
        ("width_px", "height_px", "refusal"),
        [(110, 100, ImageTooLarge), (202, 20, ImageTooLarge), (15, 30, ImageTooSmall)],
    )
    def test_photos_of_the_wrong_size_are_refused(
        self,
        services: Services,
        guest: User,
        stored_files: Files,
        width_px: int,
        height_px: int,
        refusal: type[Exception],
    ) -> None:
        with pytest.raises(refusal):
            services.uploads.add(guest.id, a_photo_file(a_photo(width_px, height_px)), UploadKind.PHOTO)

        assert stored_files() == []

    @pytest.mark.parametrize(
        ("kind", "refusal"), [(UploadKind.PHOTO, ImageTooLarge), (UploadKind.CLIP, VideoTooLong)]
    )
    def test_too_many_bytes_are_refused_without_reading_them_all(
        self, services: Services, guest: User, stored_files: Files, kind: UploadKind, refusal: type[Exception]
    ) -> None:
        content = io.BytesIO(bytes(5_000_000))

        with pytest.raises(refusal) as refused:
            services.uploads.add(guest.id, NewFile(content=content, name="a"), kind)

        assert refused.value.params == {"max_bytes": 100_000}  # type: ignore[attr-defined]  # an AppError
        assert content.tell() < 1_000_000
        assert stored_files() == []

    def test_a_clip_that_is_too_long_is_refused(
        self, services: Services, guest: User, tmp_path: Path, stored_files: Files
    ) -> None:
        with pytest.raises(VideoTooLong):
            services.uploads.add(guest.id, a_file(clip_bytes(tmp_path, frame_count=20)), UploadKind.CLIP)

        assert stored_files() == []


def test_a_full_disk_leaves_neither_row_nor_file(
    services: Services, guest: User, stored_files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: FileWriter, content: bytes) -> None:
        raise StorageFull

    with monkeypatch.context() as patched:
        patched.setattr(FileWriter, "write", full)
        with pytest.raises(StorageFull):
            services.uploads.add(guest.id, a_photo_file(), UploadKind.PHOTO)

    assert stored_files() == []
    services.uploads.add(guest.id, a_photo_file(), UploadKind.PHOTO)


def test_a_row_that_cannot_be_written_leaves_no_file(services: Services, stored_files: Files) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        services.uploads.add("nobody", a_photo_file(), UploadKind.PHOTO)

    assert stored_files() == []
