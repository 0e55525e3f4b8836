"""What a picture is, without decoding it. Fast and cheap enough for the web process."""

from dataclasses import dataclass
from typing import BinaryIO

from backend.media.metadata import is_stored_sideways
from backend.media.opening import ImageLimits, decoder_errors, open_picture

DEFAULT_LIMITS = ImageLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """A picture's type by content and its size as shown: upright."""

    mime: str
    width_px: int
    height_px: int


def probe_image(stream: BinaryIO, limits: ImageLimits = DEFAULT_LIMITS) -> ImageFacts:
    """Type and upright size, from the header only.

    stream: seekable; read from its start, left anywhere
    raises: UnsupportedMedia, UnreadableImage, ImageTooLarge, ImageTooSmall
    """
    picture, picture_type = open_picture(stream, limits)
    with decoder_errors():
        width_px, height_px = picture.size
        if is_stored_sideways(picture):
            width_px, height_px = height_px, width_px
    return ImageFacts(mime=picture_type.mime, width_px=width_px, height_px=height_px)
