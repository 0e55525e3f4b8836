"""Pictures of 16 bits a channel: reading all of their bits, and writing them as PNG.

Apart from `images.py` because Pillow keeps only the upper byte of a colour channel and cannot write two.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from PIL import Image, ImageFile

from backend.media.metadata import upright
from backend.media.types import AlphaPlane, DeepImage, RgbImage

_OTHER_BYTE: Final = {"B": "L", "L": "B", "N": "B"}  # of the pair, as Pillow names orders of bytes
_READABLE: Final = ("RGB;16", "RGBA;16")
_LEVEL: Final = 257  # 65535 / 255: one of 8 bits in levels of 16
_BAND_VALUES: Final = 1 << 20  # worked on at once
_UP: Final = 2  # PNG filter: what changes from the row above


def is_deep(picture: Image.Image) -> bool:
    """Whether a picture that is open, but not loaded, has 16 bits a channel that can be read."""
    if picture.mode.startswith("I;16"):
        return True
    tiles = picture.tile if isinstance(picture, ImageFile.ImageFile) else []
    raw_modes = [_raw_mode(tile.args) for tile in tiles]
    return bool(raw_modes) and all(mode.startswith(_READABLE) for mode in raw_modes)


def read_deep(data: bytes, picture: Image.Image, orientation: int) -> tuple[DeepImage, RgbImage]:
    """Every bit of a deep picture, and the 8 bits that Pillow sees; upright, three channels, no alpha.

    data:    the file that `picture`, which is loaded by now, was opened from
    returns: uint16 and uint8 (H, W, 3), in the file's own colour space
    """
    if picture.mode.startswith("I;16"):
        gray = np.asarray(picture).astype(np.uint16)
        upper = Image.fromarray((gray >> 8).astype(np.uint8))
        lower = Image.fromarray((gray & 0xFF).astype(np.uint8))
    else:
        upper = picture
        lower = Image.open(io.BytesIO(data), formats=(picture.format or "",))
        # Pillow reads the first byte of each pair; told that bytes lie the other way round, the second.
        lower.tile = [tile._replace(args=_swapped(tile.args)) for tile in lower.tile]
    levels = _turned(upper, orientation).astype(np.uint16) * np.uint16(256) + _turned(lower, orientation)
    if levels.ndim == 2:
        deep = np.repeat(levels[..., None], 3, axis=2)
        return deep, eight_bits(deep)
    return levels[..., :3], _turned(upper, orientation)[..., :3]


def eight_bits(deep: DeepImage) -> RgbImage:
    """The nearest levels of 8 bits."""
    levels = np.empty(deep.shape, np.uint8)
    for rows in _bands(deep):
        levels[rows] = (deep[rows].astype(np.uint32) + _LEVEL // 2) // _LEVEL
    return levels


def with_finer_levels(deep: DeepImage, before: RgbImage, after: RgbImage) -> DeepImage:
    """What was done to the 8-bit copy, done to the deep picture: bit for bit the same where nothing was.

    before, after: uint8, of the deep picture's size
    """
    finer = np.empty_like(deep)
    for rows in _bands(deep):
        change = (after[rows].astype(np.int32) - before[rows]) * _LEVEL
        finer[rows] = np.clip(deep[rows] + change, 0, 65535)
    return finer


def encode_deep_png(deep: DeepImage, alpha: AlphaPlane | None, chunks: dict[bytes, bytes]) -> bytes:
    """A PNG of 16 bits a channel (PNG specification, 3rd edition).

    chunks: name -> content of what stands before the pixels: iCCP, pHYs, eXIf
    """
    height_px, width_px = deep.shape[:2]
    planes = deep if alpha is None else np.dstack([deep, alpha.astype(np.uint16) * _LEVEL])
    colour_type = 2 if alpha is None else 6
    header = struct.pack(">IIBBBBB", width_px, height_px, 16, colour_type, 0, 0, 0)
    file = [b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", header)]
    file += [_chunk(name, content) for name, content in chunks.items()]
    packer = zlib.compressobj(4)
    above = np.zeros(width_px * planes.shape[2] * 2, np.uint8)
    packed = []
    for row in planes:
        values = row.astype(">u2").reshape(-1).view(np.uint8)
        packed.append(packer.compress(bytes([_UP]) + (values - above).tobytes()))
        above = values
    packed.append(packer.flush())
    return b"".join([*file, _chunk(b"IDAT", b"".join(packed)), _chunk(b"IEND", b"")])


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def _bands(picture: DeepImage) -> Iterator[slice]:
    """Rows of it, a few at a time: numbers in between are of 32 bits, and a picture of them is gigabytes."""
    step_rows = max(1, _BAND_VALUES // max(1, picture[:1].size))
    for top in range(0, picture.shape[0], step_rows):
        yield slice(top, top + step_rows)


def _raw_mode(arguments: object) -> str:
    first = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return first if isinstance(first, str) else ""


def _swapped(arguments: tuple[Any, ...] | str | None) -> tuple[Any, ...] | str:
    mode = _raw_mode(arguments)
    other = mode[:-1] + _OTHER_BYTE[mode[-1]]
    return (other, *arguments[1:]) if isinstance(arguments, tuple) else other


def _turned(picture: Image.Image, orientation: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(upright(picture, orientation), np.uint8)
