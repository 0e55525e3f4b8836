import numpy as np

from backend.evaluation.gallery.strips import around, marked, strip


def test_a_strip_shows_its_pictures_in_order_at_one_height() -> None:
    dark, bright = np.full((20, 10, 3), 20, np.uint8), np.full((10, 10, 3), 220, np.uint8)

    row = strip([dark, bright], 20)

    assert row.shape == (20, 10 + 4 + 20, 3)
    assert (row[:, :10] == 20).all()
    assert (row[:, 14:] == 220).all()


def test_what_is_marked_is_red_and_nothing_else_is() -> None:
    mask = np.zeros((8, 8), np.float32)
    mask[2, 3] = 1.0

    shown = marked(np.full((8, 8, 3), 90, np.uint8), mask)

    is_red = (shown[..., 0].astype(int) - shown[..., 1]) > 100
    assert np.array_equal(is_red, mask > 0)


def test_a_mask_of_half_the_size_marks_the_same_place() -> None:
    mask = np.zeros((4, 4), np.float32)
    mask[1, 2] = 1.0

    shown = marked(np.full((8, 8, 3), 90, np.uint8), mask)

    is_red = (shown[..., 0].astype(int) - shown[..., 1]) > 100
    assert np.array_equal(np.argwhere(is_red).min(0), (2, 4))
    assert np.array_equal(np.argwhere(is_red).max(0), (3, 5))


def test_a_face_at_the_edge_stays_in_the_middle_of_its_square() -> None:
    photo = np.zeros((40, 40, 3), np.uint8)
    photo[0:10, 0:10] = (200, 0, 0)

    cut = around(photo, (0.0, 0.0, 10.0, 10.0), 2.0)

    assert cut.shape == (20, 20, 3)
    assert (cut[5:15, 5:15] == (200, 0, 0)).all()
    assert (cut[:5] == 242).all()
