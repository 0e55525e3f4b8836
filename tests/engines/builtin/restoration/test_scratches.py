import numpy as np

from backend.engines.builtin.restoration.scratches import find_scratches, paint_over
from tests.engines.builtin.restoration.pictures import (
    a_float_portrait,
    a_sepia_portrait,
    psnr,
    with_scratches,
)


def test_scratches_are_found_and_little_else() -> None:
    scratched, damaged = with_scratches(a_sepia_portrait())

    mask = find_scratches(scratched, strong=False)

    assert mask is not None
    found = mask > 0.5
    assert (found & damaged).sum() > 0.7 * damaged.sum()
    assert found.sum() < 4 * damaged.sum()  # their soft rims are part of the mask


def test_a_sound_print_is_left_alone() -> None:
    assert find_scratches(a_sepia_portrait(), strong=False) is None


def test_one_line_is_not_evidence_unless_the_owner_says_so() -> None:
    photo = a_sepia_portrait()
    photo[10:90, 20:22] = 235

    assert find_scratches(photo, strong=False) is None
    assert find_scratches(photo, strong=True) is not None


def test_lines_wholly_inside_a_face_are_its_features() -> None:
    scratched, _ = with_scratches(a_sepia_portrait())
    scratched[100:140, 128:130] = 235
    face = 80.0, 60.0, 180.0, 145.0

    spared = find_scratches(scratched, strong=True, faces=[face])
    unspared = find_scratches(scratched, strong=True)

    assert spared is not None
    assert unspared is not None
    assert spared[120, 129] == 0
    assert unspared[120, 129] == 1


def test_scratches_are_painted_from_around_them() -> None:
    photo = a_sepia_portrait()
    scratched, damaged = with_scratches(photo)
    mask = damaged.astype(np.float32)

    repaired = paint_over(scratched, mask, noise=0.0)

    assert psnr(repaired, photo) > psnr(scratched, photo) + 8
    far = np.ones(damaged.shape, bool)
    far[np.lib.stride_tricks.sliding_window_view(np.pad(damaged, 4), (9, 9)).any((2, 3))] = False
    assert np.array_equal(repaired[far], scratched[far])


def test_patches_have_the_grain_of_the_photo() -> None:
    flat = np.full((64, 64, 3), 128, np.float32)
    mask = np.zeros((64, 64), np.float32)
    mask[16:48, 16:48] = 1

    repaired = paint_over(flat, mask, noise=5.0)

    assert 3 < repaired[16:48, 16:48].std() < 7


def test_inputs_are_untouched() -> None:
    scratched, damaged = with_scratches(a_float_portrait())
    before = scratched.copy()

    find_scratches(scratched, strong=True)
    paint_over(scratched, damaged.astype(np.float32), 2.0)

    assert np.array_equal(scratched, before)
