"""Faces through a torch network: pixels, memory running out, and the trial of bfloat16."""

import logging

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from backend.engines.gfpgan.sample_face import draw_sample_face
from backend.engines.gfpgan.torch_faces import TorchFaceNetwork
from backend.media.types import RgbImage
from backend.networks.gfpgan.architectures import clean_from_state
from tests.networks.gfpgan.small import TALL, small_state

CPU = torch.device("cpu")


class _Dimmer(nn.Module):
    """Halves a face's values and notes the sizes of its batches."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    def forward(self, x: Tensor) -> Tensor:
        self.batches.append(len(x))
        return x / 2


def _plain(network: nn.Module) -> TorchFaceNetwork:
    return TorchFaceNetwork(network, model="v9", device=CPU, precision=torch.float32, plain=True)


def _faces(count: int) -> list[np.ndarray]:
    return [np.full((8, 8, 3), 40 + 10 * i, np.uint8) for i in range(count)]


def test_the_model_is_named() -> None:
    assert _plain(_Dimmer()).model == "v9"


def test_on_a_processor_faces_go_one_at_a_time() -> None:
    network = _Dimmer()

    _plain(network)(_faces(3))

    assert network.batches == [1, 1, 1]


def test_a_face_seen_before_costs_no_network() -> None:
    network = _Dimmer()
    restore = _plain(network)

    first, again = restore(_faces(2)), restore(_faces(2)[::-1])

    assert network.batches == [1, 1]
    assert np.array_equal(first[0], again[1])


def test_fine_weights_keep_bfloat16(caplog: pytest.LogCaptureFixture) -> None:
    fast, exact = (_tall(dtype, contrast=1) for dtype in (torch.bfloat16, torch.float32))

    assert not caplog.records
    assert 0 < np.abs(fast.astype(int) - exact).mean() < 1  # another arithmetic, nearly the same face


def test_weights_too_wild_for_bfloat16_fall_back_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        asked, exact = (_tall(dtype, contrast=30) for dtype in (torch.bfloat16, torch.float32))

    assert "too coarse" in caplog.text
    assert np.array_equal(asked, exact)


def _tall(precision: torch.dtype, *, contrast: float) -> RgbImage:
    """The drawn face, restored by weights whose pictures have this many times their contrast."""
    state = small_state(TALL)
    for key, weight in state.items():
        if "to_rgb" in key and key.endswith("modulated_conv.weight"):
            weight *= contrast
    network = clean_from_state(state)
    return TorchFaceNetwork(network, model="s", device=CPU, precision=precision)([draw_sample_face(256)])[0]


def test_the_plain_form_is_the_network_itself() -> None:
    network, face = clean_from_state(small_state()), draw_sample_face(32)

    [restored] = _plain(network)([face])

    x = torch.from_numpy(face.copy()).permute(2, 0, 1)[None].double().div(255).float().sub(0.5).div(0.5)
    expected = network(x).clamp(-1, 1).add(1).div(2).mul(255).round()[0].permute(1, 2, 0).byte()
    assert np.array_equal(restored, expected.numpy())


def test_a_network_without_a_fast_form_must_be_taken_plain() -> None:
    with pytest.raises(TypeError, match="_Dimmer has no fast form"):
        TorchFaceNetwork(_Dimmer(), model="v9", device=CPU, precision=torch.float32)
