from math import pi

import numpy as np
import pytest

from backend.engines.builtin.animation.canonical import FaceFrame


def test_eyes_lie_half_a_unit_left_and_right_of_the_origin() -> None:
    frame = FaceFrame.from_eyes((100.0, 50.0), (160.0, 50.0))

    assert frame.unit_px == pytest.approx(60.0)
    assert frame.roll == 0.0
    assert frame.to_face((100.0, 50.0)) == pytest.approx((-0.5, 0.0))
    assert frame.to_photo((0.0, 1.0)) == pytest.approx((130.0, 110.0))


def test_a_head_tilted_clockwise_has_positive_roll_and_its_chin_to_the_left() -> None:
    frame = FaceFrame(origin=(0.0, 0.0), unit_px=10.0, roll=pi / 2)

    assert frame.to_photo((1.0, 0.0)) == pytest.approx((0.0, 10.0))
    assert frame.to_photo((0.0, 1.0)) == pytest.approx((-10.0, 0.0))


def test_to_face_undoes_to_photo() -> None:
    frame = FaceFrame.from_eyes((31.0, 44.0), (80.0, 60.0))

    assert frame.to_face(frame.to_photo((0.3, -1.2))) == pytest.approx((0.3, -1.2))


def test_grids_agree_with_points() -> None:
    frame = FaceFrame.from_eyes((31.0, 44.0), (80.0, 60.0))

    u, v = frame.face_grids(np.array([[70.0]], np.float32), np.array([[20.0]], np.float32))

    assert (float(u[0, 0]), float(v[0, 0])) == pytest.approx(frame.to_face((70.0, 20.0)), abs=1e-5)


def test_crop_at_the_photos_own_scale_is_the_photo() -> None:
    photo = np.arange(20 * 30, dtype=np.uint16).reshape(20, 30).astype(np.uint8)
    frame = FaceFrame(origin=(9.5, 9.5), unit_px=10.0, roll=0.0)  # a corner of four pixels

    crop = frame.crop(photo, (-0.5, 0.5), (-0.3, 0.3), 10.0)

    assert np.array_equal(crop, photo[7:13, 5:15].astype(np.float32))


def test_a_shrunk_crop_is_the_same_whatever_lies_around_it() -> None:
    picture = np.random.default_rng(5).integers(0, 256, (500, 500), dtype=np.uint8)
    moved = np.pad(picture, ((300, 100), (200, 50)), mode="reflect")
    frame = FaceFrame(origin=(250.0, 240.0), unit_px=120.0, roll=0.2)
    shifted = FaceFrame(origin=(450.0, 540.0), unit_px=120.0, roll=0.2)

    crop = frame.crop(picture, (-0.5, 0.5), (-0.5, 0.5), 32.0)

    # 1 level: positions of another size round otherwise
    assert np.abs(crop - shifted.crop(moved, (-0.5, 0.5), (-0.5, 0.5), 32.0)).max() <= 1
