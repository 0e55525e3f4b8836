import numpy as np
import pytest
from PIL import Image

from backend.engines.builtin.animation.canonical import FaceFrame
from backend.engines.builtin.animation.eyes import Eye, find_twin
from backend.engines.builtin.animation.landmarks import Landmarks, find_landmarks
from backend.engines.builtin.animation.lips import SAMPLES, Lips
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.detector import find_faces
from tests.builders import a_portrait
from tests.engines.builtin.animation.known_faces import drawn_face, known_landmarks


@pytest.fixture(scope="module")
def found() -> Landmarks:
    (face,) = find_faces(a_portrait())
    return find_landmarks(a_portrait(), face)


def test_irises_of_a_real_face_are_found_to_a_pixel_or_two(found: Landmarks) -> None:
    # read by eye in the portrait
    assert found.frame.to_photo(found.eye_left.centre) == pytest.approx((107.3, 101.4), abs=2.0)
    assert found.frame.to_photo(found.eye_right.centre) == pytest.approx((150.8, 103.5), abs=2.0)


def test_mouth_corners_of_a_real_face_are_found(found: Landmarks) -> None:
    lips = found.lips
    left = found.frame.to_photo((lips.middle_u - lips.half_width, lips.line[0]))
    right = found.frame.to_photo((lips.middle_u + lips.half_width, lips.line[-1]))

    assert left == pytest.approx((107.5, 139.8), abs=5.0)  # a tenth of the eye distance
    assert right == pytest.approx((147.3, 141.2), abs=5.0)


def test_a_toothy_smile_is_split_below_the_teeth(found: Landmarks) -> None:
    assert found.lips.shows_teeth
    assert found.lips.has_split
    assert found.frame.to_photo((0.0, found.lips.middle_v))[1] == pytest.approx(149.9, abs=3.0)


def test_landmarks_follow_the_size_of_the_photo(found: Landmarks) -> None:
    double = np.asarray(Image.fromarray(a_portrait()).resize((512, 512), Image.Resampling.BICUBIC))
    (face,) = find_faces(double)
    again = find_landmarks(double, face)

    assert again.unit_px == pytest.approx(2 * found.unit_px, rel=0.03)


def test_scaled_landmarks_point_at_the_same_places() -> None:
    face = known_landmarks(origin=(99.5, 49.5), unit_px=40.0)

    half = face.scaled(0.5, dx_px=-10.0)

    assert half.frame.origin == pytest.approx((39.5, 24.5))
    assert half.unit_px == pytest.approx(20.0)


def test_a_known_face_is_measured_as_it_was_drawn() -> None:
    truth = known_landmarks()
    photo = drawn_face(truth)
    box = (160 - 62.0, 130 - 48.0, 160 + 62.0, 130 + 76.0)
    eyes = (truth.frame.to_photo((-0.5, 0.0)), truth.frame.to_photo((0.5, 0.0)))

    found = find_landmarks(photo, FoundFace(id=0, box=box, score=1.0, eyes=eyes))

    assert found.unit_px == pytest.approx(48.0, rel=0.05)
    assert found.lips.middle_v == pytest.approx(1.08, abs=0.03)
    assert found.lips.gap == 0.0
    assert found.note is None


def test_a_face_of_a_few_pixels_is_too_small() -> None:
    assert known_landmarks(unit_px=5.0).note == "too_small"


def test_eyes_close_together_are_a_profile() -> None:
    face = known_landmarks()
    near = Landmarks(
        frame=FaceFrame(origin=(0.0, 0.0), unit_px=48.0, roll=0.0),
        eye_left=Eye(centre=(-0.25, 0.0), middle_u=-0.25, base_v=0.0),
        eye_right=Eye(centre=(0.25, 0.0), middle_u=0.25, base_v=0.0),
        lips=face.lips,
    )

    assert near.note == "profile"


def test_an_eye_seen_alone_is_mirrored() -> None:
    truth = known_landmarks()
    box = (160 - 62.0, 130 - 48.0, 160 + 62.0, 130 + 76.0)
    seen = (truth.frame.to_photo((0.5, 0.0)),)

    found = find_landmarks(drawn_face(truth), FoundFace(id=0, box=box, score=1.0, eyes=seen))

    assert found.frame.to_photo(found.eye_left.centre) == pytest.approx((136.0, 130.0), abs=3.0)


@pytest.mark.parametrize(
    ("lips", "splits"),
    [
        (Lips(middle_u=0.0, half_width=0.4, line=(1.1,) * SAMPLES), True),
        (Lips(middle_u=0.0, half_width=0.4, line=(1.1,) * SAMPLES, certainty=0.4), False),
        (Lips(middle_u=0.0, half_width=0.4, line=(1.4,) * SAMPLES, gap=0.5), False),
        (Lips(middle_u=0.0, half_width=0.4, line=(1.2,) * SAMPLES, gap=0.2, shows_teeth=True), True),
    ],
)
def test_only_lips_that_are_seen_and_meet_are_parted(lips: Lips, splits: bool) -> None:
    assert lips.has_split is splits


def test_the_lip_line_is_read_between_its_samples_and_is_level_outside() -> None:
    lips = Lips(middle_u=0.0, half_width=0.4, line=tuple(1.0 + 0.01 * index for index in range(SAMPLES)))

    assert lips.line_at(np.array([-9.0, 0.0, 0.025, 9.0], np.float32)) == pytest.approx(
        [1.0, 1.08, 1.085, 1.16]
    )


def test_the_other_eye_of_a_leaning_head_is_found_off_the_level() -> None:
    face = known_landmarks()
    gray = np.ascontiguousarray(drawn_face(face)[..., 0])
    gray[:, :160] = np.roll(gray[:, :160], -8, axis=0)

    twin = find_twin(gray, face.frame, seen=(0.5, 0.0), guess=(-0.5, 0.0))

    assert twin == pytest.approx((-0.5, -8 / 48), abs=0.03)  # 0.03 D: a cell of the search and a half


def test_the_other_eye_of_a_level_head_is_left_to_the_search_around_the_guess() -> None:
    photo = drawn_face(known_landmarks())

    guess = (-0.5, 0.02)

    gray = np.ascontiguousarray(photo[..., 0])
    assert find_twin(gray, known_landmarks().frame, seen=(0.5, 0.0), guess=guess) == guess
