from math import ceil

import numpy as np
import pytest

from backend.domain.errors import NoFaceFound
from backend.engines.animation_api import DrivingClip
from backend.engines.api import no_checkpoint
from backend.engines.clips.stretch import Look, Stretch
from backend.engines.faces.boxes import Box
from backend.engines.first_order.crops import FACE_TO_SQUARE, face_box_in
from backend.engines.first_order.driver_crop import Driver, cropped_frames, find_driver, square_throughout
from backend.evaluation.following import as_clip
from backend.media.types import RgbImage
from tests.engines.first_order.drivers import Finder

MIDDLE = (0.3, 0.3, 0.5, 0.5)
RIGHT = (0.7, 0.3, 0.85, 0.45)


def a_stretch(seconds: float = 2.0) -> Stretch:
    look = Look(at_s=0.0, shot=0, quality=1.0)
    return Stretch(start_s=0.0, seconds=seconds, looks=(look,), is_cut=False, is_part=False)


def a_clip_of(width_px: int = 200, height_px: int = 160, count: int = 50) -> DrivingClip:
    """Every pixel says where it is: red across, green down."""
    frame: RgbImage = np.zeros((height_px, width_px, 3), np.uint8)
    frame[..., 0] = np.arange(width_px) % 256
    frame[..., 1] = np.arange(height_px)[:, None] % 256
    return as_clip([frame] * count)


def followed(finder: Finder) -> Driver:
    return find_driver(a_clip_of(), a_stretch(), finder, no_checkpoint)


def test_the_square_is_framed_as_a_photo_is() -> None:
    driver = followed(Finder([MIDDLE]))

    assert driver.square.side == round(FACE_TO_SQUARE * 0.2 * 200)
    x1, y1, x2, y2 = face_box_in(driver.square.side)
    at = (driver.square.x + x1, driver.square.y + y1, driver.square.x + x2, driver.square.y + y2)
    assert at == pytest.approx([0.3 * 200, 0.3 * 200, 0.5 * 200, 0.5 * 200], abs=1.0)  # whole pixels


def test_a_frame_that_is_off_does_not_move_the_square() -> None:
    still = followed(Finder([MIDDLE]))

    shaken = followed(Finder([MIDDLE], [(0.31, 0.3, 0.51, 0.5)], [MIDDLE]))

    assert shaken.square == still.square


def test_a_face_that_wanders_off_is_still_inside() -> None:
    boxes = np.array([(40, 40, 80, 80)] * 5 + [(110, 40, 150, 80)])

    square = square_throughout(boxes, (400, 400))

    assert square.x <= 40
    assert square.x + square.side >= 150


def test_the_largest_face_is_followed_through_the_clip() -> None:
    driver = followed(Finder([RIGHT, MIDDLE], [MIDDLE, RIGHT], [RIGHT], [MIDDLE, RIGHT]))

    assert driver.is_one_of_several
    assert {look.box for look in driver.looks} == {(60.0, 60.0, 100.0, 100.0), None}


def test_people_far_behind_and_one_wrong_look_are_no_crowd() -> None:
    behind = (0.7, 0.3, 0.75, 0.35)

    assert not followed(Finder([MIDDLE, behind])).is_one_of_several
    assert not followed(Finder([MIDDLE, RIGHT], [MIDDLE])).is_one_of_several


def test_a_face_that_is_gone_half_of_the_time_is_told() -> None:
    assert followed(Finder(*([[MIDDLE], []] * 8))).is_lost
    assert not followed(Finder([MIDDLE], [], [MIDDLE])).is_lost


def test_nobody_is_refused() -> None:
    with pytest.raises(NoFaceFound):
        followed(Finder([]))


def test_looks_are_few_however_long_the_clip_and_name_its_frames() -> None:
    finder = Finder([MIDDLE])

    driver = find_driver(a_clip_of(count=500), a_stretch(20.0), finder, no_checkpoint)

    assert finder.count <= 17
    frames = [look.frame for look in driver.looks]
    assert frames[0] == 0
    assert frames == sorted(set(frames))
    assert 450 < frames[-1] < 500


def test_crops_show_the_square_at_the_networks_size() -> None:
    clip = a_clip_of()
    driver = followed(Finder([MIDDLE]))

    crops = list(cropped_frames(clip, a_stretch(), driver, 39))

    assert len(crops) == 50
    assert all(crop.shape == (39, 39, 3) for crop in crops)
    middle = crops[0][19, 19].astype(float) * 2  # 78 px on 39: two pixels a pixel
    square = driver.square
    assert middle[0] / 2 == pytest.approx(square.x + square.side / 2, abs=1.0)
    assert middle[1] / 2 == pytest.approx(square.y + square.side / 2, abs=1.0)


@pytest.mark.parametrize("box", [(0.0, 0.1, 0.3, 0.4), (0.7, 0.4, 1.0, 0.7), (0.4, 0.0, 0.9, 0.5)])
def test_a_face_at_the_edge_is_not_mirrored(box: Box) -> None:
    driver = followed(Finder([box]))

    square = driver.square
    assert square.shown(*driver.size_px) == (
        square.x,
        square.y,
        square.x + square.side,
        square.y + square.side,
    )
    assert square.x <= driver.face[0]
    assert square.x + square.side >= driver.face[2]


def test_beyond_a_picture_that_is_too_small_the_crop_is_mirrored() -> None:
    driver = followed(Finder([(0.2, 0.05, 0.85, 0.7)]))  # 130 px of a picture that is 160 high

    crop = next(cropped_frames(a_clip_of(), a_stretch(), driver, driver.square.side))

    assert driver.square.side == ceil(130 / 0.75)
    above = -driver.square.y  # rows before the picture begins
    assert above > 2
    assert crop[above - 2, 10, 1] == crop[above + 2, 10, 1] == 2


@pytest.mark.parametrize(("width_px", "is_cropped"), [(170, False), (300, True)])
def test_a_picture_that_is_used_as_it_is_is_not_called_cropped(width_px: int, is_cropped: bool) -> None:
    half = 40 / width_px
    face = (0.5 - half, 40 / width_px, 0.5 + half, 120 / width_px)

    driver = find_driver(a_clip_of(width_px, 160), a_stretch(), Finder([face]), no_checkpoint)

    assert driver.is_cropped is is_cropped
