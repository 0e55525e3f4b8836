"""Bytes <-> pixels for still pictures. Results are encoded afresh: nothing of a file travels unseen."""

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

from backend.domain.errors import InvalidOption
from backend.media.colour import is_gray_mode, on_white, srgb_profile, to_srgb_and_alpha
from backend.media.deep import eight_bits, encode_deep_png, is_deep, read_deep, with_finer_levels
from backend.media.jpeg_coding import JpegCoding, jpeg_coding_of
from backend.media.metadata import Metadata, exif_block, metadata_of, orientation_of, upright
from backend.media.opening import ImageLimits, decoder_errors, open_picture
from backend.media.types import AlphaPlane, DeepImage, Mask, RgbImage

PhotoFormat = Literal["png", "jpeg", "webp"]

MIME_BY_FORMAT: dict[PhotoFormat, str] = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
EXTENSION_BY_FORMAT: dict[PhotoFormat, str] = {"png": "png", "jpeg": "jpg", "webp": "webp"}

_DEFAULT_LIMITS = ImageLimits()
_NO_METADATA = Metadata()
_METRES_PER_INCH = 0.0254
_WEBP_SIDE_PX = 16_383
_LOSSY_TIFF = frozenset({"jpeg", "tiff_jpeg", "webp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A decoded photo: upright, sRGB, and what may be kept of its file."""

    pixels: RgbImage
    meta: Metadata
    is_lossless: bool  # the file lost nothing when it was written
    is_gray: bool  # the file holds no colour at all
    jpeg: JpegCoding | None = None  # how it was coded; None where the pixels do not show it
    alpha: AlphaPlane | None = None  # of the pixels' size; None where all is opaque
    deep: DeepImage | None = None  # the same picture where its file has 16 bits a channel

    @property
    def taken_at(self) -> str | None:
        """EXIF DateTimeOriginal."""
        return self.meta.taken_at

    @property
    def dpi(self) -> tuple[int, int] | None:
        """Horizontal and vertical resolution of the upright picture."""
        return self.meta.dpi


def decode_photo(data: bytes, limits: ImageLimits = _DEFAULT_LIMITS) -> Photo:
    """A picture file of any type we take -> pixels; the first frame or page where there are several.

    raises: UnsupportedMedia, UnreadableImage (damaged or cut short), ImageTooLarge, ImageTooSmall
    """
    picture, _ = open_picture(io.BytesIO(data), limits)
    with decoder_errors():
        has_deep_levels = is_deep(picture)  # no longer known once it is loaded
        picture.load()
        orientation = orientation_of(picture)
        shown, alpha = to_srgb_and_alpha(picture)
        pixels = np.array(upright(shown, orientation))  # a copy: Pillow's own memory is read-only
        deep = None
        if has_deep_levels:
            # Profiles are applied to 8 bits; the finer levels go along.
            deep = with_finer_levels(*read_deep(data, picture, orientation), pixels)
            pixels = eight_bits(deep)
        return Photo(
            pixels=pixels,
            meta=metadata_of(picture),
            is_lossless=_is_lossless(picture, data),
            is_gray=is_gray_mode(picture.mode),
            jpeg=jpeg_coding_of(picture),
            alpha=None if alpha is None else np.array(upright(alpha, orientation)),
            deep=deep,
        )


def resolve_format(wanted: Literal["auto"] | PhotoFormat, photo: Photo) -> PhotoFormat:
    """`auto`: lossless in, lossless out, and transparency stays; else JPEG."""
    if wanted != "auto":
        return wanted
    return "png" if photo.is_lossless or photo.alpha is not None else "jpeg"


def encode_photo(
    pixels: RgbImage,
    format: PhotoFormat,
    meta: Metadata = _NO_METADATA,
    *,
    alpha: AlphaPlane | None = None,
    deep: DeepImage | None = None,
    jpeg_quality: int = 95,
) -> bytes:
    """Pixels -> a file that carries date taken, resolution and an sRGB profile, and nothing else.

    alpha: of the pixels' size, or of a smaller picture's that they were made from; JPEG shows it on white
    deep:  the same picture with 16 bits a channel, for PNG
    The same pixels and metadata give the same bytes.
    raises: InvalidOption where the format cannot hold so large a picture
    """
    if format == "webp" and max(pixels.shape) > _WEBP_SIDE_PX:
        raise InvalidOption(f"WebP holds at most {_WEBP_SIDE_PX} pixels a side", option="format")
    picture = Image.fromarray(pixels)
    if alpha is not None:
        seen = Image.fromarray(alpha).resize(picture.size, Image.Resampling.BICUBIC)
        picture = on_white(picture, seen) if format == "jpeg" else _with_alpha(picture, seen)
        alpha = np.asarray(seen)
    target = io.BytesIO()
    exif, profile = exif_block(meta).tobytes() if meta != _NO_METADATA else b"", srgb_profile()
    if format == "png" and deep is not None:
        return encode_deep_png(deep, alpha, _png_chunks(meta, exif, profile))
    if format == "png":
        picture.save(target, "PNG", icc_profile=profile, exif=exif, compress_level=4, **_dpi_option(meta))
    elif format == "jpeg":
        options = _dpi_option(meta)
        picture.save(
            target, "JPEG", quality=jpeg_quality, subsampling=0, icc_profile=profile, exif=exif, **options
        )
    else:
        picture.save(target, "WEBP", quality=92, method=4, icc_profile=profile, exif=exif)
    return target.getvalue()


def encode_preview(pixels: RgbImage, max_side_px: int = 2048) -> bytes:
    """Pixels -> a WebP for any browser, long side at most `max_side_px`; never enlarged."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((max_side_px, max_side_px), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    picture.save(target, "WEBP", quality=85, method=4)
    return target.getvalue()


def encode_poster(frame: RgbImage) -> bytes:
    """A film's first frame -> JPEG."""
    target = io.BytesIO()
    Image.fromarray(frame).save(target, "JPEG", quality=88)
    return target.getvalue()


def encode_mask(mask: Mask) -> bytes:
    """float32 (H, W) in [0, 1] -> 8-bit gray PNG, white where the mask is 1."""
    target = io.BytesIO()
    Image.fromarray(np.clip(np.rint(mask * 255), 0, 255).astype(np.uint8)).save(target, "PNG")
    return target.getvalue()


def _with_alpha(picture: Image.Image, alpha: Image.Image) -> Image.Image:
    shown = picture.copy()
    shown.putalpha(alpha)
    return shown


def _png_chunks(meta: Metadata, exif: bytes, profile: bytes) -> dict[bytes, bytes]:
    chunks = {b"iCCP": b"sRGB\0\0" + zlib.compress(profile)}
    if meta.dpi is not None:
        x, y = (round(side / _METRES_PER_INCH) for side in meta.dpi)
        chunks[b"pHYs"] = struct.pack(">IIB", x, y, 1)
    if exif:
        chunks[b"eXIf"] = exif.removeprefix(b"Exif\0\0")
    return chunks


def _dpi_option(meta: Metadata) -> dict[str, tuple[int, int]]:
    return {} if meta.dpi is None else {"dpi": meta.dpi}


def _is_lossless(picture: Image.Image, data: bytes) -> bool:
    if picture.format == "TIFF":
        return picture.info.get("compression") not in _LOSSY_TIFF
    if picture.format == "WEBP":
        return b"VP8L" in data[12:16] or (data[12:16] == b"VP8X" and b"VP8 " not in data)
    return picture.format in ("PNG", "BMP", "GIF")
