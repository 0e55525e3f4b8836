import numpy as np
import pytest

from backend.engines.builtin.restoration.damage_model import Likelihoods, damage_likelihoods
from backend.engines.builtin.restoration.planes import luma
from backend.engines.builtin.restoration.scratches import find_marks, mask_for, spare_faces
from backend.engines.faces.boxes import FoundFace
from tests.engines.builtin.restoration.pictures import a_sepia_portrait, with_scratches


def test_scratches_are_found_and_little_else() -> None:
    scratched, damaged = with_scratches(a_sepia_portrait())

    found = find_marks(damage_likelihoods(luma(scratched)), strong=False)

    assert found is not None
    mask = mask_for(scratched, found) > 0.5
    assert (mask & damaged).sum() > 0.9 * damaged.sum()
    assert mask.sum() < 3 * damaged.sum()  # their soft rims are part of the mask


def test_a_sound_print_is_left_alone() -> None:
    assert find_marks(damage_likelihoods(luma(a_sepia_portrait())), strong=False) is None


def test_one_line_is_not_evidence_unless_the_owner_says_so() -> None:
    likely = _likely()
    likely.bright_line[10:60, 20:22] = 1

    assert find_marks(likely, strong=False) is None
    assert find_marks(likely, strong=True) is not None


def test_faint_lines_count_where_the_owner_says_so_and_the_print_shows_it() -> None:
    unsure, evident = _likely(), _likely()
    evident.bright_line[:, [20, 40]] = 1
    for likely in (unsure, evident):
        likely.bright_line[70, 50:90] = 0.9

    found = find_marks(evident, strong=True)

    assert find_marks(unsure, strong=True) is None
    assert found is not None
    assert found[70, 60]
    clear_only = find_marks(evident, strong=False)
    assert clear_only is not None
    assert not clear_only[70].any(where=np.arange(100) > 45)


def test_lines_among_much_that_is_doubtful_are_no_evidence() -> None:
    likely = _likely()
    likely.bright_line[:, [20, 40]] = 1
    likely.bright_line[:, 50:60] = 0.4

    assert find_marks(likely, strong=False) is None


def test_the_edge_of_a_print_is_no_scratch() -> None:
    likely = _likely()
    likely.bright_line[1] = likely.bright_line[-2] = 1

    assert find_marks(likely, strong=True) is None


def test_dust_counts_on_a_print_that_is_scratched() -> None:
    dusty, worn = _likely(), _likely()
    for likely in (dusty, worn):
        likely.dark_speck[50:53, 60:63] = 1
    worn.bright_line[:, [20, 40, 70, 90]] = 1

    found = find_marks(worn, strong=False)

    assert find_marks(dusty, strong=False) is None
    assert found is not None
    assert found[51, 61]


def test_lines_wholly_inside_a_face_are_its_features() -> None:
    likely = _likely()
    found = np.zeros((100, 100), bool)
    found[30, 30:60] = found[40] = True
    face = FoundFace(id=0, box=(20.0, 20.0, 70.0, 70.0), score=1.0)

    kept = spare_faces(found, likely, [face])

    assert not kept[30].any()
    assert kept[40].all()
    likely.bright_line[30, 30:60] = 0.95
    assert spare_faces(found, likely, [face])[30, 30:60].all()  # paper that shows


@pytest.mark.parametrize(("likelihood", "is_kept"), [(0.99, True), (0.7, False)])
def test_only_certain_lines_cross_an_eye(likelihood: float, is_kept: bool) -> None:
    likely = _likely()
    likely.bright_line[:, 40] = likelihood
    likely.bright_speck[44:46, 44:46] = 1
    found = (likely.bright_line > 0) | (likely.bright_speck > 0)
    face = FoundFace(id=0, box=(20.0, 20.0, 70.0, 70.0), score=1.0, eyes=((42.0, 44.0),))

    kept = spare_faces(found, likely, [face])

    assert kept[0, 40]  # away from the eye
    assert kept[44, 40] == is_kept
    assert not kept[44, 44]  # a catchlight


def test_the_mask_has_the_size_of_the_photo() -> None:
    found = np.zeros((20, 30), bool)
    found[10] = True

    mask = mask_for(np.zeros((100, 150, 3), np.float32), found)

    assert mask.shape == (100, 150)
    assert mask[50].all()
    assert not mask[:40].any()


def _likely() -> Likelihoods:
    planes = [np.zeros((100, 100), np.float32) for _ in range(4)]
    return Likelihoods(
        bright_line=planes[0], bright_speck=planes[1], dark_line=planes[2], dark_speck=planes[3]
    )
