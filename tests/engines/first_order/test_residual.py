"""The photo's detail on a moved face: exact at rest, carried with the flow, left out where there is none."""

import cv2
import numpy as np
import pytest
import torch

from backend.engines.first_order.residual import Residual, identity_flow
from backend.engines.first_order.seams import KeypointArrays, MovedFace, Numbers
from backend.engines.first_order.torch_network import TorchMotionNetwork
from backend.media.types import RgbImage
from backend.networks.first_order.model import FirstOrderModel
from tests.builders import a_portrait
from tests.narrow_motion import motion_states

SIDE = 64
CELLS = SIDE // 4
WHOLE = slice(None)


def a_crop(side: int = 200) -> RgbImage:
    """Fine grain on a soft picture: what a network cannot draw, on what it can."""
    random = np.random.default_rng(3)
    soft = cv2.GaussianBlur(random.integers(0, 256, (side, side, 3)).astype(np.float32), (0, 0), side / 12)
    soft = 128 + 25 * (soft - soft.mean())
    grained = np.clip(soft + random.normal(0, 12, (side, side, 1)), 0, 255)
    return np.asarray(grained, np.uint8)


def a_source(crop: RgbImage) -> RgbImage:
    return np.asarray(cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def drawn_by_network(source: RgbImage, flow: Numbers, occlusion: float = 0.9, tone: float = 0.0) -> MovedFace:
    """A blurred source moved by the flow, in another tone."""
    blurred = cv2.GaussianBlur(source.astype(np.float32) / 255, (0, 0), 2.0) + np.float32(tone)
    shift = (flow - identity_flow(CELLS)).mean(axis=(0, 1)) * (CELLS - 1) / 2 * SIDE / CELLS
    moved = cv2.warpAffine(
        blurred,
        np.array([[1, 0, -shift[0]], [0, 1, -shift[1]]]),
        (SIDE, SIDE),
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return MovedFace(np.asarray(moved, np.float32), flow, np.full((CELLS, CELLS), occlusion, np.float32))


def moved_right(by: float) -> Numbers:
    """A flow that shows everything further right; by: a share of the square."""
    flow = identity_flow(CELLS).copy()
    flow[..., 0] -= np.float32(2 * by * CELLS / (CELLS - 1))
    return flow


def test_detail_moves_as_far_as_what_the_network_draws() -> None:
    model = FirstOrderModel.from_states(motion_states())  # its generator carries the photo
    network = TorchMotionNetwork(
        model.generator,
        model.detector,
        model="narrow",
        fingerprint="narrow",
        device=torch.device("cpu"),
        precision=torch.float32,
    )
    photo = cv2.GaussianBlur(cv2.resize(a_portrait()[30:190, 50:210], (256, 256)), (0, 0), 3)
    source = network.encode(np.asarray(photo, np.uint8))
    at = source.keypoints
    # Ten points move it and the background, an eleventh part, does not: by twelve cells.
    far = KeypointArrays(at.value + np.array([1.1 * 12 * 2 / 63, 0], np.float32), at.jacobian)
    rest, moved = (next(network.move(source, to, border="official")) for to in (at, far))
    cells = moved.flow.shape[0]
    shift_cells = float((moved.flow - identity_flow(cells))[..., 0].mean()) * (cells - 1) / 2
    assert abs(shift_cells + 12) < 1e-3

    def misfit(px_per_cell: float) -> float:
        matrix = np.array([[1.0, 0.0, -shift_cells * px_per_cell], [0.0, 1.0, 0.0]])
        drawn = cv2.warpAffine(rest.picture, matrix, (256, 256), flags=cv2.INTER_CUBIC)
        return float(np.abs(drawn - moved.picture)[40:-40, 100:-40].mean())

    assert misfit(4.0) < 0.2 * misfit(255 / 63)


@pytest.mark.parametrize("side", [40, 64, 200])
def test_at_rest_a_face_is_the_photo_to_the_bit(side: int) -> None:
    crop = a_crop(side)
    rest = drawn_by_network(a_source(crop), identity_flow(CELLS), tone=-0.1)

    drawn = Residual(crop, a_source(crop), rest).moved(rest).part(WHOLE, WHOLE)

    # A network that is asked twice errs by 1e-5 of white: far below the half level that rounding forgives.
    assert np.array_equal(np.rint(drawn).astype(np.uint8), crop)


def test_grain_and_tone_of_the_photo_move_with_the_face() -> None:
    crop = a_crop()
    source = a_source(crop)
    residual = Residual(crop, source, drawn_by_network(source, identity_flow(CELLS), tone=-0.1))

    drawn = residual.moved(drawn_by_network(source, moved_right(10 / 200), tone=-0.1)).part(WHOLE, WHOLE)

    inner = slice(30, -30)
    # Levels; the bound leaves room for how the stand-in network blurs at another sub-pixel place.
    assert np.abs(drawn[inner, 40:-20] - crop[inner, 30:-30]).mean() < 2.0


def test_a_photo_without_colour_gets_none_from_the_network() -> None:
    crop = np.repeat(a_crop()[..., :1], 3, axis=2)
    rest = drawn_by_network(a_source(crop), identity_flow(CELLS))
    tinted = MovedFace(rest.picture * np.array([1.1, 1.0, 0.8], np.float32), rest.flow, rest.occlusion)

    drawn = Residual(crop, a_source(crop), rest).moved(tinted).part(WHOLE, WHOLE)

    assert np.ptp(drawn, axis=2).max() < 1e-3  # rounding of float32
    assert (np.abs(drawn - crop) > 1).any()


def test_a_part_is_that_part_of_the_whole() -> None:
    crop = a_crop()
    residual = Residual(crop, a_source(crop), drawn_by_network(a_source(crop), identity_flow(CELLS)))
    moved = residual.moved(drawn_by_network(a_source(crop), moved_right(0.03)))

    part = moved.part(slice(20, 60), slice(100, 130))

    # 1e-3: sums in another order.
    assert np.allclose(part, moved.part(WHOLE, WHOLE)[20:60, 100:130], atol=1e-3)


def test_where_the_network_draws_anew_there_is_no_old_detail_but_the_photo_s_tone() -> None:
    crop = a_crop()
    source = a_source(crop)
    residual = Residual(crop, source, drawn_by_network(source, identity_flow(CELLS), tone=-0.1))
    hidden = drawn_by_network(source, identity_flow(CELLS), occlusion=0.0, tone=-0.1)

    drawn = residual.moved(hidden).part(WHOLE, WHOLE)

    def grain(picture: Numbers) -> float:
        return float(cv2.Laplacian(picture, cv2.CV_32F).var())

    assert grain(drawn) < 0.05 * grain(crop.astype(np.float32))
    assert abs(drawn.mean() - crop.mean()) < 1.0


def test_a_flow_that_folds_carries_no_detail() -> None:
    crop = a_crop()
    source = a_source(crop)
    rest = drawn_by_network(source, identity_flow(CELLS))
    folded = MovedFace(rest.picture, identity_flow(CELLS)[:, ::-1].copy(), rest.occlusion)

    drawn = Residual(crop, source, rest).moved(folded).part(WHOLE, WHOLE)

    expected = cv2.resize(rest.picture * 255, (200, 200), interpolation=cv2.INTER_CUBIC)
    # Levels; what is left is the smooth difference in light, turned over as well.
    assert np.abs(drawn - expected).mean() < 8.0
    assert (
        cv2.Laplacian(drawn, cv2.CV_32F).var()
        < 0.1 * cv2.Laplacian(crop.astype(np.float32), cv2.CV_32F).var()
    )
