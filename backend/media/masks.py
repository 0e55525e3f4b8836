"""A person's own mask of what to repair: a picture whose white parts are meant.

Kept apart from photos because other rules hold: what is transparent is not marked, and a mask may be coarser
than its photo by a whole number, so that a phone can paint one for a large scan.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np
from PIL import Image

from backend.domain.errors import ImageTooLarge, InvalidOption, UnreadableImage, UnsupportedMedia
from backend.media.colour import to_srgb
from backend.media.metadata import orientation_of, upright
from backend.media.opening import ImageLimits, decoder_errors, open_picture
from backend.media.probe import ImageFacts, probe_image
from backend.media.types import Mask

LOSSLESS_MIMES = frozenset({"image/png", "image/bmp", "image/gif", "image/tiff"})
_MARKED_FROM = 128  # of 255


def probe_mask(stream: BinaryIO, photo_size_px: tuple[int, int]) -> ImageFacts:
    """Type and upright size of a mask for a photo of this width and height, from the header only.

    stream: seekable; read from its start, left anywhere
    raises: InvalidOption where it cannot be this photo's mask
    """
    with _as_option(photo_size_px):
        facts = probe_image(stream, _limits(photo_size_px))
    _require_lossless(facts.mime)
    _block_px((facts.width_px, facts.height_px), photo_size_px)
    return facts


def decode_mask(data: bytes, photo_size_px: tuple[int, int]) -> Mask:
    """A mask's file -> float32 (height, width) of the photo, 1.0 where it is marked and 0.0 elsewhere.

    Half white and more counts as marked, transparent parts do not. A mask of ceil(width / n) by
    ceil(height / n) pixels, for the smallest whole n that fits, marks n by n pixels of the photo with each.
    raises: InvalidOption where it cannot be this photo's mask
    """
    with _as_option(photo_size_px):
        picture, picture_type = open_picture(io.BytesIO(data), _limits(photo_size_px))
        _require_lossless(picture_type.mime)
        with decoder_errors():
            picture.load()
            shown = upright(_on_black(picture).convert("L"), orientation_of(picture))
    block_px = _block_px(shown.size, photo_size_px)
    marked = np.asarray(shown) >= _MARKED_FROM
    width_px, height_px = photo_size_px
    # Cut after each way: one pixel that stands for a long strip would else become a large square.
    high = marked.repeat(block_px, axis=0)[:height_px]
    return high.repeat(block_px, axis=1)[:, :width_px].astype(np.float32)


def marked_share(mask: Mask) -> float:
    """How much of the picture is marked, 0.0 to 1.0."""
    return float(np.count_nonzero(mask > 0.5) / mask.size)


def _require_lossless(mime: str) -> None:
    if mime not in LOSSLESS_MIMES:
        raise InvalidOption("a mask is a PNG, BMP, GIF or TIFF picture", option="mask")


def _block_px(mask_size_px: tuple[int, int], photo_size_px: tuple[int, int]) -> int:
    """How many pixels of the photo, each way, one of the mask stands for. Raises InvalidOption."""
    block_px = max(-(-photo // mask) for photo, mask in zip(photo_size_px, mask_size_px, strict=True))
    if mask_size_px != tuple(-(-side // block_px) for side in photo_size_px):
        raise _wrong_size(photo_size_px)
    return block_px


def _wrong_size(photo_size_px: tuple[int, int]) -> InvalidOption:
    width_px, height_px = photo_size_px
    return InvalidOption(
        f"the mask must be {width_px} x {height_px} pixels, or a whole fraction of that", option="mask"
    )


def _limits(photo_size_px: tuple[int, int]) -> ImageLimits:
    """A mask is never larger than its photo, whatever it claims to be."""
    width_px, height_px = photo_size_px
    return ImageLimits(max_pixels=width_px * height_px, max_side_px=max(photo_size_px), min_side_px=1)


def _on_black(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data or picture.mode.startswith("I"):
        return to_srgb(picture)
    with_alpha = picture.convert("RGBA")
    black = Image.new("RGBA", with_alpha.size, "black")
    return Image.alpha_composite(black, with_alpha)


@contextmanager
def _as_option(photo_size_px: tuple[int, int]) -> Iterator[None]:
    try:
        yield
    except ImageTooLarge as error:
        raise _wrong_size(photo_size_px) from error
    except (UnsupportedMedia, UnreadableImage) as error:
        raise InvalidOption(f"the mask cannot be used: {error}", option="mask") from error
