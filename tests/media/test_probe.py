import io
import struct
import zlib

import pytest

from backend.domain.errors import ImageTooLarge, ImageTooSmall, UnreadableImage, UnsupportedMedia
from backend.media.opening import ImageLimits
from backend.media.probe import probe_image
from tests.media.files import a_file, exif_with, one_of_each, saved, turned_for


def a_png_header(width_px: int, height_px: int) -> bytes:
    """A PNG that says how large it is and holds no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("mime", one_of_each())
def test_probe_names_every_type_and_size(mime: str) -> None:
    facts = probe_image(io.BytesIO(one_of_each()[mime]()))

    assert (facts.mime, facts.width_px, facts.height_px) == (mime, 96, 64)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_probe_reports_the_upright_size(format: str, orientation: int) -> None:
    data = saved(turned_for(orientation), format, exif=exif_with(orientation))

    facts = probe_image(io.BytesIO(data))

    assert (facts.width_px, facts.height_px) == (96, 64)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"just text",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"\x00\x00\x01\x00\x01\x00",  # ICO
        b"8BPS\x00\x01",  # Photoshop
        b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2",  # MP4
        b"%!PS-Adobe-3.0 EPSF-3.0",
    ],
)
def test_probe_refuses_what_is_not_a_picture_we_take(data: bytes) -> None:
    with pytest.raises(UnsupportedMedia):
        probe_image(io.BytesIO(data))


def test_probe_refuses_a_damaged_header() -> None:
    data = bytearray(a_file("PNG"))
    data[20] ^= 0xFF  # inside IHDR, so its checksum is wrong

    with pytest.raises(UnreadableImage):
        probe_image(io.BytesIO(bytes(data)))


@pytest.mark.parametrize(("width_px", "height_px"), [(65500, 65500), (12001, 20), (20, 12001), (8000, 5001)])
def test_probe_refuses_large_pictures_by_their_header_alone(width_px: int, height_px: int) -> None:
    with pytest.raises(ImageTooLarge):
        probe_image(io.BytesIO(a_png_header(width_px, height_px)))


def test_probe_takes_the_largest_picture_that_is_allowed() -> None:
    assert probe_image(io.BytesIO(a_png_header(8000, 5000))).width_px == 8000


def test_own_limits_decide_and_not_the_decoders() -> None:
    generous = ImageLimits(max_pixels=300_000_000, max_side_px=30_000)

    assert probe_image(io.BytesIO(a_png_header(15_000, 15_000)), generous).height_px == 15_000


@pytest.mark.parametrize(("width_px", "height_px"), [(1, 1), (15, 400), (400, 15)])
def test_probe_refuses_pictures_with_a_tiny_side(width_px: int, height_px: int) -> None:
    with pytest.raises(ImageTooSmall) as refused:
        probe_image(io.BytesIO(a_file("PNG", width_px, height_px)))

    assert refused.value.params == {"min_side_px": 16}
