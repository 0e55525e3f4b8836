import pytest

from backend.domain.errors import UnsupportedMedia
from backend.media.containers import sniff_container


@pytest.mark.parametrize(
    ("head", "demuxer", "mime"),
    [
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "mov", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00", "mov", "video/quicktime"),
        (b"\x00\x00\x00\x08wide\x00\x00\x02\x00mdat", "mov", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "matroska", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "matroska", "video/x-matroska"),
        (b"RIFF\x00\x10\x00\x00AVI LIST", "avi", "video/x-msvideo"),
    ],
)
def test_sniff_container_tells_clips_by_their_first_bytes(head: bytes, demuxer: str, mime: str) -> None:
    container = sniff_container(head)

    assert (container.demuxer, container.mime) == (demuxer, mime)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
        b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00",
        b"RIFF\x00\x10\x00\x00WEBPVP8 ",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_sniff_container_refuses_everything_else(head: bytes) -> None:
    with pytest.raises(UnsupportedMedia):
        sniff_container(head)
