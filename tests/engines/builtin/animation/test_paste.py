import numpy as np

from backend.engines.builtin.animation.paste import FacePatch, compose


def test_a_patch_replaces_exactly_its_pixels() -> None:
    photo = np.zeros((6, 8, 3), np.uint8)

    frame = compose(photo, [FacePatch(np.full((2, 3, 3), 9, np.uint8), left=4, top=1)])

    expected = photo.copy()
    expected[1:3, 4:7] = 9
    assert np.array_equal(frame, expected)
    assert not photo.any()


def test_a_patch_leaves_what_it_does_not_cover() -> None:
    photo = np.zeros((2, 2, 3), np.uint8)
    covers = np.array([[1, 0], [0, 1]], np.uint8)

    frame = compose(photo, [FacePatch(np.full((2, 2, 3), 9, np.uint8), left=0, top=0, covers=covers)])

    assert frame[..., 0].tolist() == [[9, 0], [0, 9]]
