"""Open a picture of unknown origin: which type it really is, and whether it is small enough to decode.

Kept apart from decoding because the web process may do this much and no more: only headers are read here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

import pillow_heif
from PIL import Image

from backend.domain.errors import AppError, ImageTooLarge, ImageTooSmall, UnreadableImage, UnsupportedMedia

_SIGNATURE_BYTES = 64  # enough for the brands of an ISO media file
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLimits:
    """Which sizes are taken. A side is checked in pixels as stored, before any decoding."""

    max_pixels: int = 40_000_000
    max_side_px: int = 12_000
    min_side_px: int = 16


@dataclass(frozen=True, slots=True)
class PictureType:
    """A type we take: what Pillow calls its reader, and its media type."""

    pillow_format: str
    mime: str


JPEG = PictureType("JPEG", "image/jpeg")
PNG = PictureType("PNG", "image/png")
WEBP = PictureType("WEBP", "image/webp")
HEIC = PictureType("HEIF", "image/heic")
HEIF = PictureType("HEIF", "image/heif")
AVIF = PictureType("AVIF", "image/avif")
BMP = PictureType("BMP", "image/bmp")
TIFF = PictureType("TIFF", "image/tiff")
GIF = PictureType("GIF", "image/gif")

_SIGNATURES = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"BM", BMP),
)


def sniff(header: bytes) -> PictureType:
    """The type that the first bytes of a file say it is. Names and claimed types are never asked.

    header: the first 64 bytes, or all there are
    raises: UnsupportedMedia
    """
    for signature, picture_type in _SIGNATURES:
        if header.startswith(signature):
            return picture_type
    if header[:4] == b"RIFF" and header[8:12] == b"WEBP":
        return WEBP
    if header[4:8] == b"ftyp":
        return _iso_media_type(header)
    raise UnsupportedMedia("the file is not a picture of a type we take")


def _iso_media_type(header: bytes) -> PictureType:
    box_bytes = min(int.from_bytes(header[:4], "big"), len(header))
    major = header[8:12]
    brands = {major} | {header[start : start + 4] for start in range(16, box_bytes - 3, 4)}
    if brands & {b"avif", b"avis"}:
        return AVIF
    if major in _HEIC_BRANDS or brands & _HEIC_BRANDS:
        return HEIC
    if brands & {b"mif1", b"msf1"}:
        return HEIF
    raise UnsupportedMedia("the file is not a picture of a type we take")


def open_picture(stream: BinaryIO, limits: ImageLimits) -> tuple[Image.Image, PictureType]:
    """Read a picture's header and check its size. Pixels are decoded only when the caller asks for them.

    stream: seekable; must stay open as long as the picture is used
    raises: UnsupportedMedia, UnreadableImage, ImageTooLarge, ImageTooSmall
    """
    _prepare_pillow()
    stream.seek(0)
    picture_type = sniff(stream.read(_SIGNATURE_BYTES))
    stream.seek(0)
    with decoder_errors():
        picture = Image.open(stream, formats=(picture_type.pillow_format,))
        _require_size(picture.size, limits)
    return picture, picture_type


def _require_size(size_px: tuple[int, int], limits: ImageLimits) -> None:
    width_px, height_px = size_px
    if width_px * height_px > limits.max_pixels or max(size_px) > limits.max_side_px:
        raise ImageTooLarge(
            f"the picture is {width_px} x {height_px} pixels",
            params={"max_pixels": limits.max_pixels, "max_side_px": limits.max_side_px},
        )
    if min(size_px) < limits.min_side_px:
        raise ImageTooSmall(
            f"the picture is {width_px} x {height_px} pixels", params={"min_side_px": limits.min_side_px}
        )


@cache
def _prepare_pillow() -> None:
    """Teach Pillow HEIC, and leave sizes to our own limits, which are stricter and checked first."""
    pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None


@contextmanager
def decoder_errors() -> Iterator[None]:
    """Turn whatever a decoder throws at damaged bytes into UnreadableImage.

    Decoders raise some fifteen unrelated classes on hostile input (struct.error, SyntaxError, KeyError, ...),
    so this is the one place that catches them all. Our own errors and MemoryError pass through.
    """
    try:
        yield
    except (AppError, MemoryError):
        raise
    except Exception as error:
        raise UnreadableImage("the picture is damaged and cannot be decoded") from error
