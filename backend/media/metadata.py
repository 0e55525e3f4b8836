"""What a result may carry of its upload's metadata: date taken and resolution. Nothing else is ever copied.

Reading is forgiving: a picture with a broken EXIF block is still somebody's picture.
"""

import math
import re
from dataclasses import dataclass
from typing import Self

from PIL import ExifTags, Image, TiffImagePlugin

_DATE_TAKEN = re.compile(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d")

_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What survives from upload to result."""

    taken_at: str | None = None  # EXIF DateTimeOriginal, "YYYY:MM:DD HH:MM:SS"
    dpi: tuple[int, int] | None = None  # horizontal, vertical, of the upright picture

    def scaled(self, factor: int) -> Self:
        """The metadata of the same print with `factor` times as many pixels a side."""
        if self.dpi is None:
            return self
        return type(self)(taken_at=self.taken_at, dpi=(self.dpi[0] * factor, self.dpi[1] * factor))


def orientation_of(picture: Image.Image) -> int:
    """EXIF orientation 1 to 8; 1 where there is none. Never decodes the picture."""
    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        return 1  # Pillow turns TIFF upright by itself, size included
    orientation = _header_exif(picture).get(ExifTags.Base.Orientation, 1)
    return orientation if orientation in _TRANSPOSITIONS else 1


def is_stored_sideways(picture: Image.Image) -> bool:
    """True where width and height change places when the picture is shown upright."""
    return orientation_of(picture) >= 5


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture as it is meant to be seen; itself where `orientation` is 1."""
    turn = _TRANSPOSITIONS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def metadata_of(picture: Image.Image) -> Metadata:
    """Date taken and resolution of an open picture, each None where missing or senseless."""
    dpi = _dpi(picture)
    if dpi is not None and is_stored_sideways(picture):
        dpi = dpi[1], dpi[0]
    return Metadata(taken_at=_taken_at(picture), dpi=dpi)


def exif_block(meta: Metadata) -> Image.Exif:
    """A fresh EXIF block with the date taken and the resolution alone."""
    exif = Image.Exif()
    if meta.dpi is not None:
        exif[ExifTags.Base.XResolution], exif[ExifTags.Base.YResolution] = meta.dpi
        exif[ExifTags.Base.ResolutionUnit] = 2  # inches
    if meta.taken_at is not None:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = meta.taken_at
    return exif


def _header_exif(picture: Image.Image) -> Image.Exif:
    exif = Image.Exif()
    try:
        if picture.format == "PNG" and "exif" not in picture.info:
            return exif  # Pillow would decode the whole picture to look behind its pixels
        return picture.getexif()
    except Exception:  # EXIF of unknown origin: broken is the same as absent
        return exif


def _taken_at(picture: Image.Image) -> str | None:
    try:
        value = _header_exif(picture).get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    except Exception:  # as above
        return None
    text = value.decode("ascii", "ignore") if isinstance(value, bytes) else str(value)
    text = text.strip("\0 ")
    return text if _DATE_TAKEN.fullmatch(text) else None


def _dpi(picture: Image.Image) -> tuple[int, int] | None:
    try:
        x, y = (float(side) for side in picture.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not all(math.isfinite(side) and 10 <= side <= 9600 for side in (x, y)):
        return None
    return round(x), round(y)
