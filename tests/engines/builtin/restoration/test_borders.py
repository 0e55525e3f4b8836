import cv2
import numpy as np
import pytest
from PIL import Image

from backend.engines.builtin.restoration.borders import find_border, inside, paper_of, picture_share
from backend.media.types import FloatImage
from tests.engines.builtin.restoration.pictures import a_float_portrait, with_grain
from tests.shared_data import SHARED, needs_shared

Colour = tuple[float, float, float]
BLACK, WHITE, CARD = (8.0, 8.0, 10.0), (240.0, 237.0, 226.0), (226.0, 205.0, 170.0)


def on(colour: Colour, photo: FloatImage, top: int, bottom: int, left: int, right: int) -> FloatImage:
    return np.asarray(
        cv2.copyMakeBorder(photo, top, bottom, left, right, cv2.BORDER_CONSTANT, value=colour), np.float32
    )


@pytest.mark.parametrize("colour", [BLACK, WHITE, CARD])
def test_a_border_is_found_to_a_hundredth_of_the_side(colour: Colour) -> None:
    photo = with_grain(on(colour, a_float_portrait(), 20, 60, 16, 24), 4.0)

    border = find_border(photo)

    assert border is not None
    height_px, width_px = photo.shape[:2]
    truth = 20 / height_px, 60 / height_px, 16 / width_px, 24 / width_px
    assert border.inner == pytest.approx(truth, abs=0.015)  # four pixels of these
    assert border.is_paper is (colour != BLACK)


def test_a_card_on_a_scanners_lid_is_one_border_of_two_layers() -> None:
    card = on(CARD, a_float_portrait(), 20, 60, 20, 20)
    photo = with_grain(on(BLACK, card, 12, 12, 12, 12), 3.0)

    border = find_border(photo)

    assert border is not None
    rows, columns = inside(border, *photo.shape[:2])
    assert (rows.start, columns.start) == pytest.approx((32, 32), abs=5)
    is_paper = paper_of(border, *photo.shape[:2])
    assert photo[is_paper].min() > 150
    assert is_paper.mean() > 0.15


def test_lettering_on_a_card_is_card() -> None:
    photo = on(CARD, a_float_portrait(), 20, 70, 20, 20)
    cv2.putText(photo, "A. Studio", (90, 320), cv2.FONT_HERSHEY_COMPLEX, 0.9, (90, 70, 50), 1, cv2.LINE_AA)

    border = find_border(photo)

    assert border is not None
    assert border.inner[1] == pytest.approx(70 / photo.shape[0], abs=0.015)


def test_paper_under_a_lamp_is_found() -> None:
    light = np.linspace(1.0, 0.6, 296, dtype=np.float32)[None, :, None]

    assert find_border(with_grain(on(WHITE, a_float_portrait(), 20, 20, 20, 20) * light, 3.0)) is not None


def test_a_picture_without_a_border_has_none() -> None:
    assert find_border(a_float_portrait()) is None


def test_a_clear_sky_is_no_border() -> None:
    photo = a_float_portrait()
    photo[:70] = (200.0, 205.0, 215.0)

    assert find_border(photo) is None


def test_the_share_of_the_picture_rises_from_the_border_without_a_step() -> None:
    photo = on(CARD, a_float_portrait(), 20, 60, 16, 24)
    border = find_border(photo)
    assert border is not None

    down, across = picture_share(border, *photo.shape[:2])

    assert down[:18].max() == across[:14].max() == 0.0
    assert down[30:270].min() == across[30:260].min() == 1.0


@needs_shared("data/photos")
@needs_shared("data/clean")
def test_scenes_have_no_border() -> None:
    paths = [*(SHARED / "data/photos").glob("0[1-8]*"), *(SHARED / "data/clean").glob("*.jpg")]

    found = [path.name for path in paths if find_border(_read(path)) is not None]

    assert found == []


def _read(path: object) -> FloatImage:
    return np.asarray(Image.open(str(path)).convert("RGB"), np.float32)
