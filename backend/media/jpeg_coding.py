"""How a JPEG was coded: quantiser, halved colour, and where the 8x8 blocks lie in the upright picture.

Kept apart from decoding because it is read from the file's header alone, and is worth something only to
whoever wants to undo what the coding took.
"""

from dataclasses import dataclass
from typing import Self, TypeAlias

from PIL import Image, JpegImagePlugin

from backend.media.colour import largest_profile_shift
from backend.media.metadata import orientation_of

Steps: TypeAlias = tuple[int, ...]
"""64 quantiser steps in rows: the vertical frequency times 8 plus the horizontal one."""

_BLOCK_PX = 8
_PROFILE_TOLERANCE = 2  # grey levels: profiles that mean sRGB and only round differently
_RGB_IDS = b"RGB"  # components named so, or Adobe's transform 0: the numbers are no YCbCr


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegCoding:
    """The coding as seen in the upright picture: turned where the picture was turned."""

    luma_steps: Steps
    chroma_steps: Steps | None  # None: a gray file
    chroma_ratio: tuple[int, int] = (1, 1)  # pixels to one colour sample, down and across: 1 or 2
    missing_px: tuple[int, int] = (0, 0)  # rows above and columns left of the picture in its first blocks

    def __post_init__(self) -> None:
        for steps in (self.luma_steps, self.chroma_steps or self.luma_steps):
            if len(steps) != _BLOCK_PX**2 or min(steps) <= 0:
                raise ValueError("a quantiser has 64 positive steps")

    def turned(self, orientation: int, width_px: int, height_px: int) -> Self:
        """The coding of the picture that EXIF orientation 1 to 8 makes of a stored one of this size.

        Only for a coding as stored, where no block begins outside of the picture.
        """
        rows_px, columns_px = (_BLOCK_PX * ratio for ratio in self.chroma_ratio)
        above_px = -height_px % rows_px if orientation in (3, 4, 6, 7) else 0
        left_px = -width_px % columns_px if orientation in (2, 3, 7, 8) else 0
        upright = type(self)(
            luma_steps=self.luma_steps,
            chroma_steps=self.chroma_steps,
            chroma_ratio=self.chroma_ratio,
            missing_px=(above_px, left_px),
        )
        return upright._transposed() if orientation >= 5 else upright

    def _transposed(self) -> Self:
        return type(self)(
            luma_steps=_transposed(self.luma_steps),
            chroma_steps=None if self.chroma_steps is None else _transposed(self.chroma_steps),
            chroma_ratio=self.chroma_ratio[::-1],
            missing_px=self.missing_px[::-1],
        )


def jpeg_coding_of(picture: Image.Image) -> JpegCoding | None:
    """The coding of an open picture once it is upright; its pixels are not read.

    None where it is no JPEG, or where its pixels in sRGB are not the numbers that were coded: CMYK, RGB
    coded as such, colour sampled in other ratios than 1 and 2, a profile that moves colours.
    """
    if not isinstance(picture, JpegImagePlugin.JpegImageFile) or picture.mode not in ("L", "RGB"):
        return None
    try:
        coding = _stored_coding(picture)
    except (IndexError, KeyError, ZeroDivisionError):  # a header of unknown origin
        return None
    if coding is None or largest_profile_shift(picture) > _PROFILE_TOLERANCE:
        return None
    return coding.turned(orientation_of(picture), *picture.size)


def _stored_coding(picture: JpegImagePlugin.JpegImageFile) -> JpegCoding | None:
    tables = {index: tuple(steps) for index, steps in picture.quantization.items()}
    if not all(len(steps) == _BLOCK_PX**2 and min(steps) > 0 for steps in tables.values()):
        return None
    if picture.mode == "L":
        return JpegCoding(luma_steps=tables[picture.layer[0][3]], chroma_steps=None)
    names = bytes(component[0] for component in picture.layer)
    if names == _RGB_IDS or picture.info.get("adobe_transform") == 0:
        return None
    (_, across, down, luma), (_, *blue), (_, *red) = picture.layer
    if blue != red or blue[:2] != [1, 1] or not {across, down} <= {1, 2}:
        return None
    return JpegCoding(luma_steps=tables[luma], chroma_steps=tables[blue[2]], chroma_ratio=(down, across))


def _transposed(steps: Steps) -> Steps:
    return tuple(steps[_BLOCK_PX * column + row] for row in range(_BLOCK_PX) for column in range(_BLOCK_PX))
