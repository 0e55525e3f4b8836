"""Names and gains of the older architectures' tensors in the clean one."""

import math

import pytest
import torch

from backend.networks.gfpgan.equalised import to_clean

_ROOT2 = math.sqrt(2)
_DECODER = "stylegan_decoder"


@pytest.mark.parametrize(
    ("official", "shape", "clean", "factor"),
    [
        ("conv_body_first.0.weight", (8, 3, 1, 1), "conv_body_first.weight", _ROOT2 / math.sqrt(3)),
        ("conv_body_first.1.bias", (8,), "conv_body_first.bias", _ROOT2),
        ("conv_body_down.2.conv1.0.weight", (4, 4, 3, 3), "conv_body_down.2.conv1.weight", _ROOT2 / 6),
        ("conv_body_down.2.conv2.1.weight", (4, 4, 3, 3), "conv_body_down.2.conv2.weight", 1 / 6),
        ("conv_body_down.2.conv2.2.bias", (4,), "conv_body_down.2.conv2.bias", 1.0),
        ("conv_body_down.2.skip.1.weight", (4, 4, 1, 1), "conv_body_down.2.skip.weight", 0.5 / _ROOT2),
        ("conv_body_up.0.conv2.weight", (4, 4, 3, 3), "conv_body_up.0.conv2.weight", 1 / 6),
        ("conv_body_up.0.conv2.activation.bias", (4,), "conv_body_up.0.conv2.bias", 1.0),
        ("conv_body_up.0.skip.weight", (4, 4, 1, 1), "conv_body_up.0.skip.weight", 0.5 / _ROOT2),
        ("condition_scale.3.0.bias", (4,), "condition_scale.3.0.bias", _ROOT2),
        ("condition_shift.3.2.weight", (4, 4, 3, 3), "condition_shift.3.2.weight", 1 / 6),
        ("final_linear.weight", (9, 16), "final_linear.weight", 0.25),
        ("toRGB.1.bias", (3,), "toRGB.1.bias", 1.0),
        (f"{_DECODER}.style_mlp.3.bias", (4,), f"{_DECODER}.style_mlp.5.bias", 0.01 * _ROOT2),
        (f"{_DECODER}.style_convs.4.weight", (1,), f"{_DECODER}.style_convs.4.weight", _ROOT2),
        (f"{_DECODER}.constant_input.weight", (1, 4, 4, 4), f"{_DECODER}.constant_input.weight", 1.0),
        (f"{_DECODER}.noises.noise3", (1, 1, 8, 8), f"{_DECODER}.noises.noise3", 1.0),
    ],
)
def test_each_tensor_gets_its_name_and_gain(
    official: str, shape: tuple[int, ...], clean: str, factor: float
) -> None:
    ones = torch.ones(shape)

    [(name, tensor)] = to_clean({official: ones}).items()

    assert name == clean
    assert tensor.shape == ones.shape
    assert tensor.flatten()[0].item() == pytest.approx(factor, rel=1e-6)  # float32


def test_activation_biases_take_the_clean_shape() -> None:
    converted = to_clean({f"{_DECODER}.style_convs.4.activate.bias": torch.ones(6)})

    assert converted[f"{_DECODER}.style_convs.4.bias"].shape == (1, 6, 1, 1)


def test_the_given_state_is_untouched() -> None:
    state = {"conv_body_first.1.bias": torch.ones(4)}

    to_clean(state)

    assert state["conv_body_first.1.bias"].tolist() == [1.0] * 4
