"""Whatever a file means by its numbers -> sRGB on white.

Kept apart from decoding because every colour mode of every format ends here.
"""

import io
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

_GRAY_MODES = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16B", "I;16L", "I;16N"})


def is_gray_mode(mode: str) -> bool:
    """True where a Pillow mode holds no colour."""
    return mode in _GRAY_MODES


def to_srgb(picture: Image.Image) -> Image.Image:
    """A decoded picture of any mode -> mode RGB, sRGB, transparency shown on white.

    Embedded profiles are applied; one that is broken or of the wrong kind is ignored.
    """
    shown, alpha = to_srgb_and_alpha(picture)
    return shown if alpha is None else on_white(shown, alpha)


def to_srgb_and_alpha(picture: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """The same without a ground: mode RGB as if nothing were transparent, and mode L where something is.

    What cannot be seen at all is white: any colour may stand in a file there.
    """
    colour, alpha = _split_alpha(picture)
    shown = _apply_profile(_eight_bit(colour), picture.info.get("icc_profile"))
    if alpha is None or alpha.getextrema() == (255, 255):
        return shown, None
    seen = alpha.point(lambda value: 255 if value else 0)
    return Image.composite(shown, Image.new("RGB", shown.size, "white"), seen), alpha


def on_white(colour: Image.Image, alpha: Image.Image) -> Image.Image:
    """Mode RGB: how it looks on paper."""
    return Image.composite(colour, Image.new("RGB", colour.size, "white"), alpha)


@cache
def srgb_profile() -> bytes:
    """The sRGB profile that results carry: the same bytes every day."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes.fromhex("07d000010001000000000000")  # creation date: 2000-01-01, not now
    profile[84:100] = bytes(16)  # no profile id
    return bytes(profile)


def largest_profile_shift(picture: Image.Image) -> int:
    """How many levels the embedded profile moves a colour at most; 0 where there is none. Reads no pixel."""
    if picture.mode == "L":
        colours = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    else:
        cube = np.stack(np.meshgrid(*[np.arange(0, 256, 17, dtype=np.uint8)] * 3), axis=-1)
        colours = Image.fromarray(cube.reshape(1, -1, 3))
    shown = np.asarray(_apply_profile(colours, picture.info.get("icc_profile")), np.int16)
    return int(np.abs(shown - np.asarray(colours.convert("RGB"), np.int16)).max())


def _split_alpha(picture: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    if not picture.has_transparency_data or picture.mode.startswith("I"):
        return picture, None
    if picture.mode == "LA":
        return picture.getchannel("L"), picture.getchannel("A")
    with_alpha = picture.convert("RGBA")
    return with_alpha.convert("RGB"), with_alpha.getchannel("A")


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Bring a mode to one that profiles know: L, RGB, CMYK or LAB."""
    if picture.mode in ("L", "RGB", "CMYK", "LAB"):
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode.startswith("I") or picture.mode == "F":
        full_scales = (65535.0,) if picture.mode.startswith("I;16") else (1.0, 255.0, 65535.0)
        return Image.fromarray(_scaled_to_byte(np.asarray(picture).astype(np.float64), full_scales))
    return picture.convert("RGB")


def _scaled_to_byte(values: npt.NDArray[np.float64], full_scales: tuple[float, ...]) -> npt.NDArray[np.uint8]:
    """Deep gray -> 8 bits by the smallest full scale that holds the brightest value."""
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    brightest = float(values.max(initial=0.0))
    full_scale = next((scale for scale in full_scales if brightest <= scale), brightest)
    return np.clip(np.rint(values * (255.0 / full_scale)), 0, 255).astype(np.uint8)


def _apply_profile(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if picture.mode == "LAB":
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    if not profile:
        return picture.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if ImageCms.getProfileDescription(source).strip().startswith("sRGB"):
            return picture.convert("RGB")  # the detour through the profile would only add rounding
        target = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
        transform = ImageCms.buildTransform(
            source,
            target,
            picture.mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        shown = ImageCms.applyTransform(picture, transform)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture.convert("RGB")
    return shown if shown is not None else picture.convert("RGB")
