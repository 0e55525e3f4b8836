"""Deblocking with a file's own quantiser, on files that are really written and opened."""

import io
from functools import partial

import cv2
import numpy as np
import pytest
from PIL import ExifTags, Image

from backend.engines.builtin.restoration.bands import by_bands
from backend.engines.builtin.restoration.deblock import deblock, is_coarse
from backend.engines.builtin.restoration.planes import luma
from backend.media.images import Photo, decode_photo
from backend.media.jpeg_coding import JpegCoding
from backend.media.metadata import upright
from backend.media.types import FloatImage, RgbImage
from tests.builders import a_portrait
from tests.engines.builtin.restoration.pictures import psnr


def a_scene(height_px: int = 203, width_px: int = 157) -> RgbImage:
    """The portrait with soft texture, at sides that are no multiple of 8."""
    texture = np.random.default_rng(4).normal(0.0, 12.0, (height_px, width_px, 3))
    soft = cv2.GaussianBlur(texture, (0, 0), 1.5)
    scene: RgbImage = np.clip(a_portrait()[:height_px, :width_px] + soft, 0, 255).astype(np.uint8)
    return scene


def opened(pixels: RgbImage, quality: int, subsampling: str = "4:2:0", orientation: int = 1) -> Photo:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    target = io.BytesIO()
    Image.fromarray(pixels).save(
        target, "JPEG", quality=quality, subsampling=subsampling, exif=exif.tobytes()
    )
    return decode_photo(target.getvalue())


def mended(photo: Photo, *, with_chroma: bool = True) -> FloatImage:
    return deblock(photo.pixels.astype(np.float32), coding_of(photo), with_chroma=with_chroma)


def coding_of(photo: Photo) -> JpegCoding:
    assert photo.jpeg is not None
    return photo.jpeg


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("quality", [10, 30, 50, 75])
def test_the_photo_comes_closer_to_what_was_coded(quality: int, subsampling: str) -> None:
    photo = opened(a_scene(), quality, subsampling)

    gain_db = psnr(mended(photo), a_scene()) - psnr(photo.pixels, a_scene())

    assert gain_db > 0.4  # 0.6 to 2 on photographs; a drawing has fewer edges of their kind


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("subsampling", ["4:2:2", "4:2:0"])
def test_a_turned_photo_is_mended_as_well_as_an_upright_one(subsampling: str, orientation: int) -> None:
    shown = np.asarray(upright(Image.fromarray(a_scene()), orientation))

    def gain_db(photo: Photo, truth: RgbImage) -> float:
        return psnr(mended(photo), truth) - psnr(photo.pixels, truth)

    straight = gain_db(opened(a_scene(), 30, subsampling), a_scene())
    turned = gain_db(opened(a_scene(), 30, subsampling, orientation), shown)

    # The gates were fitted to both directions alike, but are not symmetric; a wrong grid costs 0.3 and more.
    assert turned == pytest.approx(straight, abs=0.1)


def test_a_gray_file_stays_gray() -> None:
    target = io.BytesIO()
    Image.fromarray(a_scene()).convert("L").save(target, "JPEG", quality=30)
    photo = decode_photo(target.getvalue())

    result = mended(photo)

    assert np.ptp(result, axis=2).max() < 1e-3
    assert psnr(result, np.asarray(Image.fromarray(a_scene()).convert("L").convert("RGB"))) > psnr(
        photo.pixels, np.asarray(Image.fromarray(a_scene()).convert("L").convert("RGB"))
    )


def test_without_chroma_only_brightness_changes() -> None:
    photo = opened(a_scene(), 30)

    change = mended(photo, with_chroma=False) - photo.pixels

    assert np.abs(change - luma(change)[..., None]).max() < 1e-2  # float32 of 255
    assert np.abs(change).max() > 1


def test_bands_leave_no_seam() -> None:
    tall = opened(np.tile(a_scene(), (6, 1, 1)), 30)
    whole = mended(tall)

    banded = by_bands(
        tall.pixels.astype(np.float32),
        partial(deblock, coding=coding_of(tall), with_chroma=True),
        lambda _: None,
    )

    assert np.abs(banded - whole).max() < 0.05  # the tail of the inverse filter of halved colour


@pytest.mark.parametrize("shape", [(16, 16), (17, 16), (16, 300), (300, 17)])
def test_the_smallest_pictures_can_be_mended(shape: tuple[int, int]) -> None:
    photo = opened(np.resize(a_scene(), (*shape, 3)), 30)

    assert mended(photo).shape == (*shape, 3)


@pytest.mark.parametrize(("quality", "expected"), [(30, True), (85, True), (90, False), (95, False)])
def test_fine_quantisers_are_left_alone(quality: int, expected: bool) -> None:
    assert is_coarse(coding_of(opened(a_scene(), quality))) == expected
