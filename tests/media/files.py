"""Picture files made for these tests: every format and mode, with metadata that must not survive."""

import io
from collections.abc import Callable

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageCms

from tests.builders import a_photo

SECRET = "Secret Street 7"
TAKEN_AT = "1962:05:01 12:30:00"


def saved(picture: Image.Image, format: str, **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, format, **options)
    return target.getvalue()


def a_file(format: str = "PNG", width_px: int = 96, height_px: int = 64, **options: object) -> bytes:
    return saved(Image.fromarray(a_photo(width_px, height_px)), format, **options)


def a_heic() -> bytes:
    pillow_heif.register_heif_opener(thumbnails=False)
    return a_file("HEIF", quality=90)


def exif_with(orientation: int = 1) -> Image.Exif:
    """Orientation, date and everything that is nobody's business: place, camera number, artist."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = SECRET
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {ExifTags.Base.DateTimeOriginal: TAKEN_AT, ExifTags.Base.BodySerialNumber: SECRET}
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return exif


def turned_for(orientation: int) -> Image.Image:
    """The photo as a camera held that way would store it, so that `orientation` makes it upright again."""
    stored = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = Image.fromarray(a_photo())
    return upright if orientation == 1 else upright.transpose(stored[orientation])


def a_wide_gamut_profile() -> bytes:
    """A matrix profile whose red and green are swapped against sRGB's: hard to overlook when applied."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for description in (b"sRGB built-in", "sRGB built-in".encode("utf-16-be")):
        at = profile.find(description)
        if at >= 0:
            profile[at : at + len(description)] = bytes(len(description) - 1) + b"X"
    red, green = profile.find(b"rXYZ"), profile.find(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def one_of_each() -> dict[str, Callable[[], bytes]]:
    """A small good file of every type that is taken."""
    return {
        "image/jpeg": lambda: a_file("JPEG", quality=92),
        "image/png": lambda: a_file("PNG"),
        "image/webp": lambda: a_file("WEBP", quality=90),
        "image/heic": a_heic,
        "image/avif": lambda: a_file("AVIF", quality=90),
        "image/bmp": lambda: a_file("BMP"),
        "image/tiff": lambda: a_file("TIFF", compression="tiff_lzw"),
        "image/gif": lambda: a_file("GIF"),
    }


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Mean absolute difference in grey levels."""
    return float(np.abs(a.astype(float) - b.astype(float)).mean())
