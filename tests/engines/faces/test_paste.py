import numpy as np
import pytest

from backend.engines.api import FivePoints
from backend.engines.faces.align import TEMPLATE, Affine, similarity
from backend.engines.faces.paste import reduced_to_fit, to_scale


def _face_at(scale_ratio: float, x: float, y: float) -> Affine:
    """Photo -> crop of a face that is `scale_ratio` times 512 pixels."""
    a, b, c, d, e = ((px * scale_ratio + x, py * scale_ratio + y) for px, py in TEMPLATE)
    points: FivePoints = (a, b, c, d, e)
    found = similarity(points)
    assert found is not None
    return found


def test_scaling_keeps_the_middle_of_pixels() -> None:
    matrix = _face_at(0.5, 10, 20)

    to_base = to_scale(matrix, 3)

    middle = np.array([100.0, 200.0, 1.0])
    in_crop = np.append(matrix @ middle, 1.0)
    assert to_base @ in_crop == pytest.approx([301.0, 601.0], abs=1e-6)


def test_a_small_face_is_averaged_not_picked() -> None:
    stripes = np.zeros((512, 512, 3), np.float32)
    stripes[:, ::2] = 255.0

    face, mask, _ = reduced_to_fit(
        stripes, np.ones((512, 512), np.float32), to_scale(_face_at(0.11, 20, 20), 1)
    )

    assert face.shape[:2] == mask.shape == (56, 56)
    # 9.14 stripes to a pixel leave up to 1 / 9.14 of their contrast; picked ones would leave it all, 127
    assert np.abs(face - 127.5).max() <= 127.5 / 9.14


def test_a_reduced_face_lies_where_the_whole_one_lay() -> None:
    to_base = to_scale(_face_at(0.25, 30, 40), 1)

    _, mask, reduced = reduced_to_fit(
        np.zeros((512, 512, 3), np.float32), np.zeros((512, 512), np.float32), to_base
    )

    assert mask.shape == (128, 128)
    for x, y in ((-0.5, -0.5), (511.5, 511.5)):  # outer corners of the corner pixels
        small = (np.array([x, y]) + 0.5) / 4 - 0.5
        assert reduced @ np.append(small, 1.0) == pytest.approx(to_base @ np.array([x, y, 1.0]), abs=1e-6)


def test_a_large_face_is_left_as_it_is() -> None:
    face, mask = np.ones((512, 512, 3), np.float32), np.ones((512, 512), np.float32)

    same_face, same_mask, same = reduced_to_fit(face, mask, to_scale(_face_at(1.5, 0, 0), 1))

    assert same_face is face and same_mask is mask
    assert same[0, 0] == pytest.approx(1.5)
