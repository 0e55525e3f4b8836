"""What a JPEG's header says about the upright picture, held against the picture's own coefficients."""

import io
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms

from backend.media.images import Photo, decode_photo
from backend.media.jpeg_coding import JpegCoding, Steps
from tests.media.files import a_file, a_wide_gamut_profile, exif_with, saved

WIDTH_PX, HEIGHT_PX = 157, 91  # no multiples of 8 or 16
RATIOS = {"4:4:4": (1, 1), "4:2:2": (1, 2), "4:2:0": (2, 2)}  # down, across, as stored


def a_jpeg(orientation: int = 1, mode: Literal["RGB", "L"] = "RGB", **options: object) -> Photo:
    """Soft random shapes, no colour near the ends of the scale, where decoded numbers are cut off."""
    random = np.random.default_rng(3).uniform(0, 255, (HEIGHT_PX, WIDTH_PX, 3))
    shapes = cv2.GaussianBlur(random, (0, 0), 2.5)
    pixels = np.clip(128 + 2.5 * (shapes - shapes.mean()), 40, 215).astype(np.uint8)
    picture = Image.fromarray(pixels).convert(mode)
    return decode_photo(saved(picture, "JPEG", quality=40, exif=exif_with(orientation).tobytes(), **options))


def distance_to_steps(
    plane: npt.NDArray[np.floating | np.integer], steps: Steps, missing_px: tuple[int, int]
) -> float:
    """Mean distance of the whole blocks' coefficients to a multiple of the step, in steps."""
    top, left = (-missing % 8 for missing in missing_px)
    distances = []
    for y in range(top, plane.shape[0] - 7, 8):
        for x in range(left, plane.shape[1] - 7, 8):
            coefficients = cv2.dct(plane[y : y + 8, x : x + 8].astype(np.float64) - 128).ravel()
            quotients = coefficients / np.array(steps)
            distances.append(np.abs(quotients - np.rint(quotients)))
    return float(np.mean(distances))


def luma_of(photo: Photo) -> npt.NDArray[np.float64]:
    return np.asarray(photo.pixels @ np.array([0.299, 0.587, 0.114]))


def coding_of(photo: Photo) -> JpegCoding:
    assert photo.jpeg is not None
    return photo.jpeg


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("subsampling", RATIOS)
def test_the_grid_lies_where_the_coding_says(subsampling: str, orientation: int) -> None:
    photo = a_jpeg(orientation, subsampling=subsampling)

    coding = coding_of(photo)

    # 0.02: decoded numbers are rounded to whole levels, steps are 8 and more
    assert distance_to_steps(luma_of(photo), coding.luma_steps, coding.missing_px) < 0.02
    ratio = RATIOS[subsampling]
    assert coding.chroma_ratio == (ratio if orientation < 5 else ratio[::-1])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_whole_colour_lies_on_the_same_grid(orientation: int) -> None:
    photo = a_jpeg(orientation, subsampling="4:4:4")
    blueness = photo.pixels @ np.array([-0.168736, -0.331264, 0.5]) + 128

    coding = coding_of(photo)

    assert coding.chroma_steps is not None
    assert distance_to_steps(blueness, coding.chroma_steps, coding.missing_px) < 0.02


def test_a_grid_elsewhere_is_told_from_the_right_one() -> None:
    photo = a_jpeg()

    assert distance_to_steps(luma_of(photo), coding_of(photo).luma_steps, (3, 0)) > 0.05


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_gray_files_have_no_colour_steps(orientation: int) -> None:
    photo = a_jpeg(orientation, mode="L")

    coding = coding_of(photo)

    assert coding.chroma_steps is None
    assert coding.chroma_ratio == (1, 1)
    assert distance_to_steps(photo.pixels[..., 0], coding.luma_steps, coding.missing_px) < 0.02


def test_other_types_and_other_colour_spaces_have_none() -> None:
    cmyk = Image.open(io.BytesIO(a_file("PNG"))).convert("CMYK")

    assert decode_photo(a_file("PNG")).jpeg is None
    assert decode_photo(a_file("WEBP")).jpeg is None
    assert decode_photo(saved(cmyk, "JPEG")).jpeg is None
    assert decode_photo(a_file("JPEG", keep_rgb=True)).jpeg is None


def test_a_profile_that_moves_colours_takes_the_coding_away() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    assert decode_photo(a_file("JPEG", icc_profile=a_wide_gamut_profile())).jpeg is None
    assert decode_photo(a_file("JPEG", icc_profile=srgb)).jpeg is not None
    assert decode_photo(a_file("JPEG", icc_profile=b"no profile at all")).jpeg is not None


@pytest.mark.parametrize("steps", [(1,) * 63, (0,) + (1,) * 63])
def test_a_quantiser_that_cannot_be_is_refused(steps: Steps) -> None:
    with pytest.raises(ValueError, match="64 positive steps"):
        JpegCoding(luma_steps=steps, chroma_steps=None)
