from dataclasses import asdict
from math import exp

import cv2
import numpy as np
import pytest

from backend.engines.builtin.animation.canonical import FaceFrame
from backend.engines.builtin.animation.head_fit import PX_PER_UNIT, U_RANGE, V_RANGE, HeadPose, fit_head
from backend.engines.builtin.animation.sample_portrait import neutral_portrait
from backend.media.types import GrayImage


def face(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], frame: FaceFrame) -> GrayImage:
    gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    return frame.crop(gray, U_RANGE, V_RANGE, PX_PER_UNIT).astype(np.uint8)


@pytest.mark.parametrize(
    "moved",
    [
        HeadPose(),
        HeadPose(shift_x=0.10),
        HeadPose(shift_y=-0.08),
        HeadPose(roll=0.12),
        HeadPose(scale=0.06),
        HeadPose(shift_x=-0.06, roll=-0.08, scale=-0.04),
    ],
)
def test_fit_finds_how_a_picture_was_moved(moved: HeadPose) -> None:
    portrait, frame = neutral_portrait()
    first = face(portrait, frame)
    # a head that turns about its neck by `roll` is a camera that turns the other way
    neck = frame.to_photo((0.0, 1.75))
    seen = FaceFrame(origin=neck, unit_px=frame.unit_px * exp(-moved.scale), roll=frame.roll - moved.roll)
    origin = seen.to_photo((0.0, -1.75))
    camera = FaceFrame(origin=origin, unit_px=seen.unit_px, roll=seen.roll)
    camera = FaceFrame(
        origin=camera.to_photo((-moved.shift_x, -moved.shift_y)), unit_px=seen.unit_px, roll=seen.roll
    )

    pose = HeadPose()
    for _ in range(2):  # as in a clip, where the frame before is close
        pose = fit_head(first, face(portrait, camera), pose).pose

    found = asdict(pose)
    for name, value in asdict(moved).items():
        if name in ("roll", "scale"):
            assert found[name] == pytest.approx(value, abs=0.02), name
    # a little turn looks like a little shift: together they must put the middle of the face where it is
    middle = (0.0, 0.55)
    expected = camera_offset(frame, camera, middle)
    assert pose.shift_x + 1.15 * pose.yaw - (0.55 - 1.75) * pose.roll == pytest.approx(expected[0], abs=0.03)
    assert pose.shift_y + 1.15 * pose.pitch + (0.55 - 1.75) * pose.scale == pytest.approx(
        expected[1], abs=0.03
    )
    assert pose.lips == pytest.approx(0.0, abs=0.12)
    assert pose.inlier_share > 0.9


def camera_offset(frame: FaceFrame, camera: FaceFrame, point: tuple[float, float]) -> tuple[float, float]:
    """Where `point` of the face has gone, seen by `camera`, in D."""
    u, v = camera.to_face(frame.to_photo(point))
    return u - point[0], v - point[1]
