import cv2
import numpy as np

from backend.engines.api import Colour
from backend.engines.builtin.restoration.borders import find_border
from backend.engines.builtin.restoration.planes import luma
from backend.engines.builtin.restoration.tone import Channels
from backend.engines.builtin.restoration.toning import correct_piece, correct_tone, even_light, plan_tone
from backend.media.types import FloatImage
from tests.engines.builtin.restoration.pictures import (
    a_float_portrait,
    a_sepia_portrait,
    faded,
    with_grain,
)

MARGIN_PX = 24
CARD = (205.0, 180.0, 140.0)
WHITE = (246.0, 242.0, 236.0)


def on_card(photo: FloatImage, card: Channels = CARD) -> FloatImage:
    rim_px = MARGIN_PX
    mounted = cv2.copyMakeBorder(photo, rim_px, rim_px, rim_px, rim_px, cv2.BORDER_CONSTANT, value=card)
    return np.asarray(mounted, np.float32)


def toned(photo: FloatImage, colour: Colour, *, is_mono: bool) -> tuple[FloatImage, list[str]]:
    """The photo after the tone step, and its notes."""
    changed = photo.copy()
    plan = plan_tone(changed, find_border(photo), colour, is_mono=is_mono, is_old=True)
    correct_tone(changed, plan)
    notes = plan.notes()
    return changed, notes


def test_a_card_stays_as_it_is_while_its_picture_is_corrected() -> None:
    photo = on_card(faded(a_sepia_portrait(), (60.0, 60.0, 60.0)))

    corrected, notes = toned(photo, "auto", is_mono=True)

    assert notes == ["contrast_restored"]
    change = np.abs(corrected - photo).max(axis=2)
    assert change[: MARGIN_PX - 6].max() == change[:, : MARGIN_PX - 6].max() == 0.0
    assert change[MARGIN_PX + 40 : -MARGIN_PX - 40, MARGIN_PX + 40 : -MARGIN_PX - 40].max() > 10
    assert luma(corrected).min() < luma(photo).min() - 15


def test_the_correction_begins_at_a_card_without_a_halo() -> None:
    levels = np.random.default_rng(0).uniform(60, 150, (12, 12, 1)).astype(np.float32)
    levels[5] = 70.0
    photo = on_card(np.asarray(levels.repeat(20, 0).repeat(20, 1).repeat(3, 2), np.float32))

    corrected, _ = toned(photo, "auto", is_mono=True)

    row = (corrected - photo)[MARGIN_PX + 110, : MARGIN_PX + 50, 0]  # through one grey
    steps = np.abs(np.diff(row))
    assert abs(row[-1]) > 5
    assert steps.max() < 0.7 * abs(row[-1])  # not all at one pixel,
    assert steps.sum() < 1.05 * abs(row[-1])  # and not up and down again


def test_keep_keeps_everything() -> None:
    photo = faded(a_sepia_portrait(), (60.0, 60.0, 60.0))

    kept, notes = toned(photo, "keep", is_mono=True)

    assert notes == []
    assert np.array_equal(kept, photo)


def test_neutral_makes_a_sepia_print_grey_and_corrects_it_as_usual() -> None:
    photo = faded(a_sepia_portrait(), (60.0, 60.0, 60.0))
    usual, _ = toned(photo, "auto", is_mono=True)

    grey, notes = toned(photo, "neutral", is_mono=True)

    assert notes == ["contrast_restored", "tint_removed"]
    assert np.ptp(grey, axis=2).max() == 0.0
    assert np.abs(luma(grey) - luma(usual)).max() < 0.01


def test_neutral_has_nothing_to_take_from_a_grey_print() -> None:
    grey = np.repeat(luma(a_float_portrait())[..., None], 3, axis=2)

    _, notes = toned(grey, "neutral", is_mono=True)

    assert notes == []


def test_neutral_balances_a_colour_photo_that_shows_no_fault() -> None:
    warm = np.asarray(a_float_portrait() * np.array([1.0, 0.85, 0.7], np.float32), np.float32)

    usual, _ = toned(warm, "auto", is_mono=False)
    balanced, notes = toned(warm, "neutral", is_mono=False)

    assert np.array_equal(usual, warm)
    assert notes == ["cast_removed"]
    means_before, means_after = warm.mean((0, 1)), balanced.mean((0, 1))
    assert means_after[2] / means_after[0] > means_before[2] / means_before[0] + 0.1


def test_a_lamp_on_a_print_with_a_margin_is_evened() -> None:
    photo = on_card(a_float_portrait(), WHITE)
    light = np.linspace(1.0, 0.6, photo.shape[1], dtype=np.float32)[None, :, None]
    lit = with_grain(photo * light, 2.0)

    notes = even_light(lit, find_border(lit))

    assert notes == ["light_evened"]
    left, right = lit[:, 4:12].mean(), lit[:, -12:-4].mean()
    assert abs(left - right) < 0.05 * left  # it was 40 %


def test_even_light_is_left_alone() -> None:
    photo = with_grain(on_card(a_float_portrait()), 2.0)
    before = photo.copy()

    assert even_light(photo, find_border(photo)) == []
    assert np.array_equal(photo, before)


def test_a_piece_cut_out_before_ends_as_the_same_piece_of_the_whole() -> None:
    photo = faded(a_sepia_portrait(), (60.0, 60.0, 60.0))
    plan = plan_tone(photo, None, "auto", is_mono=True, is_old=True)
    piece = photo[40:90, 30:110].copy()

    correct_tone(photo, plan)

    assert not plan.is_idle
    assert np.abs(correct_piece(piece, plan) - photo[40:90, 30:110]).max() < 0.01  # float32 arithmetic
