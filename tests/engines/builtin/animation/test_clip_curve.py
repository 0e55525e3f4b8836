from dataclasses import replace

import numpy as np
import pytest

from backend.engines.builtin.animation.clip_curve import curve_of
from backend.engines.builtin.animation.clip_follow import FollowedFace
from backend.engines.builtin.animation.coefficients import LIMITS
from backend.engines.builtin.animation.head_fit import HeadPose

COUNT, FPS = 75, 25.0
OPEN_EYES = np.zeros(COUNT)


def followed(
    poses: list[HeadPose], expressions: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None = None
) -> FollowedFace:
    return FollowedFace(
        poses=tuple(poses),
        expressions=np.zeros((len(poses), 4)) if expressions is None else expressions,
        shut_left=OPEN_EYES[: len(poses)],
        shut_right=OPEN_EYES[: len(poses)],
    )


def still() -> list[HeadPose]:
    return [HeadPose()] * COUNT


def test_a_face_at_rest_stays_at_rest() -> None:
    curve, notes = curve_of(followed(still()), FPS)

    assert all(not any(values) for values in curve.channels.values())
    assert notes == ()


def test_a_gap_in_which_the_face_is_lost_is_bridged() -> None:
    poses = [HeadPose(yaw=0.1 * index / COUNT) for index in range(COUNT)]
    for index in range(30, 40):
        poses[index] = replace(poses[29], yaw=-0.3, inlier_share=0.0)

    curve, _ = curve_of(followed(poses), FPS)

    steps = np.diff(curve.channels["yaw"])[15:60]
    # 0.1 over 75 frames, smoothed: a jump to the false value would be a hundred times as large
    assert steps.max() < 0.01
    assert steps.min() >= 0.0


def test_what_stands_before_a_lost_face_shuts_no_eye() -> None:
    shut = np.zeros(COUNT)
    shut[20:23] = shut[40:50] = 1.0
    poses = [HeadPose(inlier_share=0.0) if 38 <= index < 52 else HeadPose() for index in range(COUNT)]

    curve, _ = curve_of(replace(followed(poses), shut_left=shut, shut_right=shut), FPS)

    blinks = np.array(curve.channels["blink_left"])
    assert blinks[15:30].max() == 1.0
    assert not blinks[34:].any()


def test_what_a_turned_head_looks_like_is_no_expression() -> None:
    expressions = np.zeros((COUNT, 4))
    expressions[30:45, 0] = 0.25
    turned = [HeadPose(pitch=0.2) if 30 <= index < 45 else HeadPose() for index in range(COUNT)]

    facing, _ = curve_of(followed(still(), expressions), FPS)
    nodding, _ = curve_of(followed(turned, expressions), FPS)

    assert max(facing.channels["smile"]) > 0.1
    # the edges of the smile are smoothed further than those of the nod
    assert max(nodding.channels["smile"]) < 0.05


def test_a_person_at_the_side_of_the_picture_does_not_push_the_photo_aside() -> None:
    curve, _ = curve_of(followed([HeadPose(shift_x=0.3, scale=0.1)] * COUNT), FPS)

    assert not any(curve.channels["shift_x"])
    assert not any(curve.channels["scale"])


@pytest.mark.parametrize("count", [1, 2, 10, COUNT])
def test_any_length_starts_at_the_photo_and_stays_within_limits(count: int) -> None:
    random = np.random.default_rng(count)
    poses = [HeadPose(yaw=float(value), chin=3.0, lips=3.0) for value in random.normal(0, 1, count)]

    curve, _ = curve_of(followed(poses, random.normal(0, 3, (count, 4))), FPS)

    for name, values in curve.channels.items():
        assert values[0] == 0.0
        assert LIMITS[name][0] <= min(values) <= max(values) <= LIMITS[name][1]
