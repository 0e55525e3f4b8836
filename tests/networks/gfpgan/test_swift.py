"""The fast form is the plain network: exactly in float32, closely in bfloat16."""

import pytest
import torch
from torch import Tensor

from backend.networks.gfpgan.architectures import clean_from_state, original_from_state
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.swift import swift
from tests.networks.gfpgan.small import TALL, small_face, small_state
from tests.networks.parity import parity_case
from tests.shared_data import needs_shared


def _tall() -> Gfpgan:
    return clean_from_state(small_state(TALL))


def _psnr(a: Tensor, b: Tensor) -> float:
    """Decibels of pictures in [-1, 1], as they are shown."""
    return float(10 * torch.log10(4 / (a.clamp(-1, 1) - b.clamp(-1, 1)).square().mean()))


@pytest.mark.parametrize("count", [1, 3])
def test_float32_form_equals_the_plain_network(count: int) -> None:
    network, faces = _tall(), small_face(256, count)

    plain, fast = network(faces), swift(network, torch.float32)(faces)

    # other order of sums, and scales in the weights instead of the features
    assert (fast - plain).abs().max() <= 1e-5 * (plain.max() - plain.min())


def test_bfloat16_form_stays_within_fifty_decibels() -> None:
    network, face = _tall(), small_face(256)

    assert _psnr(swift(network, torch.bfloat16)(face), network(face)) >= 50


def test_bfloat16_form_gives_float32_pictures_that_repeat() -> None:
    fast, face = swift(_tall(), torch.bfloat16), small_face(256)

    first, second = fast(face), fast(face)

    assert first.dtype == torch.float32
    assert torch.equal(first, second)


def test_the_plain_network_is_untouched() -> None:
    network, face = _tall(), small_face(256)
    before = network(face)

    swift(network, torch.bfloat16)

    assert torch.equal(network(face), before)
    assert len(network.toRGB) == 6


def test_what_takes_no_part_is_left_out() -> None:
    fast = swift(_tall(), torch.float32)

    assert not [name for name, _ in fast.named_parameters() if "toRGB" in name or "style_mlp" in name]


@needs_shared("parity")
def test_v14_layout_keeps_fifty_decibels_in_bfloat16() -> None:
    case = parity_case("gfpgan_clean_512_cm2")
    network = clean_from_state(case.state)
    face = case.x[:1]

    assert _psnr(swift(network, torch.bfloat16)(face), network(face)) >= 50


@needs_shared("parity")
def test_the_first_architecture_has_a_fast_form_too() -> None:
    case = parity_case("gfpgan_original_tiny")
    network = original_from_state(case.state)

    fast = swift(network, torch.float32)(case.x)

    assert case.over_tolerance({"image": fast}) == {}
