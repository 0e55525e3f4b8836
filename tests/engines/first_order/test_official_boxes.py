"""PaddleGAN's crops; the whole table of forty cases is compared by `parity`."""

import pytest

from backend.engines.first_order.official_boxes import (
    OfficialCrop,
    crops_to_animate,
    official_crops,
    paste_disc,
)
from backend.evaluation.parity.families import check
from tests.networks.fixtures import fixture
from tests.shared_data import needs_shared

FACE, SAME_FACE, OTHER = (100, 120, 220, 260), (104, 118, 222, 262), (400, 100, 480, 200)


def test_a_crop_is_a_face_and_its_surroundings_within_the_photo() -> None:
    (crop,) = official_crops([FACE], 640, 480)
    (cut,) = official_crops([FACE], 240, 300)

    assert crop == OfficialCrop(48, 50, 272, 330, 62720)
    assert cut == OfficialCrop(48, 50, 240, 300, 48000)


def test_of_two_that_overlap_the_first_is_kept_and_not_the_larger() -> None:
    crops = official_crops([FACE, SAME_FACE, OTHER], 640, 480)

    assert len(crops) == 2
    assert crops[0] == official_crops([FACE], 640, 480)[0]


def test_one_person_is_the_first_that_was_found() -> None:
    crops = official_crops([OTHER, FACE], 640, 480)

    assert crops_to_animate(crops, multi_person=False) == crops[:1]
    assert crops_to_animate(crops, multi_person=True) == crops
    assert crops_to_animate([], multi_person=False) == []


@pytest.mark.parametrize(("ratio", "radius"), [(0.4, 112), (0.5, 140), (1.0, 280)])
def test_the_disc_s_radius_is_a_share_of_the_crop_s_height(ratio: float, radius: int) -> None:
    disc = paste_disc(OfficialCrop(48, 50, 272, 330, 62720), ratio)

    assert disc == (160, 190, radius)


@needs_shared("parity")
def test_all_cases_of_the_table_come_out_the_same() -> None:
    findings = check(fixture("paddle_boxes"))

    assert len(findings) == 40
    assert all(one.outcome == "ok" for one in findings)
