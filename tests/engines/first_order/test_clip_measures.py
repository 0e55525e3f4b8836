from dataclasses import replace

import numpy as np
import pytest

from backend.domain.films import ClipCheck
from backend.engines.first_order.clip_measures import FrameWatch, motion_checks, notes_of, picture_checks
from backend.engines.first_order.crops import Square, face_box_in
from backend.engines.first_order.driver_crop import Driver, DriverLook
from backend.engines.first_order.seams import KeypointArrays
from backend.media.types import RgbImage
from tests.engines.first_order.drivers import points_in
from tests.engines.first_order.motions import a_motion

SIDE = 64


def a_driver(*, nose: float = 0.5, aside_px: float = 0.0, looks: int = 5) -> Driver:
    x1, y1, x2, y2 = face_box_in(SIDE)
    box = (x1 + aside_px, y1, x2 + aside_px, y2)
    return Driver(
        square=Square(x=0, y=0, side=SIDE),
        face=box,
        size_px=(SIDE, SIDE),
        looks=tuple(
            DriverLook(frame=4 * index, box=box, points=points_in(box, nose=nose)) for index in range(looks)
        ),
        is_one_of_several=False,
    )


def a_picture(seed: int = 0) -> RgbImage:
    return np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def watched(pictures: list[RgbImage], driver: Driver | None = None) -> FrameWatch:
    watch = FrameWatch(driver or a_driver())
    for picture in pictures:
        watch.add(picture)
    return watch


def by_name(checks: tuple[ClipCheck, ...]) -> dict[str, ClipCheck]:
    return {check.name: check for check in checks}


def motion_check(name: str, motion: KeypointArrays) -> ClipCheck:
    return by_name(motion_checks(motion))[name]


def picture_check(
    name: str,
    *,
    motion: KeypointArrays | None = None,
    driver: Driver | None = None,
    pictures: list[RgbImage] | None = None,
) -> ClipCheck:
    motion, driver = motion or calm(), driver or a_driver()
    watch = watched(pictures or [a_picture()] * len(motion), driver)
    return by_name(picture_checks(motion, watch, driver))[name]


def calm(count: int = 60) -> KeypointArrays:
    """Begins and ends at rest, slowly."""
    rest = a_motion(1)
    swing = (np.sin(np.pi * np.arange(count) / (count - 1)) ** 4)[:, None, None] * 0.1
    return KeypointArrays((rest.value + swing).astype(np.float32), np.repeat(rest.jacobian, count, axis=0))


def changed(motion: KeypointArrays, frame: int, by: float) -> KeypointArrays:
    value = motion.value.copy()
    value[frame] += by
    return KeypointArrays(value, motion.jacobian)


def test_a_calm_clip_passes_everything() -> None:
    motion = calm()

    checks = (*picture_checks(motion, watched([a_picture()] * 60), a_driver()), *motion_checks(motion))

    assert {check.name for check in checks if not check.passed} == set()
    assert len(checks) == 9
    assert notes_of(checks) == ()


def test_a_trembling_clip_is_shaky() -> None:
    motion = calm()
    trembling = np.random.default_rng(0).normal(0.0, 0.02, motion.value.shape).astype(np.float32)

    checks = motion_checks(KeypointArrays(motion.value + trembling, motion.jacobian))

    assert not by_name(checks)["jitter"].passed
    assert by_name(checks)["jitter"].frames
    assert "clip_shaky" in notes_of(checks)


def test_one_jerk_makes_no_clip_shaky() -> None:
    assert motion_check("jitter", changed(calm(), 30, 0.05)).passed


def test_a_clip_that_begins_in_motion_names_its_frames() -> None:
    check = motion_check("neutral_start", changed(calm(), 3, 0.1))

    assert not check.passed
    assert check.frames == (3,)


def test_an_end_elsewhere_is_no_loop() -> None:
    assert not motion_check("loop", changed(calm(), 59, 0.1)).passed


def test_a_head_that_ends_turned_is_no_loop() -> None:
    motion = calm()
    jacobian = motion.jacobian.copy()
    jacobian[-1] *= 1.2

    assert not motion_check("loop", KeypointArrays(motion.value, jacobian)).passed


@pytest.mark.parametrize("spoiled", [np.diag([1.0, -1.0]), np.diag([1.0, 0.01])])
def test_a_folded_or_flat_jacobian_is_named(
    spoiled: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    motion = calm()
    jacobian = np.broadcast_to(np.eye(2, dtype=np.float32), motion.jacobian.shape).copy()
    jacobian[17, 4] = spoiled

    check = motion_check("invertible", KeypointArrays(motion.value, jacobian))

    assert not check.passed
    assert check.frames == (17,)


def test_a_head_that_leaves_is_too_much() -> None:
    check = motion_check("amplitude", changed(calm(), 30, 0.6))

    assert not check.passed
    assert check.frames == (30,)


def test_a_leap_of_the_keypoints_is_a_cut() -> None:
    motion = calm()
    value = motion.value.copy()
    value[40:] += 0.3

    check = picture_check("cut", motion=KeypointArrays(value, motion.jacobian))

    assert not check.passed
    assert check.frames == (40,)


def test_another_picture_is_a_cut() -> None:
    rising = np.repeat(np.linspace(0, 255, SIDE, dtype=np.uint8)[:, None, None], SIDE, axis=1).repeat(
        3, axis=2
    )
    pictures = [rising] * 30 + [np.ascontiguousarray(rising[::-1])] * 30

    assert picture_check("cut", pictures=pictures).frames == (30,)


def test_a_face_out_of_place_is_named() -> None:
    check = picture_check("face", driver=a_driver(aside_px=16))

    assert not check.passed
    assert check.frames == (0, 4, 8, 12, 16)


def test_a_face_that_is_missed_once_is_in_its_place() -> None:
    driver = a_driver()
    missed = replace(driver.looks[2], box=None, points=None)
    looks = (*driver.looks[:2], missed, *driver.looks[3:])

    check = picture_check("face", driver=replace(driver, looks=looks))

    assert check.passed
    assert check.value == pytest.approx(0.8)
    assert check.frames == (8,)


def test_a_head_turned_aside_is_not_frontal() -> None:
    assert picture_check("frontal", driver=a_driver(nose=0.52)).passed
    assert not picture_check("frontal", driver=a_driver(nose=0.68)).passed


def test_a_background_that_moves_is_told() -> None:
    moving = [np.full((SIDE, SIDE, 3), 40 * (index % 2), np.uint8) for index in range(60)]
    check = picture_check("background", pictures=moving)

    assert not check.passed
    assert notes_of((check,)) == ("clip_background_moves",)


def test_what_is_mirrored_is_no_background() -> None:
    driver = replace(a_driver(), size_px=(48, SIDE))  # the picture ends at 48; beyond it the crop is mirrored
    pictures = []
    for index in range(60):
        picture = a_picture()
        picture[:, 52:] = 40 * (index % 2)
        pictures.append(picture)

    assert picture_check("background", driver=driver, pictures=pictures).passed
    assert not picture_check("background", pictures=pictures).passed
