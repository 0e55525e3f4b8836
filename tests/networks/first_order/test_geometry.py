import cv2
import numpy as np
import pytest
import torch

from backend.networks.first_order.border import border_weight
from backend.networks.first_order.geometry import coordinate_grid, inverse_2x2, resized_field, warp


def test_the_identity_field_leaves_a_picture_as_it_is() -> None:
    picture = torch.rand(2, 3, 9, 12, generator=torch.Generator().manual_seed(1))

    same = warp(picture, coordinate_grid(9, 12, torch.device("cpu")).expand(2, -1, -1, -1))

    assert torch.allclose(same, picture, rtol=0, atol=2e-6)  # weights of neighbours: 1 - 1e-6 at most


def test_outside_a_picture_there_is_nothing() -> None:
    field = torch.full((1, 2, 2, 2), 3.0)

    assert torch.equal(warp(torch.ones(1, 1, 4, 4), field), torch.zeros(1, 1, 2, 2))


def test_places_stay_float32_for_a_picture_in_half() -> None:
    ramp = torch.arange(256.0).expand(1, 1, 256, 256) / 256
    grid = coordinate_grid(256, 256, torch.device("cpu"))[None] * 0.999

    half = warp(ramp.bfloat16(), grid)

    assert half.dtype == torch.bfloat16
    # A ramp in bfloat16 is right to 2^-9; places in bfloat16 would add a pixel, 2^-8.
    assert float((half.float() - warp(ramp, grid)).abs().max()) <= 2**-8


def test_the_closed_form_is_the_inverse() -> None:
    matrices = torch.eye(2) + torch.rand(5, 7, 2, 2, generator=torch.Generator().manual_seed(2)) * 0.5

    # float32 with condition numbers below 10.
    assert torch.allclose(inverse_2x2(matrices), torch.linalg.inv(matrices), rtol=0, atol=2e-6)


def test_a_larger_field_points_to_the_same_places() -> None:
    small = coordinate_grid(16, 16, torch.device("cpu"))[None] * 0.5 + 0.1

    large = resized_field(small, 64, 48)

    expected = coordinate_grid(64, 48, torch.device("cpu"))[None] * 0.5 + 0.1
    assert torch.allclose(large, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("side_px", [16, 64, 128])
def test_the_border_s_weight_is_opencv_s_blur_of_a_box(side_px: int) -> None:
    box = np.zeros((side_px, side_px))
    box[5:-5, 5:-5] = 1.0
    blurred = cv2.GaussianBlur(box, (9, 9), 0.0, borderType=cv2.BORDER_ISOLATED)

    mine = border_weight(side_px, side_px, torch.device("cpu")).numpy()

    assert np.abs(mine - blurred).max() < 1e-6  # float32 beside float64
