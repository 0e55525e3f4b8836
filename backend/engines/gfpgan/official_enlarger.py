"""A whole picture enlarged exactly as the official `RealESRGANer.enhance` does it, weaknesses included.

Apart from our own tiles, which overlap and are feathered: here tiles are cut hard, transparency goes through
the network, and a 16-bit picture is one with a value above 256. Facts: realesrgan 0.3.0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

import cv2
import numpy as np
import numpy.typing as npt

from backend.domain.errors import InvalidOption
from backend.engines.gfpgan.seams import Enlarger
from backend.media.types import FloatImage

AnyDepth: TypeAlias = npt.NDArray[np.uint8 | np.uint16]
"""(H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA; uint8 or uint16."""

AlphaBy: TypeAlias = Literal["network", "resize"]

_FULL_16 = 65535
_DEEP_ABOVE = 256  # a picture with a greater value counts as 16 bit, any other as 8 bit
_MULTIPLE = {2: 2, 1: 4}  # scale -> what sides are padded to a multiple of


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialTiles:
    """How a picture is cut.

    tile_px:    side of a tile; 0 = not cut at all
    pad_px:     how far a tile looks beyond its sides
    pre_pad_px: mirrored pixels added to the picture at the right and the bottom
    """

    tile_px: int = 0
    pad_px: int = 10
    pre_pad_px: int = 0

    def __post_init__(self) -> None:
        if min(self.tile_px, self.pad_px, self.pre_pad_px) < 0:
            raise InvalidOption("tiles and their paddings have no negative sizes", option="tile")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialBackground:
    """What the official restorer is given to enlarge the picture behind the faces, with its own defaults."""

    enlarger: Enlarger
    tiles: OfficialTiles = OfficialTiles(tile_px=400)

    def __call__(self, photo: AnyDepth, outscale: float) -> AnyDepth:
        """`enlarge_officially`, to `outscale` times the size."""
        return enlarge_officially(photo, self.enlarger, outscale=outscale, tiles=self.tiles)


def enlarge_officially(
    picture: AnyDepth,
    enlarger: Enlarger,
    *,
    outscale: float | None = None,
    tiles: OfficialTiles = OfficialTiles(),
    alpha: AlphaBy = "network",
) -> AnyDepth:
    """The picture in its own layout, at `outscale` times its size.

    outscale: None = the network's own; another is reached with Lanczos, and whole pixels are cut, not rounded
    alpha:    whether transparency goes through the network too, or is resized
    returns:  gray, RGB or RGBA as given; uint16 where a value exceeded 256, uint8 otherwise
    """
    full = _FULL_16 if picture.max() > _DEEP_ABOVE else 255
    unit = picture.astype(np.float32) / np.float32(full)
    if unit.ndim == 2:
        made = _gray(_enlarged(_three(unit), enlarger, tiles))
    elif unit.shape[2] == 4:
        opaque = _enlarged(unit[..., :3], enlarger, tiles)
        clear = unit[..., 3]
        if alpha == "network":
            veil = _gray(_enlarged(_three(clear), enlarger, tiles))
        else:
            size = (clear.shape[1] * enlarger.scale, clear.shape[0] * enlarger.scale)
            veil = np.asarray(cv2.resize(clear, size, interpolation=cv2.INTER_LINEAR), np.float32)
        made = np.dstack((opaque, veil))
    else:
        made = _enlarged(unit, enlarger, tiles)
    levels = np.rint(made * np.float32(full))
    whole: AnyDepth = levels.astype(np.uint16) if full == _FULL_16 else levels.astype(np.uint8)
    if outscale is None or outscale == enlarger.scale:
        return whole
    size = (int(picture.shape[1] * outscale), int(picture.shape[0] * outscale))
    return cast(AnyDepth, cv2.resize(whole, size, interpolation=cv2.INTER_LANCZOS4))


def _enlarged(unit: FloatImage, enlarger: Enlarger, tiles: OfficialTiles) -> FloatImage:
    """float32 (H, W, 3) RGB in [0, 1] -> (H * scale, W * scale, 3) in [0, 1]."""
    height, width = unit.shape[:2]
    scale, multiple = enlarger.scale, _MULTIPLE.get(enlarger.scale, 1)
    wide = _mirrored(unit, tiles.pre_pad_px, tiles.pre_pad_px)
    wide = _mirrored(wide, -wide.shape[0] % multiple, -wide.shape[1] % multiple)
    if tiles.tile_px == 0:
        made = enlarger(wide)
    else:
        made = np.empty((wide.shape[0] * scale, wide.shape[1] * scale, 3), np.float32)
        for y in _spans(wide.shape[0], tiles):
            for x in _spans(wide.shape[1], tiles):
                tile = enlarger(wide[y.seen_from : y.seen_to, x.seen_from : x.seen_to])
                made[y.kept(scale), x.kept(scale)] = tile[y.of_tile(scale), x.of_tile(scale)]
    return made[: height * scale, : width * scale].clip(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Span:
    """One tile along one axis, in pixels of the picture."""

    start: int
    end: int
    seen_from: int
    seen_to: int

    def kept(self, scale: int) -> slice:
        return slice(self.start * scale, self.end * scale)

    def of_tile(self, scale: int) -> slice:
        start = (self.start - self.seen_from) * scale
        return slice(start, start + (self.end - self.start) * scale)


def _spans(side_px: int, tiles: OfficialTiles) -> Iterator[_Span]:
    for start in range(0, side_px, tiles.tile_px):
        end = min(start + tiles.tile_px, side_px)
        yield _Span(start, end, max(start - tiles.pad_px, 0), min(end + tiles.pad_px, side_px))


def _mirrored(unit: FloatImage, down_px: int, right_px: int) -> FloatImage:
    return np.pad(unit, ((0, down_px), (0, right_px), (0, 0)), mode="reflect")


def _three(plane: FloatImage) -> FloatImage:
    return np.repeat(plane[..., None], 3, axis=2)


def _gray(rgb: FloatImage) -> FloatImage:
    # Blue first: the official code adds the channels up in that order, and the last bit shows it.
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(rgb[..., ::-1]), cv2.COLOR_BGR2GRAY), np.float32)
