"""The whole network: equal to the official one on seeded weights, and true to what its docstrings promise."""

import pytest
import torch
from torch import Tensor

from backend.networks.gfpgan.architectures import bilinear_from_state, clean_from_state, original_from_state
from tests.networks.gfpgan.small import small_face, small_state
from tests.networks.parity import Case, parity_case
from tests.shared_data import needs_shared

_LOADERS = {"clean": clean_from_state, "bilinear": bilinear_from_state, "original": original_from_state}
_TINY = ["gfpgan_clean_tiny", "gfpgan_clean_tiny_fullsft", "gfpgan_bilinear_tiny", "gfpgan_original_tiny"]
_FULL = ["gfpgan_clean_512_cm2", "gfpgan_bilinear_512_cm2", "gfpgan_original_512_cm1"]


def _stages(case: Case, name: str) -> dict[str, Tensor]:
    return _LOADERS[name.split("_")[1]](case.state).stages(case.x)


@needs_shared("parity")
@pytest.mark.parametrize("name", _TINY + _FULL)
def test_every_stage_equals_the_official_network(name: str) -> None:
    case = parity_case(name)

    found = _stages(case, name)

    assert set(case.keys) - {"image_random_noise"} == set(found)
    assert case.over_tolerance(found) == {}


@needs_shared("parity")
@pytest.mark.parametrize("name", _TINY)
def test_given_noise_replays_a_seeded_official_run(name: str) -> None:
    case = parity_case(name)
    network = _LOADERS[name.split("_")[1]](case.state)
    random = torch.Generator().manual_seed(5)
    maps = network.stylegan_decoder.stored_noise()

    noise = [torch.empty(len(case.x), 1, *each.shape[2:]).normal_(generator=random) for each in maps]
    image = network(case.x, noise)

    assert case.over_tolerance({"image_random_noise": image}) == {}


def test_the_same_face_gives_the_same_pixels() -> None:
    network = clean_from_state(small_state())

    assert torch.equal(network(small_face()), network(small_face()))


def test_stored_noise_changes_the_picture() -> None:
    network = clean_from_state(small_state())
    silence = [torch.zeros_like(each) for each in network.stylegan_decoder.stored_noise()]

    assert (network(small_face()) - network(small_face(), silence)).abs().max() > 0.05


def test_a_face_does_not_depend_on_its_batch() -> None:
    network = clean_from_state(small_state())
    faces = small_face(count=4)

    together = network(faces)
    alone = torch.cat([network(face[None]) for face in faces])

    # torch sums in another order for other batch sizes: 5e-6 of the range is 20 float32 steps
    assert (together - alone).abs().max() <= 5e-6 * (together.max() - together.min())


def test_stages_end_in_the_forward_picture() -> None:
    network = clean_from_state(small_state())

    assert torch.equal(network.stages(small_face())["image"], network(small_face()))


def test_inputs_are_left_alone() -> None:
    network, face = clean_from_state(small_state()), small_face()

    network(face)

    assert torch.equal(face, small_face())
