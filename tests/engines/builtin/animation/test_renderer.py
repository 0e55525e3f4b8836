from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.builtin.animation.coefficients import CHANNELS, LIMITS, Coefficients
from backend.engines.builtin.animation.grid import PatchGrid
from backend.engines.builtin.animation.landmarks import Landmarks, find_landmarks
from backend.engines.builtin.animation.paste import compose
from backend.engines.builtin.animation.renderer import FaceRenderer
from backend.engines.builtin.animation.territory import territory_of
from backend.engines.faces.detector import find_faces
from backend.media.types import RgbImage
from tests.builders import a_portrait
from tests.engines.builtin.animation.known_faces import DARK, SKIN, drawn_face, known_landmarks

KNOWN = known_landmarks()
PHOTO = drawn_face(KNOWN)


def _drawn(photo: RgbImage, face: Landmarks, **coefficients: float) -> RgbImage:
    patch = FaceRenderer(photo, face).render(Coefficients(**coefficients))
    return compose(photo, [patch])


def _region(picture: RgbImage, u: tuple[float, float], v: tuple[float, float]) -> RgbImage:
    left, top = KNOWN.frame.to_photo((u[0], v[0]))
    right, bottom = KNOWN.frame.to_photo((u[1], v[1]))
    return picture[round(top) : round(bottom), round(left) : round(right)]


def _dark_pixels(picture: RgbImage) -> int:
    return int((picture.mean(axis=2) < (np.mean(DARK) + np.mean(SKIN)) / 2).sum())


@pytest.fixture(scope="module")
def portrait_face() -> Landmarks:
    (face,) = find_faces(a_portrait())
    return find_landmarks(a_portrait(), face)


def test_at_rest_nothing_is_drawn(portrait_face: Landmarks) -> None:
    patch = FaceRenderer(a_portrait(), portrait_face).render(Coefficients())

    assert patch.rgb.size == 0
    assert np.array_equal(compose(a_portrait(), [patch]), a_portrait())


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_coefficient_changes_the_face(portrait_face: Landmarks, channel: str) -> None:
    drawn = _drawn(a_portrait(), portrait_face, **{channel: 0.15})

    assert (drawn != a_portrait()).any()


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_same_coefficients_give_the_same_pixels(portrait_face: Landmarks, channel: str) -> None:
    first = _drawn(a_portrait(), portrait_face, **{channel: 0.15})
    again = _drawn(a_portrait(), portrait_face, **{channel: 0.15})

    assert np.array_equal(first, again)


def test_blinking_touches_only_the_eyes() -> None:
    drawn = _drawn(PHOTO, KNOWN, blink_left=1.0)

    changed = np.argwhere((drawn != PHOTO).any(axis=2))
    u, v = KNOWN.frame.face_grids(changed[:, 1].astype(np.float32), changed[:, 0].astype(np.float32))
    assert u.max() < 0.0
    assert v.min() > -0.35
    assert v.max() < 0.25


def test_an_eye_is_covered_more_the_more_it_closes() -> None:
    open_eye = ((-0.66, -0.34), (-0.06, 0.03))

    dark = [
        _dark_pixels(_region(_drawn(PHOTO, KNOWN, blink_left=closed), *open_eye))
        for closed in (0.0, 0.3, 0.6, 1.0)
    ]

    assert dark == sorted(dark, reverse=True)
    assert dark[-1] < 0.15 * dark[0]


def test_each_lid_has_its_own_coefficient() -> None:
    drawn = _drawn(PHOTO, KNOWN, blink_right=1.0)

    assert np.array_equal(
        _region(drawn, (-0.9, -0.1), (-0.4, 0.3)), _region(PHOTO, (-0.9, -0.1), (-0.4, 0.3))
    )


def test_the_hollow_grows_as_the_mouth_opens() -> None:
    mouth = ((-0.45, 0.45), (0.95, 1.6))

    dark = [
        _dark_pixels(_region(_drawn(PHOTO, KNOWN, open=opened), *mouth)) for opened in (0.0, 0.2, 0.5, 0.9)
    ]

    assert dark == sorted(dark)
    assert dark[-1] > dark[0] + 200


def test_barely_parted_lips_show_no_bar() -> None:
    drawn = _drawn(PHOTO, KNOWN, open=0.01)

    difference = np.abs(drawn.astype(int) - PHOTO.astype(int)).max()
    assert difference < 70  # the drawn lip line itself moves by a quarter of a pixel


def test_a_mouth_that_is_open_in_the_photo_gets_no_second_hollow() -> None:
    already_open = replace(KNOWN, lips=replace(KNOWN.lips, gap=0.5))

    drawn = _drawn(PHOTO, already_open, open=0.6)

    assert _dark_pixels(drawn) <= 1.2 * _dark_pixels(PHOTO)


def test_gaze_moves_the_iris_and_leaves_the_brows() -> None:
    photo = PHOTO.copy()
    iris = _region(photo, (-0.54, -0.46), (-0.03, 0.03))
    iris[:] = (250, 250, 250)  # a bright iris in a dark eye

    drawn = _drawn(photo, KNOWN, gaze_x=1.0)

    def middle(picture: RgbImage) -> float:
        bright = _region(picture, (-0.68, -0.32), (-0.03, 0.03)).mean(axis=(0, 2))
        weight = np.clip(bright - 60, 0, None)
        return float((weight * np.arange(weight.size)).sum() / weight.sum())

    assert middle(drawn) - middle(photo) == pytest.approx(0.075 * 48, abs=1.0)
    assert np.array_equal(
        _region(drawn, (-0.9, 0.9), (-0.8, -0.35)), _region(photo, (-0.9, 0.9), (-0.8, -0.35))
    )


def test_a_turning_head_leaves_everything_outside_the_head(portrait_face: Landmarks) -> None:
    drawn = _drawn(PHOTO, KNOWN, yaw=0.3, pitch=0.2)

    assert np.array_equal(drawn[:, :85], PHOTO[:, :85])  # 1.55 D to the left of the middle
    assert np.array_equal(drawn[:, 236:], PHOTO[:, 236:])
    assert np.array_equal(drawn[255:], PHOTO[255:])


def test_a_face_at_the_edge_of_the_photo_is_drawn() -> None:
    face = known_landmarks(origin=(20.0, 20.0))
    photo = drawn_face(face, 120, 100)

    drawn = _drawn(photo, face, open=0.9, yaw=-0.3, roll=0.2, shift_x=-0.3, blink_left=1.0)

    assert drawn.shape == photo.shape
    assert (drawn != photo).any()


@pytest.mark.parametrize("unit_px", [7.5, 16.0, 31.0, 90.0])
def test_faces_of_any_size_are_drawn(unit_px: float) -> None:
    face = known_landmarks(unit_px=unit_px)

    drawn = _drawn(drawn_face(face), face, blink_left=1.0, blink_right=1.0, open=0.5, gaze_x=0.5, yaw=0.1)

    assert (drawn != drawn_face(face)).any()


@st.composite
def _any_coefficients(draw: st.DrawFn) -> Coefficients:
    """Of every channel nothing, a trace, either limit, or anything between."""
    return Coefficients(
        **{
            name: draw(st.sampled_from((0.0, low, high, 1e-3 * high, 1e-8 * high)) | st.floats(low, high))
            for name, (low, high) in LIMITS.items()
        }
    )


@settings(max_examples=40, deadline=None)
@given(
    coefficients=_any_coefficients(),
    unit_px=st.floats(4.0, 60.0),
    roll=st.floats(-0.6, 0.6),
    place=st.tuples(st.floats(0.0, 0.999), st.floats(0.0, 0.999)),
    size=st.tuples(st.integers(2, 160), st.integers(2, 160)),
)
def test_any_motion_of_any_face_stays_in_its_territory(
    coefficients: Coefficients,
    unit_px: float,
    roll: float,
    place: tuple[float, float],
    size: tuple[int, int],
) -> None:
    width_px, height_px = size
    upright = known_landmarks(origin=(place[0] * width_px, place[1] * height_px), unit_px=unit_px)
    face = replace(upright, frame=replace(upright.frame, roll=roll))
    photo = np.random.default_rng(0).integers(0, 256, (height_px, width_px, 3), np.uint8)

    drawn = compose(photo, [FaceRenderer(photo, face).render(coefficients)])

    grid = PatchGrid(face.frame, width_px, height_px)
    free = grid.enlarged(territory_of(grid, face, [])[..., 0], (0, 0, *grid.shape)) > 0
    kept = np.ones(photo.shape[:2], bool)
    kept[grid.top : grid.top + grid.height_px, grid.left : grid.left + grid.width_px] = ~free
    assert drawn.shape == photo.shape and drawn.dtype == np.uint8
    assert np.array_equal(drawn[kept], photo[kept])


def test_neighbours_do_not_move_each_others_pixels() -> None:
    left, right = known_landmarks(origin=(120.0, 130.0)), known_landmarks(origin=(230.0, 140.0))
    photo = drawn_face(left, 360, 360)
    motion = Coefficients(yaw=0.2, roll=0.2, shift_x=0.3, open=0.5)

    patches = [
        FaceRenderer(photo, left, [right]).render(motion),
        FaceRenderer(photo, right, [left]).render(motion),
    ]

    assert np.array_equal(compose(photo, patches), compose(photo, patches[::-1]))


def test_the_photo_is_not_written_to(portrait_face: Landmarks) -> None:
    photo = a_portrait()
    photo.setflags(write=False)

    FaceRenderer(photo, portrait_face).render(Coefficients(blink_left=1.0, open=0.5, yaw=0.1))

    assert np.array_equal(photo, a_portrait())
